import AWSClient
import Foundation
import Logging
import Metrics
import Tuning

/// Runs training jobs on Amazon SageMaker, or on anything that speaks its API.
///
/// An attempt is a training job there, by a name that is always the same. All jobs are watched by
/// one poller within a budget of requests; nothing that keeps the service from being asked fails
/// a job.
public final class SageMakerBackend: TrainingBackend {
    /// What a backend may use.
    public struct Limits: Hashable, Sendable {
        /// How many attempts may run at once, at least one.
        public var slotCount: Int
        /// How many requests may be sent a second, on average; above zero.
        public var requestsPerSecond: Double

        /// Sets limits.
        public init(slotCount: Int = 100, requestsPerSecond: Double = 5) {
            precondition(slotCount >= 1, "\(slotCount) slots")
            precondition(requestsPerSecond > 0, "\(requestsPerSecond) requests a second")
            self.slotCount = slotCount
            self.requestsPerSecond = requestsPerSecond
        }
    }

    /// How many attempts may run at once.
    public let slotCount: Int
    private let environment: TrainingRun.Environment

    /// Runs training jobs on the service that a client speaks to.
    ///
    /// - Parameters:
    ///   - metrics: Takes counts; they are dropped unless given.
    ///   - seed: Where the jitter of waits comes from.
    package init(
        _ client: SageMakerClient, limits: Limits = Limits(), clock: BackendClock = .real,
        logger: Logger = Logger(label: "tuner.sagemaker"),
        metrics: any MetricsFactory = NOOPMetricsHandler.instance,
        seed: UInt64 = .random(in: 0 ... .max)
    ) {
        slotCount = limits.slotCount
        environment = TrainingRun.Environment(
            line: ServiceLine(
                client, requestsPerSecond: limits.requestsPerSecond, clock: clock, logger: logger,
                metrics: metrics, seed: seed),
            gate: LaunchGate(clock, seed: seed), halts: KnownHalts(), unlaunched: KnownHalts(),
            logger: logger)
    }

    /// Whether the service can be asked, and if not, why and since when.
    public var health: BackendHealth { environment.line.health }

    /// How many launches wait for the account's limits to leave room.
    public var heldLaunchCount: Int { environment.gate.waiterCount }

    /// Runs an attempt to its end.
    ///
    /// - Throws: What `session.report` throws, and `CancellationError`, at once; the job goes on.
    public func run(_ attempt: Attempt, in session: AttemptSession) async throws -> Attempt.End {
        try await TrainingRun(attempt: attempt, session: session, environment: environment).end()
    }
}
