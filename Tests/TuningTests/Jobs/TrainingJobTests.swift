import Foundation
import Testing

@testable import Tuning

@Suite("Training job")
struct TrainingJobTests {
    @Test("Passes through the phases of a training to its completion")
    func completion() throws {
        var log = EventLog()
        try log.create(0)
        try log.apply(0, .started(attempt: 1, .toTheEnd))
        for phase in [TrainingPhase.pending, .starting, .downloading, .training, .training] {
            try log.apply(0, .entered(phase, message: nil))
        }
        try log.report(0, accuracy: 0.5)
        try log.apply(0, .entered(.uploading, message: "Saving"))
        let job = try log.apply(0, .finished(.completed(Cost(-0.5))))
        #expect(
            job.transitions.map(\.status) == [
                .starting, .pending, .starting, .downloading, .training, .uploading, .completed,
            ])
        for (transition, next) in zip(job.transitions, job.transitions.dropFirst()) {
            #expect(transition.endTime == next.startTime)
        }
        #expect(job.transitions.last?.endTime == job.endTime)
        #expect(job.transitions[5].message == "Saving")
        #expect(job.status == .completed && job.objectiveStatus == .succeeded)
        #expect(job.startTime == EventLog.time(6) && job.endTime == EventLog.time(10))
        #expect(job.runtime(at: EventLog.time(99)) == .seconds(4))
        #expect(job.cost == Cost(-0.5) && job.finalMetrics["accuracy"]?.value == 0.5)
        #expect(job.mark == nil && !job.isRunning)
    }

    @Test("What is said again of a phase that takes long replaces what was said before")
    func progress() throws {
        var log = EventLog()
        try log.create(0)
        try log.apply(0, .started(attempt: 1, .toTheEnd))
        try log.apply(0, .entered(.downloading, message: "10 %"))
        let before = try log.apply(0, .entered(.downloading, message: "20 %"))
        #expect(before.transitions.map(\.message).last == "20 %")
        #expect(before.transitions.count == 2)
        #expect(!before.isNew(.downloading, message: "20 %"))
        #expect(!before.isNew(.downloading, message: nil))
        #expect(before.isNew(.downloading, message: "30 %"))
        let training = try log.apply(0, .entered(.training, message: nil))
        #expect(!training.isNew(.training, message: "Epoch 3"))
    }

    @Test("A retry starts anew and adds up run time, up to a final failure")
    func retry() throws {
        var log = EventLog()
        try log.train(0)
        try log.report(0, accuracy: 0.5)
        let failure = TrainingFailure(.internal, "lost")
        let failed = try log.apply(0, .attemptFailed(failure))
        #expect(failed.secondaryStatus == .starting && !failed.isRunning)
        let again = try log.apply(0, .started(attempt: 2, .toTheEnd))
        #expect(again.resource == Resource(0) && again.mark == nil && again.attempt == 2)
        try log.apply(0, .entered(.training, message: nil))
        let job = try log.apply(0, .finished(.failed(failure)))
        #expect(job.status == .failed && job.failure == failure)
        #expect(job.objectiveStatus == .failed)
        #expect(job.startTime == EventLog.time(3))
        #expect(job.runtime(at: EventLog.time(99)) == .seconds(2 + 1))
        #expect(log.state.job.trainingJobCounts.retryableError == 1)
    }

    @Test("A training job that is being stopped says so, whatever it still does")
    func stopping() throws {
        var log = EventLog()
        try log.train(0)
        let stopping = try log.apply(0, .stopRequested(.requested))
        #expect(stopping.status == .stopping && stopping.secondaryStatus == .stopping)
        try log.apply(0, .stopRequested(.runtimeExceeded))
        try log.apply(0, .entered(.uploading, message: nil))
        try log.report(0, accuracy: 0.7)
        let halted = try log.apply(0, .attemptFailed(TrainingFailure(.internal, "lost")))
        #expect(halted.status == .stopping && halted.secondaryStatus == .stopping)
        #expect(halted.stopReason == .requested)
        let job = try log.apply(0, .finished(.stopped(.requested, Cost(-0.7))))
        #expect(job.transitions.map(\.status) == [.starting, .training, .stopping, .stopped])
        #expect(job.objectiveStatus == .succeeded && job.cost == Cost(-0.7))
    }

    @Test(
        "The reason of a stop shows in the secondary status",
        arguments: [
            (StopReason.requested, TrainingJob.SecondaryStatus.stopped),
            (.tuningJobEnded, .stopped),
            (.earlyStopping, .stopped), (.runtimeExceeded, .maxRuntimeExceeded),
            (.waitTimeExceeded, .maxWaitTimeExceeded), (.pendingTimeExceeded, .stopped),
        ])
    func stopReasons(reason: StopReason, status: TrainingJob.SecondaryStatus) throws {
        var log = EventLog()
        try log.create(0)
        let job = try log.apply(0, .finished(.stopped(reason, nil)))
        #expect(job.secondaryStatus == status && job.status == .stopped)
        #expect(job.objectiveStatus == .failed && job.startTime == nil)
    }

    @Test("A paused training job goes on in its next attempt")
    func pause() throws {
        var log = EventLog()
        try log.train(0)
        try log.apply(0, .paused(Checkpoint(location: "here")))
        let job = try log.apply(0, .started(attempt: 2, .upTo(Resource(9))))
        #expect(job.isRunning && job.status == .inProgress && job.earlierRuntime == .seconds(1))
    }

    @Test("The cost of a training job is that of its outcome")
    func outcomeCost() throws {
        var log = EventLog()
        try log.train(0)
        try log.report(0, accuracy: 0.5)
        try log.report(0, accuracy: .nan)
        #expect(log.state.unfinished[0]?.cost == nil)
        let job = try log.apply(0, .finished(.completed(Cost(-0.5))))
        #expect(job.cost == Cost(-0.5) && job.objectiveStatus == .succeeded)
        #expect(log.state.job.best == TuningJob.Best(ordinal: 0, cost: Cost(-0.5)!))
        #expect(log.state.job.objectiveCounts.succeeded == 1)
    }

    /// Where a trial stands before an event is tried.
    enum Stage: String, CaseIterable {
        case created, running, failedOnce, paused, stopping, completed, stopped, failed
    }

    static let changes: [(name: String, change: TrialEvent.Change)] = [
        ("created", EventLog.created()), ("started 0", .started(attempt: 0, .toTheEnd)),
        ("started 1", .started(attempt: 1, .toTheEnd)),
        ("started 2", .started(attempt: 2, .toTheEnd)),
        ("started 3", .started(attempt: 3, .toTheEnd)),
        ("entered", .entered(.uploading, message: nil)),
        ("reported", .reported([], ReportMark(""))),
        ("stopRequested", .stopRequested(.requested)),
        ("attemptFailed", .attemptFailed(TrainingFailure(.internal, ""))),
        ("paused", .paused(Checkpoint(location: ""))), ("completed", .finished(.completed(nil))),
        ("stopped", .finished(.stopped(.requested, nil))),
        ("failed", .finished(.failed(TrainingFailure(.algorithm, "")))),
    ]

    static let always: Set = ["stopRequested", "stopped", "failed"]
    static let whileRunning: Set = ["entered", "reported", "attemptFailed", "paused", "completed"]

    static func legal(at stage: Stage) -> Set<String> {
        switch stage {
        case .created: always.union(["started 1"])
        case .running, .stopping: always.union(whileRunning)
        case .failedOnce, .paused: always.union(["started 2"])
        case .completed, .stopped, .failed: []
        }
    }

    @Test(
        "Every event that cannot follow is refused and changes nothing", arguments: Stage.allCases)
    func illegal(stage: Stage) throws {
        var log = EventLog()
        if stage == .created { try log.create(0) } else { try log.train(0) }
        let last: TrialEvent.Change? =
            switch stage {
            case .created, .running: nil
            case .failedOnce: .attemptFailed(TrainingFailure(.internal, ""))
            case .paused: .paused(Checkpoint(location: ""))
            case .stopping: .stopRequested(.requested)
            case .completed: .finished(.completed(nil))
            case .stopped: .finished(.stopped(.requested, nil))
            case .failed: .finished(.failed(TrainingFailure(.algorithm, "")))
            }
        if let last { try log.apply(0, last) }
        for (name, change) in Self.changes {
            var copy = log
            do {
                try copy.apply(0, change)
                #expect(Self.legal(at: stage).contains(name), "\(name) must not follow \(stage)")
            } catch {
                #expect(!Self.legal(at: stage).contains(name), "\(name) must follow \(stage)")
                #expect(copy.state.job == log.state.job)
                #expect(copy.state.unfinished == log.state.unfinished)
                #expect(copy.state.eventCount == log.state.eventCount)
                #expect(copy.state.createdCounts == log.state.createdCounts)
            }
        }
    }

    @Test("An event of another trial is refused")
    func otherTrial() throws {
        var log = EventLog()
        try log.create(0)
        var job = try #require(log.state.unfinished[0])
        let before = job
        #expect(throws: TransitionError.self) {
            try job.apply(
                TrialEvent(trial: 1, time: log.time, change: .stopRequested(.requested)))
        }
        #expect(job == before)
    }
}
