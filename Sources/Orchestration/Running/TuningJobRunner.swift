import Foundation
import Logging
import Synchronization
import Tuning

/// Performs what the scheduler of one tuning job decides.
///
/// One loop takes everything that has happened, lets the scheduler decide, stores the events in one
/// commit, and then acts. So whatever is done has been stored first, and while a commit is under
/// way the next one gathers.
final class TuningJobRunner: Sendable {
    /// What the runner works with; shared by all runners of a daemon.
    struct Environment: Sendable {
        let store: any TuningStore
        let routes: BackendRoutes
        let pools: [String: SlotPool]
        let strategies: StrategyProvider
        let time: TimeSource
        let changes: ChangeFeed
        let logger: Logger
        let metrics: OrchestrationMetrics
    }

    /// Something that happened, and who waits for what comes of it.
    struct Message: Sendable {
        let input: Scheduler.Input
        var reply: Reply?
    }

    /// Who waits.
    enum Reply: Sendable {
        /// An attempt waits for the verdict on its update.
        case verdict(Trial.ID, CheckedContinuation<Verdict, any Error>)
        /// A client waits until its request is durable.
        case stored(CheckedContinuation<Void, any Error>)

        func fail(_ error: any Error) {
            switch self {
            case .verdict(_, let continuation): continuation.resume(throwing: error)
            case .stored(let continuation): continuation.resume(throwing: error)
            }
        }
    }

    /// The tuning job.
    let id: TuningJob.ID
    /// The tuning job's name, for the log; `nil` for a training job that was created on its own.
    private let name: TuningJob.Name?
    /// Names the job on every line.
    let logger: Logger
    private let environment: Environment
    private let mailbox = Mailbox<Message>()
    private let storeProblem = Mutex<StoreError?>(nil)
    private let onAttached: Mutex<(@Sendable () -> Void)?>

    /// A runner that has not begun.
    ///
    /// - Parameter onAttached: Called once, when the attempts that were running have their slots,
    ///   or when it is known that there are none.
    init(
        _ job: TuningJob, _ environment: Environment,
        onAttached: @escaping @Sendable () -> Void = {}
    ) {
        id = job.id
        name = job.kind == .tuning ? job.name : nil
        var logger = environment.logger
        logger[metadataKey: job.kind == .tuning ? "tuning_job" : "training_job"] = "\(job.name)"
        self.logger = logger
        self.environment = environment
        self.onAttached = Mutex(onAttached)
    }

    /// The attempts that were running have their slots.
    func reportAttached() {
        let report = onAttached.withLock { report in
            defer { report = nil }
            return report
        }
        report?()
    }

    /// Hands over a client's request and waits until it is durable.
    ///
    /// - Throws: `StoreError` while storing is held up; `CancellationError` when the tuning job is
    ///   over or the daemon is stopping.
    func request(_ input: Scheduler.Input) async throws {
        if let problem = storeProblem.withLock({ $0 }) { throw problem }
        try await withCheckedThrowingContinuation { continuation in
            send(Message(input: input, reply: .stored(continuation)))
        }
    }

    /// Notes why storing is held up, or that it goes on; requests meanwhile are refused.
    func note(_ problem: StoreError?) {
        storeProblem.withLock { $0 = problem }
    }

    /// Has running attempts stopped, so that a later daemon starts them again; `run` then returns.
    func interrupt() {
        send(Message(input: .interrupted))
    }

    private func send(_ message: Message) {
        if !mailbox.send(message) { message.reply?.fail(CancellationError()) }
    }

    /// Runs the tuning job to its end, from where its stored events end.
    ///
    /// Cancelling the task detaches from running attempts and returns.
    func run() async {
        do {
            let scheduler = try await recovered()
            await JobContext.$current.withValue(JobContext(tuningJob: name)) {
                await run(scheduler)
            }
        } catch is CancellationError {
            logger.debug("detached")
        } catch {
            logger.critical("tuning job cannot go on", metadata: ["reason": "\(error)"])
        }
        close()
        reportAttached()
        for pool in environment.pools.values { pool.leave(id) }
    }

    private func run(_ scheduler: Scheduler) async {
        await withDiscardingTaskGroup { group in
            var loop = TuningJobLoop(scheduler, runner: self, environment: environment)
            send(Message(input: .begin))
            await loop.run(in: &group, taking: mailbox)
            // Attempts that wait for an answer would keep the group from its end.
            loop.close()
            close()
            group.cancelAll()
        }
    }

    private func close() {
        for message in mailbox.close() { message.reply?.fail(CancellationError()) }
    }
}

// MARK: - Recovery

extension TuningJobRunner {
    private func recovered() async throws -> Scheduler {
        let stored = try await StoredTuningJob(
            id, from: environment.store, strategies: environment.strategies)
        return try Scheduler(
            stored.start, strategies: stored.strategies, replaying: stored.events)
    }
}

// MARK: - What actions become

extension TuningJobRunner {
    /// Runs an attempt and reports its end; a backend that cannot tell has failed the attempt.
    func perform(
        _ attempt: Attempt, of trial: Trial.ID, by route: BackendRoutes.Route?,
        after mark: ReportMark?, stop: StopSignal
    ) async {
        let session = AttemptSession(mark: mark, stop: stop) { update in
            try await withCheckedThrowingContinuation { continuation in
                self.send(
                    Message(
                        input: .updated(trial, update), reply: .verdict(trial, continuation)))
            }
        }
        let context = JobContext(tuningJob: name, trainingJob: attempt.id.trainingJob)
        do {
            guard let route else {
                throw RoutingError("the backend that runs this job is not there")
            }
            let end = try await JobContext.$current.withValue(context) {
                try await run(attempt, by: route, in: session)
            }
            send(Message(input: .ended(trial, end)))
        } catch is CancellationError {
            return
        } catch {
            let failure = TrainingFailure(.internal, "InternalServerError: \(error)")
            send(Message(input: .ended(trial, .failed(failure))))
        }
    }

    /// Runs an attempt where its definition belongs, and counts it.
    private func run(
        _ attempt: Attempt, by route: BackendRoutes.Route, in session: AttemptSession
    ) async throws -> Attempt.End {
        let metrics = environment.metrics[backend: route.name]
        metrics?.running.increment(by: 1)
        defer { metrics?.running.decrement(by: 1) }
        do {
            let end = try await route.backend.run(attempt, in: session)
            metrics?.note(end)
            return end
        } catch {
            if !(error is CancellationError) { metrics?.errors.increment() }
            throw error
        }
    }

    /// Makes suggestions and hands them over.
    ///
    /// - Parameter strategy: The name of the strategy, for who counts.
    func answer(_ request: SuggestionRequest, strategy: String) {
        do {
            let clock = ContinuousClock()
            var suggestions: [Suggestion] = []
            let duration = try clock.measure { suggestions = try request.suggestions() }
            environment.metrics.note(
                suggestions, strategy: strategy,
                seconds: duration / .seconds(1) / Double(max(1, suggestions.count)))
            let milliseconds = duration / .milliseconds(1) / Double(max(1, suggestions.count))
            if request.isConverged {
                send(Message(input: .converged(definition: request.definition)))
            }
            send(Message(input: .suggested(suggestions.map { $0.timed(milliseconds) })))
        } catch {
            environment.metrics.noteSuggestionFailure()
            send(Message(input: .suggestionFailed(reason: "The strategy failed: \(error)")))
        }
    }

    /// Asks for a slot and hands it over when it is given.
    func requestSlot(_ definition: Int, from pool: SlotPool) {
        pool.request(for: id) { [weak self] in
            self?.send(Message(input: .slotGranted(definition: definition)))
        }
    }

    /// Waits for the end of the time that the tuning job may run.
    func reportTimeLimit(at end: Date) async {
        let left = end.timeIntervalSince(environment.time.now())
        do {
            try await environment.time.sleep(.seconds(max(0, left)))
            send(Message(input: .timeLimitReached))
        } catch {
            return
        }
    }
}

extension Suggestion {
    /// The same, with the time it took.
    fileprivate func timed(_ milliseconds: Double) -> Suggestion {
        guard case .start(let hyperparameters, let extent, var decision) = self else { return self }
        decision.milliseconds = milliseconds
        return .start(hyperparameters, extent, decision)
    }
}
