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
    }

    /// Runs to the end.
    func end() async throws -> Attempt.End {
        let limits = SimulatedLimits<RunClock>(
            attempt.definition.stoppingCondition, from: clock.now)
        if session.mark == nil, let end = try await begin(limits) { return end }
        try await enter(.training)
        var epoch = epochs(at: session.mark?.text) ?? resumedEpoch
        var start = clock.now.advanced(by: course.epochDuration * (resumedEpoch - epoch))
        // Without checkpoints, what was trained is trained again; its reports are known.
        var lost = Duration.zero
        epoch += 1
        while epoch <= training.epochCount {
            if isSpot, course.isInterrupted(beforeEpoch: epoch) {
                let interruption = clock.now
                if let end = try await interrupt(limits) { return end }
                start = start.advanced(by: interruption.duration(to: clock.now))
                if !hasCheckpoints { lost += course.epochDuration * (epoch - 1 - resumedEpoch) }
            }
            if let end = try await train(epoch, from: start, lost, limits) { return end }
            epoch += 1
        }
        if isSpot { try await enter(.uploading) }
        return .completed
    }

    private var isSpot: Bool {
        attempt.definition.envelope["EnableManagedSpotTraining"]?.bool ?? false
    }

    private var hasCheckpoints: Bool { attempt.definition.envelope["CheckpointConfig"] != nil }

    /// Waits for capacity and starts up; gives the attempt's end if it ends with that.
    private func begin(_ limits: SimulatedLimits<RunClock>) async throws -> Attempt.End? {
        if isSpot, training.capacityDuration > .zero {
            try await enter(.pending)
            let limit = limits.firstWhilePending
            if let end = try await pass(training.capacityDuration, limit) { return end }
        }
        if course.startupDuration > .zero || isSpot {
            try await enter(.starting)
            if let end = try await pass(course.startupDuration, limits.wait) { return end }
        }
        if course.lacksCapacity {
            // Not of cause `internal`: the service does not try again for want of capacity.
            return .failed(TrainingFailure(.algorithm, Self.capacityError))
        }
        if isSpot { try await enter(.downloading) }
        return nil
    }

    /// Loses its machine and waits for another one.
    private func interrupt(_ limits: SimulatedLimits<RunClock>) async throws -> Attempt.End? {
        try await enter(.interrupted)
        if let end = try await pass(training.capacityDuration, limits.wait) { return end }
        try await enter(.starting)
        if let end = try await pass(course.startupDuration, limits.wait) { return end }
        try await enter(.downloading)
        try await enter(.training)
        return nil
    }

    /// Lets time pass, up to a limit; gives the attempt's end if it is stopped or the limit comes.
    private func pass(
        _ duration: Duration, _ limit: SimulatedLimits<RunClock>.Limit?
    ) async throws -> Attempt.End? {
        let end = clock.now.advanced(by: duration)
        if let limit, limit.time < end {
            let reason = try await sleep(until: limit.time)
            return .stopped(reason ?? limit.reason)
        }
        return try await sleep(until: end).map { .stopped($0) }
    }

    /// How many epochs earlier attempts trained up to the checkpoint.
    private var resumedEpoch: Int { epochs(at: attempt.checkpoint?.location) ?? 0 }

    /// How many epochs a mark or a checkpoint is behind.
    private func epochs(at text: String?) -> Int? { text.flatMap { Int($0) } }

    /// Trains an epoch and reports it; gives the attempt's end if it ends with it.
    ///
    /// - Parameters:
    ///   - start: When the attempt began to train, or would have, if it had been attached to and
    ///     never interrupted.
    ///   - lost: How long it trained what it had trained before.
    private func train(
        _ epoch: Int, from start: RunClock.Instant, _ lost: Duration,
        _ limits: SimulatedLimits<RunClock>
    ) async throws -> Attempt.End? {
        let due = course.epochDuration * (epoch - resumedEpoch) + lost
        if let limit = limits.wait, limit.time < start.advanced(by: due) {
            return .stopped(try await sleep(until: limit.time) ?? limit.reason)
        }
        let runtimeLeft = attempt.definition.stoppingCondition.runtimeMax - attempt.earlierRuntime
        if let reason = try await sleep(until: start.advanced(by: min(due, runtimeLeft))) {
            return .stopped(reason)
        }
        if due > runtimeLeft || runtimeLeft <= .zero { return .stopped(.runtimeExceeded) }
        if let failureEpoch = course.failureEpoch, epoch > failureEpoch {
            return .failed(TrainingFailure(training.failureCause, reason(after: failureEpoch)))
        }
        let sample = MetricSample(time: date(), values: course.values(atEpoch: epoch))
        switch try await session.report(.measured([sample], ReportMark("\(epoch)"))) {
        case .proceed: return nil
        case .pause: return .paused(Checkpoint(location: "\(epoch)"))
        case .stop: return .stopped(.earlyStopping)
        }
    }

    /// What the service says when it has no machine of the type asked for.
    private static var capacityError: String {
        "CapacityError: Unable to provision requested ML compute capacity. Please retry using a "
            + "different ML instance type."
    }

    private func reason(after epochCount: Int) -> String {
        if let reason = training.failureReason { return reason }
        let code = training.failureCause == .internal ? "InternalServerError" : "AlgorithmError"
        return "\(code): Simulated failure after \(epochCount) of \(training.epochCount) epochs."
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
    fileprivate var takesTime: Bool {
        epochDuration > .zero || startupDuration > .zero || capacityDuration > .zero
    }
}
