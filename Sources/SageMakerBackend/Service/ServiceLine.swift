import AWSClient
import Foundation
import Logging
import Metrics
import SageMakerAPI
import Synchronization
import Tuning

/// The one line to the service: whatever is asked of it passes here, in turn and within the budget.
///
/// A single task hands out the turns and looks at the jobs that are followed. It runs only while
/// somebody waits.
final class ServiceLine: Sendable {
    /// A look at a job.
    enum Look: Sendable {
        case description(TrainingJobDescription)
        /// The service knows no such job.
        case missing
    }

    /// A stop was asked for before anything was sent.
    struct GivenUp: Error {
        let reason: StopReason
    }

    /// A job that is followed, and the last look at it.
    struct Room {
        struct Follower {
            var seenVersion = 0
            var waiter: CheckedContinuation<Look, any Error>?
        }

        var version = 0
        var look: Look?
        var followers: [Int: Follower] = [:]

        var waiterCount: Int { followers.values.count { $0.waiter != nil } }
    }

    struct State {
        var plan: RequestPlan
        var rooms: [String: Room] = [:]
        var applicants: [Int: CheckedContinuation<Void, any Error>] = [:]
        var nextNumber = 0
        var isPumping = false
        /// Which of what can be done without is known to be denied.
        var missed: Set<SageMakerAPI.Operation> = []
        var random: SeededGenerator

        mutating func number() -> Int {
            defer { nextNumber += 1 }
            return nextNumber
        }
    }

    /// What can be done without, where it is denied.
    private static let dispensable: Set<SageMakerAPI.Operation> = [
        .listTrainingJobs, .listTags, .addTags,
    ]
    static let denialBackoff = Backoff(base: .seconds(5), limit: .seconds(60))
    static let throttlingBackoff = Backoff()

    let clock: BackendClock
    let client: SageMakerClient
    let logger: Logger
    let metrics: any MetricsFactory
    let state: Mutex<State>
    let wakeup = Wakeup()

    init(
        _ client: SageMakerClient, requestsPerSecond: Double, clock: BackendClock, logger: Logger,
        metrics: any MetricsFactory, seed: UInt64
    ) {
        self.client = client
        self.clock = clock
        self.logger = logger
        self.metrics = metrics
        let plan = RequestPlan(
            rate: requestsPerSecond, at: clock.elapsed(), date: clock.date(), seed: seed)
        state = Mutex(State(plan: plan, random: SeededGenerator(seed: ~seed)))
    }

    /// Whether the service can be asked.
    var health: BackendHealth { state.withLock { $0.plan.condition.health } }
}

// MARK: - Health

extension ServiceLine {
    func note(answerTo operation: SageMakerAPI.Operation) {
        count(operation, "answered")
        noteHealth(answerTo: operation)
    }

    private func noteHealth(answerTo operation: SageMakerAPI.Operation) {
        watchHealth { plan in
            plan.noteAnswer(to: operation.rawValue, at: clock.elapsed(), clock.date())
        }
    }

    func note(_ problem: ServiceProblem, of operation: SageMakerAPI.Operation) {
        count(operation, problem.label)
        if case .denied(let message) = problem, Self.dispensable.contains(operation) {
            noteHealth(answerTo: operation)
            return tell(denialOf: operation, message)
        }
        watchHealth { plan in
            plan.note(problem, of: operation.rawValue, at: clock.elapsed(), clock.date())
        }
        wakeup.call()
    }

    private func count(_ operation: SageMakerAPI.Operation, _ outcome: String) {
        Counter(
            label: "tuner_sagemaker_calls_total",
            dimensions: [("operation", operation.rawValue), ("outcome", outcome)],
            factory: metrics
        ).increment()
    }

    /// Says once that an operation is denied that can be done without.
    private func tell(denialOf operation: SageMakerAPI.Operation, _ message: String) {
        guard state.withLock({ $0.missed.insert(operation).inserted }) else { return }
        logger.notice(
            "\(operation.rawValue) is denied; going on without it",
            metadata: ["reason": "\(message)"])
    }

    /// Says once what stands in the way, and once that nothing does any more.
    private func watchHealth(_ change: (inout RequestPlan) -> Void) {
        let (before, after) = state.withLock { state in
            let before = state.plan.condition.health
            change(&state.plan)
            return (before, state.plan.condition.health)
        }
        guard before != after else { return }
        switch after.state {
        case .reachable: logger.notice("SageMaker answers again")
        case .throttled:
            logger.notice("SageMaker throttles; asking less often", metadata: after.metadata)
        case .unreachable, .credentialsRefused, .accessDenied:
            logger.error(
                "SageMaker cannot be asked (\(after.state.rawValue)); waiting, nothing is lost",
                metadata: after.metadata)
        }
    }
}

extension ServiceProblem {
    /// What calls are counted by.
    fileprivate var label: String {
        switch self {
        case .throttled: "throttled"
        case .unreachable: "unreachable"
        case .credentials: "credentials"
        case .denied: "denied"
        case .refused: "refused"
        }
    }
}

extension BackendHealth {
    fileprivate var metadata: Logger.Metadata { ["reason": "\(message ?? "")"] }
}
