import Testing
import Tuning

@testable import Orchestration

@Suite("A tuning job that has found enough")
struct SchedulerCompletionTests {
    private static func finished(
        _ criteria: CompletionCriteria, seed: Int, crash: Double = 0, total: Int = 500,
        estimate: ConvergenceEstimate? = nil
    ) throws -> SchedulerSimulation {
        var simulation = try SchedulerSimulation(
            .testing(total: total, parallel: 4, criteria: criteria), seed: UInt64(seed),
            chances: SchedulerTests.Row.chances { $0.crash = crash },
            makeStrategy: { CountingStrategy(estimate: estimate) })
        try simulation.run()
        #expect(simulation.scheduler.state.job.status == .completed, "seed \(seed)")
        #expect(try simulation.replayed() == simulation.scheduler.state.job, "seed \(seed)")
        return simulation
    }

    /// Final costs in the order in which training jobs ended, those the end stopped left out.
    private static func costs(_ simulation: SchedulerSimulation) -> [Double] {
        simulation.log.compactMap { event in
            guard case .trial(let event) = event, case .finished(let outcome) = event.change
            else { return nil }
            if case .stopped(.tuningJobEnded, _) = outcome { return nil }
            return outcome.cost?.value
        }
    }

    @Test("Ends when a training job ends with the target, and stops what runs", arguments: 1...8)
    func target(seed: Int) throws {
        let target = try #require(Cost(0.5))
        let simulation = try Self.finished(
            CompletionCriteria(targetCost: target), seed: seed, crash: 0.1)
        let costs = Self.costs(simulation)
        #expect(costs.last ?? .infinity <= 0.5, "seed \(seed)")
        #expect(costs.dropLast().allSatisfy { $0 > 0.5 }, "seed \(seed)")
        #expect(simulation.scheduler.state.job.trainingJobCounts.total < 500, "seed \(seed)")
    }

    @Test("Ends when too many in a row have not improved", arguments: 1...8)
    func notImproving(seed: Int) throws {
        let simulation = try Self.finished(
            CompletionCriteria(notImprovingCountMax: 5), seed: seed, crash: 0.1)
        let costs = Self.costs(simulation)
        let best = try #require(costs.dropLast(5).min())
        #expect(costs.suffix(5).allSatisfy { best - $0 < 0.01 * best }, "seed \(seed)")
        #expect(simulation.scheduler.state.job.trainingJobCounts.total < 500, "seed \(seed)")
    }

    @Test("Notes convergence without an estimate after twenty that do not improve")
    func fallback() throws {
        let simulation = try Self.finished(CompletionCriteria(), seed: 3)
        let job = simulation.scheduler.state.job
        #expect(job.completion.convergenceTime != nil)
        #expect(job.trainingJobCounts.total == 500, "noted, but no reason to end")
        let ended = try Self.finished(CompletionCriteria(completesOnConvergence: true), seed: 3)
        #expect(ended.scheduler.state.job.trainingJobCounts.total < 500)
        #expect(Self.costs(ended).count > Scheduler.convergenceCountMin)
    }

    @Test("A strategy's own estimate decides where there is one")
    func estimate() throws {
        let open = try Self.finished(
            CompletionCriteria(completesOnConvergence: true), seed: 3, total: 100,
            estimate: ConvergenceEstimate(improvementMax: 1, noise: 0.1))
        #expect(open.scheduler.state.job.completion.convergenceTime == nil)
        #expect(open.scheduler.state.job.trainingJobCounts.total == 100)
        let converged = try Self.finished(
            CompletionCriteria(completesOnConvergence: true), seed: 3,
            estimate: ConvergenceEstimate(improvementMax: 0.1, noise: 0.2))
        #expect(converged.scheduler.state.job.completion.convergenceTime != nil)
        #expect(converged.scheduler.state.job.trainingJobCounts.total <= 4)
    }
}
