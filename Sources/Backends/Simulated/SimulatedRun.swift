import Foundation
import Tuning

/// One attempt on its way to its end.
struct SimulatedRun<RunClock: Clock<Duration>>: Sendable {
    private let attempt: Attempt
    private let training: SimulatedTraining
    private let course: SimulatedCourse
    private let session: AttemptSession
    private let clock: RunClock
    private let date: @Sendable () -> Date
    private let metric: MetricName

    init(
        _ attempt: Attempt, _ training: SimulatedTraining, _ session: AttemptSession,
        _ clock: RunClock, _ date: @escaping @Sendable () -> Date
    ) {
        self.attempt = attempt
        self.training = training
        course = SimulatedCourse(attempt, training)
        self.session = session
        self.clock = clock
        self.date = date
        let definition = attempt.definition
        metric = definition.objective?.metric ?? definition.metrics.first?.name ?? "objective"
    }

    /// Runs to the end.
    func end() async throws -> Attempt.End {
        if session.mark == nil, training.startupDuration > .zero {
            try await enter(.starting)
            let ready = clock.now.advanced(by: training.startupDuration)
            if let reason = try await sleep(until: ready) { return .stopped(reason) }
        }
        try await enter(.training)
        var epoch = epochs(at: session.mark?.text) ?? resumedEpoch
        let start = clock.now.advanced(by: training.epochDuration * (resumedEpoch - epoch))
        epoch += 1
        while epoch <= training.epochCount {
            if let end = try await train(epoch, from: start) { return end }
            epoch += 1
        }
        return .completed
    }

    /// How many epochs earlier attempts trained up to the checkpoint.
    private var resumedEpoch: Int { epochs(at: attempt.checkpoint?.location) ?? 0 }

    /// How many epochs a mark or a checkpoint is behind.
    private func epochs(at text: String?) -> Int? { text.flatMap { Int($0) } }

    /// Trains an epoch and reports it; gives the attempt's end if it ends with it.
    ///
    /// - Parameter start: When the attempt began to train, or would have, if it had been attached
    ///   to all the time.
    private func train(_ epoch: Int, from start: RunClock.Instant) async throws -> Attempt.End? {
        let due = training.epochDuration * (epoch - resumedEpoch)
        let runtimeLeft = attempt.definition.stoppingCondition.runtimeMax - attempt.earlierRuntime
        if let reason = try await sleep(until: start.advanced(by: min(due, runtimeLeft))) {
            return .stopped(reason)
        }
        if due > runtimeLeft || runtimeLeft <= .zero { return .stopped(.runtimeExceeded) }
        if let failureEpoch = course.failureEpoch, epoch > failureEpoch {
            let reason = "Simulated failure after \(failureEpoch) of \(training.epochCount) epochs."
            return .failed(TrainingFailure(training.failureCause, reason))
        }
        let sample = MetricSample(time: date(), values: [metric: course.value(atEpoch: epoch)])
        switch try await session.report(.measured([sample], ReportMark("\(epoch)"))) {
        case .proceed: return nil
        case .pause: return .paused(Checkpoint(location: "\(epoch)"))
        case .stop: return .stopped(.earlyStopping)
        }
    }

    private func enter(_ phase: TrainingPhase) async throws {
        _ = try await session.report(.entered(phase, at: date(), message: nil))
    }

    /// Sleeps until a time, or until a stop is asked for, whose reason it gives.
    ///
    /// - Throws: `CancellationError` when the task is cancelled.
    private func sleep(until deadline: RunClock.Instant) async throws -> StopReason? {
        try Task.checkCancellation()
        if let reason = session.stop.reason { return reason }
        guard training.takesTime, deadline > clock.now else { return nil }
        let (clock, stop) = (clock, session.stop)
        let reason = try await withThrowingTaskGroup(of: StopReason?.self) { group in
            group.addTask {
                try await clock.sleep(until: deadline, tolerance: nil)
                return nil
            }
            group.addTask { await stop.wait() }
            defer { group.cancelAll() }
            return try await group.next() ?? nil
        }
        try Task.checkCancellation()
        return reason
    }
}

extension SimulatedTraining {
    /// Whether it ever sleeps.
    fileprivate var takesTime: Bool { epochDuration > .zero || startupDuration > .zero }
}
