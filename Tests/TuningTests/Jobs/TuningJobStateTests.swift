import Foundation
import Testing

@testable import Tuning

@Suite("Tuning job state")
struct TuningJobStateTests {
    @Test("Counters are the sums over the training jobs, whatever happens")
    func sums() throws {
        for seed in 0..<40 as Range<UInt64> {
            var random = SeededGenerator(seed: seed)
            var log = EventLog(definitions: 3)
            var finished: [TrainingJob] = []
            for _ in 0..<400 {
                let running = log.state.unfinished.keys.sorted()
                if running.isEmpty || Int.random(in: 0..<4, using: &random) == 0 {
                    let trial = log.state.job.trainingJobCounts.total
                    try log.create(trial, definition: trial % 3)
                    continue
                }
                let trial = running[Int.random(in: 0..<running.count, using: &random)]
                let index = Int.random(in: 0..<TrainingJobTests.changes.count, using: &random)
                let change = TrainingJobTests.changes[index].change
                if let job = try? log.apply(trial, change), job.status.isFinished {
                    finished.append(job)
                }
            }
            expectSums(log.state, finished, "seed \(seed)")
        }
    }

    private func expectSums(
        _ state: TuningJobState, _ finished: [TrainingJob], _ comment: Comment
    ) {
        let counts = state.job.trainingJobCounts
        #expect(counts.inProgress == state.unfinished.count, comment)
        #expect(counts.total == finished.count + state.unfinished.count, comment)
        #expect(counts.completed == finished.count { $0.status == .completed }, comment)
        #expect(counts.stopped == finished.count { $0.status == .stopped }, comment)
        #expect(counts.failed == finished.count { $0.status == .failed }, comment)
        #expect(state.createdCounts.reduce(0, +) == counts.total, comment)
        let objectives = state.job.objectiveCounts
        #expect(objectives.pending == counts.inProgress, comment)
        #expect(
            objectives.succeeded == finished.count { $0.objectiveStatus == .succeeded }, comment)
        #expect(objectives.failed == finished.count { $0.objectiveStatus == .failed }, comment)
        let silent = finished.count { $0.objectiveStatus == .failed && $0.status == .completed }
        #expect(state.silentCount == silent, comment)
    }

    @Test("The best training job has the lowest cost, and is the first of equals")
    func best() throws {
        var log = EventLog()
        for (trial, accuracy) in [0.5, 0.9, 0.9, .nan, 0.95, 0.1].enumerated() {
            try log.train(trial)
            try log.report(trial, accuracy: accuracy)
        }
        let failure = TrainingFailure(.algorithm, "diverged")
        try log.apply(0, .finished(.completed(Cost(-0.5))))
        #expect(log.state.job.best?.ordinal == 0)
        try log.apply(2, .finished(.stopped(.earlyStopping, Cost(-0.9))))
        try log.apply(1, .finished(.completed(Cost(-0.9))))
        #expect(log.state.job.best?.ordinal == 2)
        try log.apply(3, .finished(.completed(nil)))
        try log.apply(4, .finished(.failed(failure)))
        try log.apply(5, .finished(.completed(Cost(-0.1))))
        #expect(log.state.job.best?.ordinal == 2)
        #expect(log.state.job.objectiveCounts.succeeded == 4)
        #expect(log.state.job.trainingJobCounts.nonRetryableError == 1)
        #expect(log.state.silentCount == 1)
        #expect(log.state.unfinished.isEmpty)
    }

    @Test("Trials are created in the order of their ordinals, for definitions there are")
    func creation() throws {
        var log = EventLog(definitions: 2)
        #expect(throws: TransitionError.self) { try log.create(1) }
        #expect(throws: TransitionError.self) { try log.create(0, definition: 2) }
        #expect(throws: TransitionError.self) { try log.create(0, definition: -1) }
        #expect(log.state.eventCount == 0 && log.state.createdCounts == [0, 0])
        try log.create(0, definition: 1)
        #expect(throws: TransitionError.self) { try log.create(0) }
        #expect(log.state.createdCounts == [0, 1] && log.state.eventCount == 1)
    }

    @Test(
        "Ends with its outcome, and then takes no more events",
        arguments: [
            (TuningJob.Outcome.completed, TuningJob.Status.completed), (.stopped, .stopped),
            (.failed(reason: "all failed"), .failed),
        ])
    func end(outcome: TuningJob.Outcome, status: TuningJob.Status) throws {
        var log = EventLog()
        try log.create(0)
        try log.state.apply(.stopRequested(EventLog.time(5)))
        #expect(log.state.job.status == .stopping)
        #expect(log.state.job.lastModifiedTime == EventLog.time(5))
        try log.apply(0, .finished(.stopped(.tuningJobEnded, nil)))
        try log.state.apply(.finished(outcome, EventLog.time(9)))
        #expect(log.state.job.status == status && log.state.job.endTime == EventLog.time(9))
        #expect((log.state.job.failureReason != nil) == (status == .failed))
        let job = log.state.job
        for event in [
            TuningEvent.stopRequested(log.time), .finished(.completed, log.time),
            .trial(TrialEvent(trial: 1, time: log.time, change: EventLog.created())),
        ] {
            #expect(throws: TransitionError.self) { try log.state.apply(event) }
        }
        #expect(log.state.job == job && log.state.eventCount == 4)
    }

    @Test("Does not end while training jobs are unfinished")
    func earlyEnd() throws {
        var log = EventLog()
        try log.train(0)
        let job = log.state.job
        #expect(throws: TransitionError.self) {
            try log.state.apply(.finished(.completed, log.time))
        }
        #expect(log.state.job == job && log.state.unfinished.count == 1)
    }
}
