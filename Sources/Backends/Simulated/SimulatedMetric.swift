import Foundation
import Tuning

/// A metric that is reported beside the objective, with a learning curve of its own.
///
/// Where its name is that of a share, such as an accuracy, it rises below 1; else it falls, and
/// stays above 0.
struct SimulatedMetric: Sendable {
    private let isShare: Bool
    private let level: Double

    /// The metric of an attempt.
    ///
    /// - Parameter seed: Where the chance of the attempt starts.
    init(_ name: MetricName, seed: UInt64) {
        let lowercased = name.lowercased()
        isShare = Self.shares.contains { lowercased.contains($0) }
        var random = SeededGenerator(seed: seed ^ name.stableHash)
        level = random.nextUnit()
    }

    /// The value after a part of the epochs, from 0 to 1.
    func value(at progress: Double) -> Double {
        let gap = exp(-3 * progress)
        let end = 0.05 + 0.25 * level
        return isShare ? 1 - end - (0.5 - end) * gap : end * (1 + 9 * gap)
    }

    /// What is in the names of metrics that are shares of a whole.
    private static let shares = ["acc", "auc", "f1", "precision", "recall", "score", "r2"]
}
