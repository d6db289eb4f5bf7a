import Backends
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

    /// Runs nothing: for those who only read.
    static let none = BackendAssembly(
        routes: BackendRoutes([:]) { _ throws(RoutingError) in
            throw RoutingError("nothing is run here")
        }, time: .real)

    private init(routes: BackendRoutes, time: TimeSource) {
        self.routes = routes
        self.time = time
    }

    /// Makes the backends.
    ///
    /// - Throws: `StoreError` when simulated time cannot go on where it was; `CommandFailure` when
    ///   a service cannot be called.
    init(
        _ settings: Settings, directory: DataDirectory, logger: Logger, metrics: PrometheusRegistry
    ) async throws {
        switch settings.backend {
        case .local:
            self.init(
                routes: Self.localRoutes(settings, directory: directory, logger: logger),
                time: .real)
        case .mock:
            let start = try await SimulatedStart.date(for: settings, in: directory)
            let clock = settings.mock.clock(startDate: start)
            self.init(
                routes: Self.mockRoutes(settings, clock: clock),
                time: clock.map { TimeSource($0) } ?? .real)
        case .sagemaker:
            let backend = try await settings.sagemaker.backend(logger: logger, metrics: metrics)
            metrics.collect { backend.samples }
            self.init(routes: BackendRoutes(backend), time: .real)
        }
    }

    /// What says what is wrong with images, where nothing is to be run yet.
    static func imageCheck(_ settings: Settings, directory: DataDirectory) -> ImageCheck {
        let logger = Logger(label: "tuner") { _ in SwiftLogNoOpLogHandler() }
        switch settings.backend {
        case .local:
            return localRoutes(settings, directory: directory, logger: logger).imageCheck
        case .mock: return mockRoutes(settings, clock: nil).imageCheck
        // The service knows what it takes.
        case .sagemaker: return { _ in nil }
        }
    }

    // MARK: - Backends

    private static func localRoutes(
        _ settings: Settings, directory: DataDirectory, logger: Logger
    ) -> BackendRoutes {
        let simulated = simulated(settings, clock: nil)
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
                if let problem = simulated.rules.problem(with: definition) {
                    throw RoutingError(problem)
                }
                return "mock"
            }
            if let problem = local.problem(with: definition) { throw RoutingError(problem) }
            return "local"
        }
    }

    /// Nothing else is there, so that nothing can be run whatever a request says.
    private static func mockRoutes(_ settings: Settings, clock: VirtualClock?) -> BackendRoutes {
        let simulated = simulated(settings, clock: clock)
        return BackendRoutes(["mock": simulated]) { definition throws(RoutingError) in
            if let problem = simulated.rules.problem(with: definition) {
                throw RoutingError(problem)
            }
            return "mock"
        }
    }

    private static func simulated(
        _ settings: Settings, clock: VirtualClock?
    ) -> SimulatedBackend {
        let (slotCount, rules) = (settings.mock.slots, settings.mock.rules)
        return clock.map {
            SimulatedBackend(slotCount: slotCount, rules: rules, virtualClock: $0)
        } ?? SimulatedBackend(slotCount: slotCount, rules: rules)
    }
}

extension SageMakerBackend {
    /// Whether the service can be asked, as metrics say it.
    fileprivate var samples: [MetricValue] {
        let state = health.state
        let states = BackendHealth.State.allCases.map {
            MetricValue("tuner_sagemaker_health", [$0.rawValue], $0 == state ? 1 : 0)
        }
        return states + [
            MetricValue("tuner_sagemaker_held_launches", [], Double(heldLaunchCount))
        ]
    }
}

extension BackendRoutes {
    /// Says what is wrong with a definition's image, for the validation of requests.
    var imageCheck: ImageCheck {
        { definition in
            do throws(RoutingError) {
                _ = try backend(for: definition)
                return nil
            } catch {
                return error.description
            }
        }
    }
}
