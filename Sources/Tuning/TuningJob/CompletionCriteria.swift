import Foundation

/// When a tuning job has found enough, before its limits are used up; any one of them ends it.
public struct CompletionCriteria: Hashable, Codable, Sendable {
    /// The cost that ends the tuning job once a finished training job has it; `nil` for none.
    public let targetCost: Cost?
    /// How many training jobs in a row may fail to improve; at least one; `nil` for any number.
    public let notImprovingCountMax: Int?
    /// Whether convergence ends the tuning job; it is noted in any case.
    public let completesOnConvergence: Bool

    /// Takes criteria; a tuning job without any runs until its limits.
    public init(
        targetCost: Cost? = nil, notImprovingCountMax: Int? = nil,
        completesOnConvergence: Bool = false
    ) {
        precondition(
            notImprovingCountMax.map { $0 >= 1 } ?? true,
            "notImprovingCountMax \(notImprovingCountMax ?? 0)")
        self.targetCost = targetCost
        self.notImprovingCountMax = notImprovingCountMax
        self.completesOnConvergence = completesOnConvergence
    }

    /// Whether a tuning job has found enough.
    package func areMet(by job: TuningJob) -> Bool {
        if let targetCost, let best = job.best, best.cost <= targetCost { return true }
        if let notImprovingCountMax, job.completion.notImprovingCount >= notImprovingCountMax {
            return true
        }
        return completesOnConvergence && job.completion.convergenceTime != nil
    }
}

/// What is known about how much a tuning job still improves; the wire's
/// `TuningJobCompletionDetails`.
public struct CompletionDetails: Hashable, Codable, Sendable {
    /// Finished training jobs since the last one that improved the best cost by enough.
    public package(set) var notImprovingCount = 0
    /// When it was found that no further improvement is to be expected.
    public package(set) var convergenceTime: Date?

    /// Details of a tuning job that has just begun.
    public init() {}
}

/// Counts training jobs that do not improve.
///
/// Each is compared with the best cost there was when the count last began, so that many small
/// steps add up to one improvement. Only training jobs whose objective could be used count.
struct ImprovementCount: Hashable, Sendable {
    /// What counts as an improvement: this part of the size of the cost to be improved.
    static let relativeImprovementMin = 0.01

    /// The cost to be improved; `nil` before the first.
    private var reference: Cost?

    /// Takes in the next cost; returns how many in a row have not improved.
    mutating func count(_ cost: Cost, after count: Int) -> Int {
        guard let reference, !Self.isImprovement(of: reference, cost) else {
            reference = cost
            return 0
        }
        return count + 1
    }

    /// Whether a cost is better than another by at least one percent of that other's size; from
    /// zero, where a percent means nothing, every step down is an improvement.
    static func isImprovement(of reference: Cost, _ cost: Cost) -> Bool {
        guard cost < reference else { return false }
        // Decimal costs are rounded: from 99 to 98.01 is a little less than a percent.
        let step = relativeImprovementMin * (1 - 1e-9) * abs(reference.value)
        // The difference of two finite costs may be infinite, and then is large enough.
        return reference.value - cost.value >= step
    }
}
