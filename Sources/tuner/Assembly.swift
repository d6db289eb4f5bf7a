import Backends
import Foundation
import Logging
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
    let routes: BackendRoutes
    /// The time that training jobs live by.
    let time: TimeSource
    let logger: Logger

    /// Opens the store for writing and makes the backends.
    ///
    /// - Parameter recovers: Which of the unfinished jobs go on.
    /// - Throws: `StoreError` when the data directory cannot be used.
    init(
        _ settings: Settings, directory: DataDirectory, logger: Logger,
        recovers: @escaping @Sendable (TuningJob) -> Bool = { _ in true }
    ) async throws {
        let start = try await SimulatedStart.date(for: settings, in: directory)
        let clock = settings.backend == .mock ? settings.mock.clock(startDate: start) : nil
        try self.init(
            settings, directory: directory, clock: clock, logger: logger, recovers: recovers,
            store: SQLiteTuningStore(directory: directory.url, access: .readWrite))
    }

    /// Opens the store for reading alone, beside a daemon that may be writing.
    ///
    /// - Throws: `StoreError` when there is no store to read.
    init(reading directory: DataDirectory) throws {
        try self.init(
            Settings(), directory: directory, clock: nil, logger: Logger(label: "tuner"),
            recovers: { _ in false },
            store: SQLiteTuningStore(directory: directory.url, access: .readOnly))
    }

    private init(
        _ settings: Settings, directory: DataDirectory, clock: VirtualClock?, logger: Logger,
        recovers: @escaping @Sendable (TuningJob) -> Bool, store: SQLiteTuningStore
    ) throws {
        self.settings = settings
        self.directory = directory
        self.logger = logger
        time = clock.map { TimeSource($0) } ?? .real
        routes = Self.routes(settings, directory: directory, clock: clock, logger: logger)
        orchestrator = Orchestrator(
            store: store, routes: routes,
            strategies: { try $0.strategy() },
            recovers: recovers, time: time, logger: logger)
    }

    /// Checks the request of a tuning job and changes nothing in the data directory; algorithms
    /// and parents that it names are looked for there.
    ///
    /// - Throws: `CommandFailure` that lists what is wrong.
    static func specification(
        of request: JSONValue, _ settings: Settings, directory: DataDirectory, logger: Logger
    ) async throws -> TuningJobSpecification {
        let routes = routes(settings, directory: directory, logger: logger)
        do {
            let request = try CreateHyperParameterTuningJob(body: request)
            return try request.validated(
                scope: settings.scope,
                algorithms: try await algorithms(request.algorithms, in: directory),
                parents: try await parents(request.parentNames, in: directory),
                checkImage: checkImage(with: routes))
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
    var checkImage: ImageCheck { Self.checkImage(with: routes) }

    private static func checkImage(with routes: BackendRoutes) -> ImageCheck {
        { definition in
            do throws(RoutingError) {
                _ = try routes.backend(for: definition)
                return nil
            } catch {
                return error.description
            }
        }
    }

    /// What ARNs begin with where a request does not say.
    var scope: RequestScope { settings.scope }

    // MARK: - Backends

    private static func routes(
        _ settings: Settings, directory: DataDirectory, clock: VirtualClock? = nil, logger: Logger
    ) -> BackendRoutes {
        let (slotCount, rules) = (settings.mock.slots, settings.mock.rules)
        let simulated =
            clock.map { SimulatedBackend(slotCount: slotCount, rules: rules, virtualClock: $0) }
            ?? SimulatedBackend(slotCount: slotCount, rules: rules)
        if settings.backend == .mock {
            // Nothing else is there, so that nothing can be run whatever a request says.
            return BackendRoutes(["mock": simulated]) { definition throws(RoutingError) in
                if let problem = rules.problem(with: definition) { throw RoutingError(problem) }
                return "mock"
            }
        }
        let local = LocalProcessBackend(
            LocalProcessBackend.Configuration(
                dataDirectory: directory.url,
                slotCount: settings.local.slots == 0 ? nil : settings.local.slots,
                gpus: settings.local.gpus,
                gracePeriod: .seconds(settings.local.gracePeriodSeconds),
                images: settings.local.images, transfer: settings.transfer(),
                cacheByteCountMax: settings.s3.cacheGigabytes * 1_000_000_000, logger: logger))
        return BackendRoutes(["local": local, "mock": simulated]) {
            definition throws(RoutingError) in
            if SimulatedBackend.accepts(image: definition.image) {
                if let problem = rules.problem(with: definition) { throw RoutingError(problem) }
                return "mock"
            }
            if let problem = local.problem(with: definition) { throw RoutingError(problem) }
            return "local"
        }
    }
}

extension Settings {
    /// What ARNs begin with where a request does not say.
    fileprivate var scope: RequestScope { RequestScope(region: region, account: account) }
}
