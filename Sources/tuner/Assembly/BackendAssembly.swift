import Backends
import ContainerBackend
import Foundation
import Logging
import Metrics
import Orchestration
import SageMakerAPI
import SageMakerBackend
import Tuning
import TuningServer

/// What runs training jobs, as the settings say, and the time that they live by.
struct BackendAssembly {
    /// The backends, and which of them runs what.
    let routes: BackendRoutes
    /// The time.
    let time: TimeSource
    /// Says what is wrong with images, for the validation of requests.
    let checkImage: ImageCheck

    /// Runs nothing: for those who only read.
    static let none = BackendAssembly(
        routes: BackendRoutes([:]) { _, _ throws(RoutingError) in
            throw RoutingError("nothing is run here")
        }, time: .real, checkImage: { _, _ in "nothing is run here" })

    private init(routes: BackendRoutes, time: TimeSource, checkImage: @escaping ImageCheck) {
        self.routes = routes
        self.time = time
        self.checkImage = checkImage
    }

    /// Makes the backends.
    ///
    /// - Throws: `StoreError` when simulated time cannot go on where it was; `CommandFailure` when
    ///   a service cannot be called.
    init(
        _ settings: Settings, directory: DataDirectory, logger: Logger, metrics: PrometheusRegistry
    ) async throws {
        let start = try await SimulatedStart.date(for: settings, in: directory)
        let clock = settings.isMock ? settings.mock.clock(startDate: start) : nil
        var backends: [String: any TrainingBackend] = [:]
        for name in settings.backendNames {
            let own = try settings.settings(ofBackend: name)
            // Engines that do not answer are told apart by this.
            var logger = logger
            logger[metadataKey: "backend"] = "\(name)"
            switch try settings.kind(ofBackend: name) {
            case .local: backends[name] = own.localBackend(directory: directory, logger: logger)
            case .mock: backends[name] = own.simulatedBackend(clock: clock)
            case .sagemaker:
                let service = try await own.sagemaker.backend(logger: logger, metrics: metrics)
                metrics.collect {
                    [
                        MetricValue(
                            "tuner_sagemaker_held_launches", [name],
                            Double(service.heldLaunchCount))
                    ]
                }
                backends[name] = service
            case .slurm: backends[name] = own.slurmBackend(directory: directory, logger: logger)
            case .container:
                backends[name] = own.container.backend(
                    own, directory: directory.url, logger: logger)
            case .ray:
                backends[name] = try own.ray.backend(
                    own, directory: directory.url, logger: logger)
            }
        }
        let present = backends
        metrics.collect { present.flatMap { name, backend in backend.health.samples(of: name) } }
        let choice = try BackendChoice(settings, directory: directory)
        self.init(
            routes: BackendRoutes(backends) { definition, tags throws(RoutingError) in
                try choice.name(for: definition, tags: tags)
            }, time: clock.map { TimeSource($0) } ?? .real, checkImage: choice.checkImage)
    }
}

/// Picks a backend for a job, and says what is wrong with it there, before anything is run.
struct BackendChoice: Sendable {
    private let rules: BackendRules
    /// Say what is wrong with a definition, by the name of the backend.
    private let checks: [String: @Sendable (TrainingJobDefinition) -> String?]

    /// Takes settings; opens nothing.
    init(_ settings: Settings, directory: DataDirectory) throws(SettingsError) {
        rules = settings.backendRules
        let logger = Logger(label: "tuner") { _ in SwiftLogNoOpLogHandler() }
        var checks: [String: @Sendable (TrainingJobDefinition) -> String?] = [:]
        for name in settings.backendNames {
            let own = try settings.settings(ofBackend: name)
            switch try settings.kind(ofBackend: name) {
            case .local:
                let local = own.localBackend(directory: directory, logger: logger)
                checks[name] = { local.problem(with: $0) }
            case .mock:
                let rules = own.mock.rules
                checks[name] = { rules.problem(with: $0) }
            case .slurm:
                let slurm = own.slurmBackend(directory: directory, logger: logger)
                checks[name] = { slurm.problem(with: $0) }
            // The service knows what it takes.
            case .sagemaker: checks[name] = { _ in nil }
            case .container:
                checks[name] = { ContainerBackend.problem(with: $0) }
            case .ray:
                let ray = own.ray.configuration(own, directory: directory.url, logger: logger)
                checks[name] = { ray.problem(with: $0) }
            }
        }
        self.checks = checks
    }

    /// The name of the backend that runs a definition.
    ///
    /// - Throws: `RoutingError` when it cannot be run.
    func name(
        for definition: TrainingJobDefinition, tags: [Tuning.Tag]
    ) throws(RoutingError) -> String {
        let name = rules.backend(for: definition, tags: tags)
        guard let check = checks[name] else {
            let names = checks.keys.sorted().joined(separator: ", ")
            throw RoutingError("there is no backend '\(name)'; there are \(names)")
        }
        if let problem = check(definition) { throw RoutingError(problem) }
        return name
    }

    /// Says what is wrong with images, also where nothing is to be run yet.
    var checkImage: ImageCheck {
        { definition, tags in
            do throws(RoutingError) {
                _ = try name(for: definition, tags: tags)
                return nil
            } catch {
                return error.description
            }
        }
    }
}

// MARK: - Backends

extension Settings {
    fileprivate func localBackend(
        directory: DataDirectory, logger: Logger
    ) -> LocalProcessBackend {
        LocalProcessBackend(
            LocalProcessBackend.Configuration(
                dataDirectory: directory.url, slotCount: local.slots == 0 ? nil : local.slots,
                gpus: local.gpus, gracePeriod: .seconds(local.gracePeriodSeconds),
                images: local.images, transfer: transfer(),
                cacheByteCountMax: s3.cacheGigabytes * 1_000_000_000, logger: logger))
    }

    fileprivate func slurmBackend(directory: DataDirectory, logger: Logger) -> SlurmBackend {
        slurm.backend(
            directory: directory, transfer: transfer(),
            cacheByteCountMax: s3.cacheGigabytes * 1_000_000_000, logger: logger)
    }

    fileprivate func simulatedBackend(clock: VirtualClock?) -> SimulatedBackend {
        let (slotCount, rules) = (mock.slots, mock.rules)
        return clock.map {
            SimulatedBackend(slotCount: slotCount, rules: rules, virtualClock: $0)
        } ?? SimulatedBackend(slotCount: slotCount, rules: rules)
    }
}

extension BackendHealth {
    /// Whether a backend can be asked, as metrics say it.
    fileprivate func samples(of backend: String) -> [MetricValue] {
        State.allCases.map {
            MetricValue("tuner_backend_health", [backend, $0.rawValue], $0 == state ? 1 : 0)
        }
    }
}
