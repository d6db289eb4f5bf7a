import Testing

@testable import Tuning

@Suite("Completion of a tuning job")
struct CompletionTests {
    struct Row: CustomTestStringConvertible {
        let name: String
        var direction = Objective.Direction.minimize
        /// The final values of training jobs in the order they end; `nil` for a failure.
        let values: [Double?]
        /// How many in a row have not improved, after each.
        let counts: [Int]
        var testDescription: String { name }
    }

    @Test(
        "Training jobs that improve by less than a percent are counted in a row",
        arguments: [
            Row(name: "the first improves", values: [5], counts: [0]),
            Row(name: "exactly a percent", values: [100, 99, 98.02, 98.01], counts: [0, 0, 1, 0]),
            Row(
                name: "small steps add up", values: [100, 99.6, 99.2, 98.8, 98.5],
                counts: [0, 1, 2, 0, 1]),
            Row(name: "worse ones", values: [1, 2, 1, 0.5, 0.6], counts: [0, 1, 2, 0, 1]),
            Row(name: "negative", values: [-100, -100.9, -101, -99], counts: [0, 1, 0, 1]),
            Row(name: "to zero", values: [1, 0, 0, -1e-9, 0], counts: [0, 0, 1, 0, 1]),
            Row(name: "from zero", values: [0, 1, -1e-300, -1e-300], counts: [0, 1, 0, 1]),
            Row(
                name: "maximised", direction: .maximize, values: [0.9, 0.905, 0.909, 0.8],
                counts: [0, 1, 0, 1]),
            Row(
                name: "maximised below zero", direction: .maximize, values: [-10, -9.95, -9.9],
                counts: [0, 1, 0]),
            Row(name: "failures do not count", values: [1, nil, 1, nil], counts: [0, 0, 1, 1]),
            Row(
                name: "not finite", values: [1, .nan, .infinity, 1], counts: [0, 0, 0, 1]),
            Row(
                name: "the largest numbers", values: [1.7e308, -1.7e308, -1.7e308],
                counts: [0, 0, 1]),
        ])
    func notImproving(row: Row) throws {
        let objective = Objective(row.direction, "accuracy")
        var log = EventLog(objective: objective)
        var counts: [Int] = []
        for (trial, value) in row.values.enumerated() {
            try log.train(trial)
            if let value {
                try log.apply(trial, .finished(.completed(objective.cost(of: value))))
            } else {
                try log.apply(trial, .finished(.failed(TrainingFailure(.algorithm, "bad"))))
            }
            counts.append(log.state.job.completion.notImprovingCount)
        }
        #expect(counts == row.counts)
    }

    @Test("Convergence is noted once, and changes nothing else")
    func convergence() throws {
        var log = EventLog()
        try log.state.apply(.converged(EventLog.time(5)))
        try log.state.apply(.converged(EventLog.time(9)))
        #expect(log.state.job.completion.convergenceTime == EventLog.time(5))
        #expect(log.state.job.status == .inProgress)
        #expect(log.state.eventCount == 2)
    }

    @Test("Any one criterion is enough")
    func criteria() throws {
        var log = EventLog(objective: Objective(.minimize, "accuracy"))
        for (trial, value) in [0.5, 0.4, 0.4].enumerated() {
            try log.train(trial)
            try log.apply(trial, .finished(.completed(Cost(value))))
        }
        let job = log.state.job
        #expect(!CompletionCriteria().areMet(by: job))
        #expect(CompletionCriteria(targetCost: Cost(0.4)).areMet(by: job))
        #expect(!CompletionCriteria(targetCost: Cost(0.39)).areMet(by: job))
        #expect(CompletionCriteria(notImprovingCountMax: 1).areMet(by: job))
        #expect(!CompletionCriteria(notImprovingCountMax: 2).areMet(by: job))
        #expect(!CompletionCriteria(completesOnConvergence: true).areMet(by: job))
        try log.state.apply(.converged(EventLog.time(9)))
        #expect(CompletionCriteria(completesOnConvergence: true).areMet(by: log.state.job))
        #expect(!CompletionCriteria(targetCost: Cost(0)).areMet(by: log.state.job))
    }

    @Test("What is left to gain is compared with the noise")
    func estimate() {
        #expect(ConvergenceEstimate(improvementMax: 0.01, noise: 0.01).isConverged)
        #expect(ConvergenceEstimate(improvementMax: 0, noise: 0).isConverged)
        #expect(!ConvergenceEstimate(improvementMax: 0.02, noise: 0.01).isConverged)
        #expect(!ConvergenceEstimate(improvementMax: .nan, noise: 0.01).isConverged)
    }

    @Test("What says why a training job is stopped is kept, the first reason of several")
    func message() throws {
        var log = EventLog()
        try log.train(0)
        try log.apply(0, .stopRequested(.earlyStopping, message: "not promising"))
        try log.apply(0, .stopRequested(.tuningJobEnded))
        let job = try log.apply(0, .finished(.stopped(.earlyStopping, nil)))
        #expect(job.stopMessage == "not promising")
        #expect(job.transitions.suffix(2).map(\.message) == ["not promising", "not promising"])
    }
}

@Suite("Interruptions of a training job")
struct InterruptionTests {
    @Test("Time without a machine is trained time that is not billed")
    func billing() throws {
        var log = EventLog()
        try log.train(0)
        // Each event is a second after the one before; training began at the third.
        for phase in [TrainingPhase.interrupted, .interrupted, .starting, .downloading, .training] {
            try log.apply(0, .entered(phase, message: nil))
        }
        try log.apply(0, .entered(.interrupted, message: nil))
        let running = try #require(log.state.unfinished[0])
        #expect(running.runtime(at: EventLog.time(11)) == .seconds(8))
        #expect(running.billableRuntime(at: EventLog.time(11)) == .seconds(4))
        let job = try log.apply(0, .finished(.stopped(.waitTimeExceeded, nil)))
        #expect(job.runtime(at: EventLog.time(10)) == .seconds(7))
        #expect(job.billableRuntime(at: EventLog.time(10)) == .seconds(4))
        #expect(
            job.transitions.map(\.status) == [
                .starting, .training, .interrupted, .starting, .downloading, .training,
                .interrupted, .maxWaitTimeExceeded,
            ])
    }
}
