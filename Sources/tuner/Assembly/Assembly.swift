import Foundation
import Logging
import Notifications
import Orchestration
import SageMakerAPI
import Stores
import Strategies
import Tuning
import TuningServer

/// The parts of a daemon, put together as the settings say.
struct Assembly {
    let settings: Settings
    let directory: DataDirectory
    let orchestrator: Orchestrator
    let backends: BackendAssembly
    let logger: Logger
    /// What the parts record.
    let metrics: PrometheusRegistry

    /// Opens the store for writing and makes the backends.
    ///
    /// - Parameter recovers: Which of the unfinished jobs go on.
    /// - Throws: `StoreError` when the data directory cannot be used; `CommandFailure` when
    ///   its unfinished jobs run elsewhere than the settings say.
    init(
        _ settings: Settings, directory: DataDirectory, logger: Logger,
        recovers: @escaping @Sendable (TuningJob) -> Bool = { _ in true }
    ) async throws {
        let metrics = PrometheusRegistry()
        metrics.collect { [MetricValue("tuner_build_info", [Tuner.version], 1)] }
        let store = try SQLiteTuningStore(
            directory: directory.url, access: .readWrite, metrics: metrics)
        let backends = try await BackendAssembly(
            settings, directory: directory, logger: logger, metrics: metrics)
        let foreign = try await Self.checkUnfinished(
            in: store, of: directory, settings, backends.routes)
        try directory.keep(settings)
        self.init(
            settings, directory: directory, backends, logger: logger, metrics: metrics,
            recovers: { recovers($0) && !foreign.contains($0.id) }, store: store)
    }

    /// Checks that what runs unfinished jobs is there: what is simulated must not become a process
    /// of this machine, nor a training job of a service be started again here.
    ///
    /// - Returns: Those that only the program which began them can go on with.
    /// - Throws: `CommandFailure` that says how to go on.
    private static func checkUnfinished(
        in store: SQLiteTuningStore, of directory: DataDirectory, _ settings: Settings,
        _ routes: BackendRoutes
    ) async throws -> Set<TuningJob.ID> {
        var foreign: Set<TuningJob.ID> = []
        let last = directory.lastSettings
        for job in try await store.unfinishedTuningJobs() {
            let names = try await store.specification(of: job.id)?.backends ?? []
            if names.contains(BackendRoutes.embeddedName) {
                foreign.insert(job.id)
                continue
            }
            var missing = names.first { routes.backends[$0] == nil }
            if let last, last.isMock != settings.isMock {
                missing = missing ?? last.backend
            }
            guard let missing else { continue }
            throw CommandFailure(
                """
                '\(directory.path)' has unfinished jobs that run with the backend \(missing): go \
                on with --backend \(missing), or with settings that have it, or stop them first
                """)
        }
        return foreign
    }

    /// Opens the store for reading alone, beside a daemon that may be writing.
    ///
    /// - Throws: `StoreError` when there is no store to read.
    init(reading directory: DataDirectory) throws {
        self.init(
            Settings(), directory: directory, .none, logger: Logger(label: "tuner"),
            metrics: PrometheusRegistry(), recovers: { _ in false },
            store: try SQLiteTuningStore(directory: directory.url, access: .readOnly))
    }

    private init(
        _ settings: Settings, directory: DataDirectory, _ backends: BackendAssembly,
        logger: Logger, metrics: PrometheusRegistry,
        recovers: @escaping @Sendable (TuningJob) -> Bool, store: SQLiteTuningStore
    ) {
        self.settings = settings
        self.directory = directory
        self.backends = backends
        self.logger = logger
        self.metrics = metrics
        orchestrator = Orchestrator(
            store: store, routes: backends.routes, strategies: { try $0.strategy() },
            recovers: recovers, time: backends.time, logger: logger,
            metrics: metrics)
    }

    /// What tells how jobs ended; listens from now on.
    ///
    /// - Returns: `nil` when nobody is to be told.
    /// - Throws: `CommandFailure` when the data directory cannot be written.
    func notifier() throws -> Notifier? {
        do {
            return try Notifier(
                try settings.notificationTargets, of: orchestrator, directory: directory.url,
                time: backends.time, logger: logger, metrics: metrics)
        } catch {
            throw CommandFailure("nobody can be told how jobs end: \(error.oneLine)")
        }
    }

    /// Checks the request of a tuning job and changes nothing in the data directory; algorithms
    /// and parents that it names are looked for there.
    ///
    /// - Throws: `CommandFailure` that lists what is wrong.
    static func specification(
        of request: JSONValue, _ settings: Settings, directory: DataDirectory, logger: Logger
    ) async throws -> TuningJobSpecification {
        do {
            let request = try CreateHyperParameterTuningJob(body: request)
            return try request.validated(
                scope: settings.scope,
                algorithms: try await algorithms(request.algorithms, in: directory),
                parents: try await parents(request.parentNames, in: directory),
                checkImage: BackendChoice(settings, directory: directory).checkImage)
        } catch let error as APIError {
            throw CommandFailure(error.message)
        }
    }

    private static func algorithms(
        _ references: Set<AlgorithmReference>, in directory: DataDirectory
    ) async throws -> KnownAlgorithms {
        // Where nothing was stored yet there is nothing to open.
        guard !references.isEmpty, directory.hasStore else { return [:] }
        return try await Assembly(reading: directory).orchestrator.reader.algorithms(references)
    }

    private static func parents(
        _ names: [TuningJob.Name], in directory: DataDirectory
    ) async throws -> KnownParents {
        guard !names.isEmpty, directory.hasStore else { return [:] }
        return try await Assembly(reading: directory).orchestrator.reader.parents(named: names)
    }

    /// Says what is wrong with a definition's image, for the validation of requests.
    var checkImage: ImageCheck { backends.checkImage }

    /// What ARNs begin with where a request does not say.
    var scope: RequestScope { settings.scope }
}

extension Settings {
    /// What ARNs begin with where a request does not say.
    fileprivate var scope: RequestScope { RequestScope(region: region, account: account) }
}
