import Foundation
import Strategies
import Tuning

/// How long it takes to decide on one report when there have been many training jobs.
struct DecisionTime {
    var trialCount = 10_000
    var measuredTrialCount = 500
    var reportCount = 27

    private struct WrongVerdicts: Error {}

    func run() async throws {
        let hyperband = HyperbandPlan(
            resourceMax: Resource(reportCount), endsByItself: true, source: .random)
        for (name, plan) in [
            ("median rule", TuningPlan.medianStopping(.random)),
            ("Hyperband", .hyperband(hyperband)),
        ] {
            try await measure(name, plan)
        }
    }

    private func measure(_ name: String, _ plan: TuningPlan) async throws {
        let space = try SearchSpace([.continuous("x", min: "0", max: "1")])
        var strategy = try StrategyTask(plan: plan, space: space, seed: 1).strategy()
        for trial in 0..<trialCount { _ = try train(trial, &strategy) }
        var (decisionCount, stopCount) = (0, 0)
        let measurement = try await Measurement.of {
            for trial in trialCount..<trialCount + measuredTrialCount {
                let (count, isStopped) = try train(trial, &strategy)
                decisionCount += count
                stopCount += isStopped ? 1 : 0
            }
        }
        guard stopCount > measuredTrialCount / 10, stopCount < measuredTrialCount else {
            throw WrongVerdicts()
        }
        let microseconds = measurement.processorSeconds / Double(decisionCount) * 1e6
        print(
            """
            decisions: \(name), after \(trialCount) training jobs
              \(String(format: "%.1f", microseconds)) us of processor time a report, with what \
            starting and ending training jobs takes
            """)
    }

    /// Trains one trial as far as it may; returns how many reports there were and whether it was
    /// stopped.
    private func train(
        _ trial: Trial.ID, _ strategy: inout any SearchStrategy
    ) throws -> (reports: Int, isStopped: Bool) {
        var random = SeededGenerator(seed: 1, ordinal: trial)
        guard
            case .start(let values, let extent, let decision) = try strategy.suggestion(
                ordinal: trial, using: &random)
        else { throw WrongVerdicts() }
        func observe(_ change: TrialEvent.Change, _ strategy: inout any SearchStrategy) {
            strategy.observe(TrialEvent(trial: trial, time: .distantPast, change: change))
        }
        observe(.created(values, decision, definition: 0), &strategy)
        observe(.started(attempt: 1, extent), &strategy)
        let level = random.nextUnit()
        for step in 1...reportCount {
            let sample = MetricSample(
                time: .distantPast, values: ["loss": level + 1 / Double(step)])
            let report = MetricReport(
                sample, objective: Objective(.minimize, "loss"), after: Resource(step - 1))
            observe(.reported([report], ReportMark("")), &strategy)
            if strategy.verdict(on: trial) == .stop {
                observe(.finished(.stopped(.earlyStopping, report.cost)), &strategy)
                return (step, true)
            }
        }
        observe(.finished(.completed(Cost(level))), &strategy)
        return (reportCount, false)
    }
}
