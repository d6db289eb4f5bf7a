import Tuning

/// Regression trees that were each grown from a sample of their own, to ask which features explain
/// what was observed.
///
/// Every tree looks at all features at every split and differs from the others by the samples that
/// were drawn for it, with replacement, as many as there are.
/// Source: Breiman, "Random Forests", 2001.
struct RegressionForest: Sendable {
    /// How many trees there are; with more the shares hardly change.
    static let treeCount = 64

    private let trees: [TreeLeaves]

    /// Grows a forest.
    ///
    /// - Parameters:
    ///   - table: At least one sample and one feature.
    ///   - seed: Decides which samples are drawn; the same seed gives the same forest.
    init(_ table: FeatureTable, seed: UInt64 = 0) {
        let count = table.targets.count
        precondition(count > 0 && !table.columns.isEmpty, "no samples, or no features")
        let orders = table.orders
        trees = (0..<Self.treeCount).map { tree in
            var random = SeededGenerator(seed: seed, ordinal: tree)
            var weights = Array(repeating: 0.0, count: count)
            for _ in 0..<count { weights[Int.random(in: 0..<count, using: &random)] += 1 }
            return TreeGrowth.leaves(of: table, orders: orders, weights: weights)
        }
    }

    /// For each feature the part of the forest's variance that it explains by itself: the mean of
    /// the trees' V_j / V, between 0 and 1; `nil` where all trees are constant.
    ///
    /// What they leave of 1 is explained by features together.
    var shares: [Double]? {
        let varied = trees.map { (tree: $0, variance: $0.variance) }.filter { $0.variance > 0 }
        guard let first = varied.first else { return nil }
        return first.tree.kinds.indices.map { feature in
            varied.reduce(0) { $0 + $1.tree.variance(ofFeature: feature) / $1.variance }
                / Double(varied.count)
        }
    }
}
