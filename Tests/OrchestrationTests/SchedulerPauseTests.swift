import Strategies
import Testing
import Tuning

@testable import Orchestration

@Suite("Paused trials")
struct SchedulerPauseTests {
    struct Row: CustomTestStringConvertible {
        let name: String
        var crash = 0.0
        var failing = 0.0
        var stopTrial = 0.0
        var stopJobAtStep = Int.max
        var outcome = TuningJob.Status.completed
        var testDescription: String { name }
    }

    private static func simulation(_ row: Row, seed: Int) throws -> SchedulerSimulation {
        let plan = TuningPlan.hyperband(
            HyperbandPlan(resourceMax: Resource(9), pausesTrials: true, endsByItself: true))
        return try SchedulerSimulation(
            .testing(total: 30, parallel: 4, retries: 20, plan: plan), slotCount: 3,
            seed: UInt64(seed),
            chances: SchedulerTests.Row.chances {
                $0.crash = row.crash
                $0.failingInternally = row.failing
                $0.stopTrial = row.stopTrial
                $0.stopJobAtStep = row.stopJobAtStep
                $0.reportCount = 9
            },
            makeStrategy: {
                let task = StrategyTask(plan: plan, space: CountingStrategy.space, seed: 1)
                guard let strategy = try? task.strategy() else {
                    preconditionFailure("Hyperband takes any space")
                }
                return strategy
            })
    }

    @Test(
        "Go on from their checkpoint or end, whatever else happens",
        arguments: [
            Row(name: "plain"), Row(name: "crashes", crash: 0.1),
            Row(name: "retries", failing: 0.1), Row(name: "stopped trials", stopTrial: 0.02),
            Row(name: "stopped", stopJobAtStep: 90, outcome: .stopped),
        ], 1...5)
    func goOn(row: Row, seed: Int) throws {
        var simulation = try Self.simulation(row, seed: seed)
        try simulation.run()
        let state = simulation.scheduler.state
        #expect(state.job.status == row.outcome, "seed \(seed)")
        #expect(state.unfinished.isEmpty, "seed \(seed)")
        #expect(try simulation.replayed() == state.job, "seed \(seed)")
        if row.outcome == .completed {
            #expect(state.job.trainingJobCounts.total == 30, "seed \(seed)")
        }
        var pauseCount = 0
        for trial in 0..<state.job.trainingJobCounts.total {
            let units = try Self.units(simulation.changes(of: trial), &pauseCount)
            #expect(units == Array(1..<units.count + 1), "seed \(seed), trial \(trial)")
        }
        #expect(pauseCount > 5, "seed \(seed)")
    }

    /// The resources a trial has reported, those that a retry reported again taken once.
    private static func units(
        _ changes: [TrialEvent.Change], _ pauseCount: inout Int
    ) throws -> [Int] {
        var units: [Int] = []
        var checkpoint = 0
        for change in changes {
            switch change {
            case .reported(let reports, _): units += reports.map(\.resource.units)
            case .paused(let location):
                pauseCount += 1
                checkpoint = try #require(units.last)
                #expect(Int(location.location) != nil)
            case .started: units = Array(units.prefix(checkpoint))
            default: break
            }
        }
        return units
    }

    @Test("Are no reason to run, and do not count as running")
    func waiting() throws {
        var simulation = try Self.simulation(Row(name: "plain"), seed: 2)
        while !simulation.scheduler.state.unfinished.values.contains(where: \.isPaused) {
            try simulation.runOneStep()
        }
        let paused = try #require(
            simulation.scheduler.state.unfinished.values.first { $0.isPaused })
        #expect(!paused.isRunning && paused.status == .inProgress)
        #expect(paused.secondaryStatus == .pending)
        #expect(paused.checkpoint != nil)
        simulation.handle(.stopTrialRequested(paused.id.ordinal))
        #expect(simulation.scheduler.state.unfinished[paused.id.ordinal] == nil)
        try simulation.run()
        #expect(simulation.scheduler.state.job.status == .completed)
    }
}
