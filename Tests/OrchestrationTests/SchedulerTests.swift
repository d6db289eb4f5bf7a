import Foundation
import Testing
import Tuning

@testable import Orchestration

@Suite("Scheduler")
struct SchedulerTests {
    struct Row: CustomTestStringConvertible {
        let name: String
        var total: Int? = 12
        var parallel = 3
        var retries = 0
        var definitions = 1
        var slots = 100
        var capacity = Int.max
        var chances = SchedulerSimulation.Chances()
        let outcome: TuningJob.Status
        var testDescription: String { name }

        static func chances(
            _ change: (inout SchedulerSimulation.Chances) -> Void
        ) -> SchedulerSimulation.Chances {
            var chances = SchedulerSimulation.Chances()
            change(&chances)
            return chances
        }
    }

    static let rows = [
        Row(name: "plain", outcome: .completed),
        Row(name: "one at a time", parallel: 1, outcome: .completed),
        Row(name: "more parallel than total", parallel: 50, outcome: .completed),
        Row(name: "fewer slots than wanted", parallel: 8, slots: 2, outcome: .completed),
        Row(name: "a space that runs out", total: nil, capacity: 7, outcome: .completed),
        Row(name: "several definitions", definitions: 3, outcome: .completed),
        Row(
            name: "retries", retries: 30, chances: Row.chances { $0.failingInternally = 0.4 },
            outcome: .completed),
        Row(name: "crashes", chances: Row.chances { $0.crash = 0.2 }, outcome: .completed),
        Row(
            name: "crashes, retries, definitions, stopped trials", retries: 30, definitions: 2,
            chances: Row.chances {
                $0.crash = 0.1
                $0.failingInternally = 0.2
                $0.stopTrial = 0.05
            }, outcome: .completed),
        Row(name: "everything fails", chances: Row.chances { $0.failing = 1 }, outcome: .failed),
        Row(
            name: "nothing reports the objective", chances: Row.chances { $0.silent = 1 },
            outcome: .failed),
        Row(
            name: "stopped in the middle", total: 1000,
            chances: Row.chances { $0.stopJobAtStep = 40 }, outcome: .stopped),
        Row(
            name: "stopped among crashes", total: 1000,
            chances: Row.chances {
                $0.stopJobAtStep = 40
                $0.crash = 0.2
            }, outcome: .stopped),
    ]

    @Test("A tuning job keeps to its limits and comes to its end", arguments: rows, 1...8)
    func ends(row: Row, seed: Int) throws {
        var simulation = try SchedulerSimulation(
            .testing(
                total: row.total, parallel: row.parallel, retries: row.retries,
                definitions: row.definitions),
            slotCount: row.slots, seed: UInt64(seed), chances: row.chances,
            makeStrategy: { CountingStrategy(capacity: row.capacity) })
        try simulation.run()
        let job = simulation.scheduler.state.job
        #expect(job.status == row.outcome, "seed \(seed)")
        #expect(try simulation.replayed() == job, "seed \(seed): the log says otherwise")
        if row.outcome == .completed {
            let expected = row.total ?? row.capacity
            #expect(job.trainingJobCounts.total == expected, "seed \(seed)")
        }
    }

    @Test("The best training job is the finished one with the lowest last cost", arguments: 1...8)
    func best(seed: Int) throws {
        var simulation = try SchedulerSimulation(
            .testing(total: 20, parallel: 4), seed: UInt64(seed),
            chances: SchedulerTests.Row.chances { $0.failing = 0.2 })
        try simulation.run()
        var best: (trial: Trial.ID, cost: Double)?
        for case .trial(let event) in simulation.log {
            guard case .finished(let outcome) = event.change, let cost = outcome.cost else {
                continue
            }
            if cost.value < best?.cost ?? .infinity { best = (event.trial, cost.value) }
        }
        let job = simulation.scheduler.state.job
        #expect(job.best?.ordinal == best?.trial)
        #expect(job.best?.cost.value == best?.cost)
    }

    @Test("After five failures and no success the tuning job has failed, with a reason")
    func allFail() throws {
        var simulation = try SchedulerSimulation(
            .testing(total: 100, parallel: 1), seed: 1,
            chances: SchedulerTests.Row.chances { $0.failing = 1 })
        try simulation.run()
        let job = simulation.scheduler.state.job
        #expect(job.trainingJobCounts.nonRetryableError == Scheduler.failureCountMax)
        #expect(
            job.failureReason == "No training job succeeded after 5 attempts. Please take a look "
                + "at the training job failures to get more details.")
    }

    @Test("Internal errors are retried as often as asked, others never", arguments: 0...3)
    func retries(count: Int) throws {
        for (cause, chances) in [
            ("internal", SchedulerTests.Row.chances { $0.failingInternally = 1 }),
            ("algorithm", SchedulerTests.Row.chances { $0.failing = 1 }),
        ] {
            var simulation = try SchedulerSimulation(
                .testing(total: 1, retries: count), seed: 1, chances: chances)
            try simulation.run()
            let starts = simulation.changes(of: 0).count {
                if case .started = $0 { true } else { false }
            }
            #expect(starts == (cause == "internal" ? count + 1 : 1), "\(cause)")
            let counts = simulation.scheduler.state.job.trainingJobCounts
            #expect(counts.retryableError == (cause == "internal" ? 1 : 0))
            #expect(counts.nonRetryableError == (cause == "internal" ? 0 : 1))
        }
    }

    @Test("A report above the bound stops its trial, whose cost still counts")
    func verdict() throws {
        var simulation = try SchedulerSimulation(
            .testing(total: 30, parallel: 3), seed: 3,
            makeStrategy: { CountingStrategy(costMax: 5) })
        try simulation.run()
        let job = simulation.scheduler.state.job
        #expect(job.trainingJobCounts.stopped > 0)
        #expect(job.objectiveCounts.succeeded == 30)
        for trial in 0..<30 {
            let changes = simulation.changes(of: trial)
            let reports = changes.flatMap { change in
                if case .reported(let reports, _) = change { reports } else { [MetricReport]() }
            }
            let isAbove = reports.contains { $0.cost?.value ?? 0 > 5 }
            let isStopped = changes.contains(.stopRequested(.earlyStopping))
            #expect(isAbove == isStopped)
        }
    }

    @Test("Crashes change nothing about which hyperparameters are tried")
    func crashesKeepSuggestions() throws {
        func tried(crash: Double) throws -> Set<String> {
            var simulation = try SchedulerSimulation(
                .testing(total: 25, parallel: 4), seed: 5,
                chances: SchedulerTests.Row.chances { $0.crash = crash })
            try simulation.run()
            return Set(
                (0..<25).compactMap { trial in
                    guard case .created(let values, _, _)? = simulation.changes(of: trial).first
                    else { return nil }
                    return values["x"]
                })
        }
        #expect(try tried(crash: 0) == tried(crash: 0.3))
    }

    @Test("Definitions take turns")
    func definitions() throws {
        var simulation = try SchedulerSimulation(
            .testing(total: 12, parallel: 4, definitions: 3), seed: 2)
        try simulation.run()
        #expect(simulation.scheduler.state.createdCounts == [4, 4, 4])
    }

    @Test("The end of the run time completes the tuning job and stops what runs")
    func timeLimit() throws {
        var simulation = try SchedulerSimulation(.testing(total: 100, parallel: 4), seed: 2)
        while simulation.attempts.count < 4 { try simulation.runOneStep() }
        simulation.handle(.timeLimitReached)
        try simulation.run()
        let job = simulation.scheduler.state.job
        #expect(job.status == .completed)
        #expect(job.trainingJobCounts.stopped == 4)
    }

    @Test("Stopping twice is harmless, also when the job is over")
    func stopTwice() throws {
        var simulation = try SchedulerSimulation(.testing(), seed: 2)
        simulation.handle(.stopRequested)
        simulation.handle(.stopRequested)
        try simulation.run()
        simulation.handle(.stopRequested)
        #expect(simulation.scheduler.state.job.status == .stopped)
        #expect(try simulation.replayed() == simulation.scheduler.state.job)
    }

    @Test("An interruption ends no trial; a later scheduler gives them new attempts")
    func interruption() throws {
        var simulation = try SchedulerSimulation(.testing(total: 6, parallel: 3), seed: 2)
        while simulation.attempts.count < 3 { try simulation.runOneStep() }
        simulation.handle(.interrupted)
        while !simulation.scheduler.isAtRest { try simulation.runOneStep() }
        #expect(simulation.scheduler.state.job.status == .inProgress)
        #expect(simulation.scheduler.state.job.trainingJobCounts.stopped == 0)
        try simulation.restart()
        try simulation.run()
        let job = simulation.scheduler.state.job
        #expect(job.status == .completed)
        #expect(job.trainingJobCounts.completed == 6)
        #expect(simulation.launched.count > 6)
    }
}
