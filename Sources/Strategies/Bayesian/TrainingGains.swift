import Tuning

/// What trials gain from one stretch of training to the end, to guess how trials that were stopped
/// early would have ended.
///
/// A trial stopped after its k-th report is taken to end at its last cost plus the median of what
/// completed trials gained after their k-th report: a guess that errs towards the middle, and keeps
/// trials that were stopped at different times comparable.
struct TrainingGains: Sendable {
    /// Reports of one trial that are remembered, and completed trials for each report.
    private static let (reportCountMax, gainCountMax) = (1000, 100)

    private var curves: [Trial.ID: [Cost?]] = [:]
    /// For each number of reports, final cost minus the cost then, of completed trials.
    private var gains: [Int: [Double]] = [:]

    /// Takes in what a running trial reports.
    mutating func observe(_ reports: [MetricReport], of trial: Trial.ID) {
        for report in reports where report.isObjective {
            guard curves[trial, default: []].count < Self.reportCountMax else { return }
            curves[trial, default: []].append(report.cost)
        }
    }

    /// The cost a trial has ended with, or would have; `nil` when it failed or has none.
    mutating func finalCost(of trial: Trial.ID, _ outcome: Trial.Outcome) -> Cost? {
        let curve = curves.removeValue(forKey: trial) ?? []
        guard let cost = outcome.cost else { return nil }
        switch outcome {
        case .stopped(.earlyStopping, _): return expected(cost, after: curve.count)
        case .completed:
            for (index, early) in curve.enumerated() {
                guard let early else { continue }
                let gain = cost.value - early.value
                guard gain.isFinite, gains[index + 1, default: []].count < Self.gainCountMax else {
                    continue
                }
                gains[index + 1, default: []].append(gain)
            }
            return cost
        case .stopped, .failed: return cost
        }
    }

    private func expected(_ cost: Cost, after reportCount: Int) -> Cost {
        guard let gains = gains[reportCount]?.sorted(), !gains.isEmpty else { return cost }
        return Cost(cost.value + gains[gains.count / 2]) ?? cost
    }
}
