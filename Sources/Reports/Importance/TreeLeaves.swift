// Notation
//   b        a leaf: a box of the feature space, of volume |b| (all volumes add up to 1)
//   y_b      the tree's value there
//   f₀       Σ |b| y_b, the mean of the tree
//   V        Σ |b| (y_b − f₀)², its variance
//   f_j(x)   the mean of the tree where feature j is x: Σ y_b |b| / |b_j| over the leaves whose
//            side b_j along j has x
//   V_j      the variance of f_j(x) over x, what feature j explains alone
//
// The leaves of a tree are a partition, so all of these are finite sums, without sampling.
// Source: Hutter, Hoos and Leyton-Brown, "An Efficient Approach for Assessing Hyperparameter
// Importance", 2014, section 3.

/// The leaves of a regression tree: a partition of the feature space into boxes.
struct TreeLeaves: Sendable {
    /// A box: an interval along each numeric feature, some of the categories of the others.
    struct Box: Sendable {
        /// The ends along each feature; 0 and 1 along categorical ones.
        var lower, upper: [Double]
        /// The categories inside, for each feature; empty for numeric ones.
        var categories: [[Bool]]
        /// The part of the feature space inside.
        var volume = 1.0

        /// All of the feature space.
        init(_ kinds: [FeatureTable.Kind]) {
            lower = kinds.map { _ in 0 }
            upper = kinds.map { _ in 1 }
            categories = kinds.map { kind in
                guard case .categorical(let count) = kind else { return [] }
                return Array(repeating: true, count: count)
            }
        }
    }

    /// How a split tells two sides apart.
    enum Cut: Sendable {
        /// Less than this is on the left.
        case threshold(Double)
        /// These categories are on the left.
        case categories([Bool])

        /// Whether a number of the feature is on the left.
        func isLeft(_ number: Double) -> Bool {
            switch self {
            case .threshold(let edge): number < edge
            case .categories(let left): left[Int(number)]
            }
        }
    }

    /// A box and what the tree says of all points in it.
    struct Leaf: Sendable {
        let box: Box
        let value: Double
    }

    let kinds: [FeatureTable.Kind]
    private(set) var leaves: [Leaf] = []

    /// No leaves yet.
    init(_ kinds: [FeatureTable.Kind]) {
        self.kinds = kinds
    }

    /// Adds a leaf that overlaps no other.
    mutating func append(_ leaf: Leaf) {
        leaves.append(leaf)
    }
}

// MARK: - Boxes

extension TreeLeaves.Box {
    /// The two sides of a cut through the box.
    func halves(along feature: Int, by cut: TreeLeaves.Cut) -> (left: Self, right: Self) {
        var (left, right) = (self, self)
        var part = 0.0
        switch cut {
        case .threshold(let edge):
            part = (edge - lower[feature]) / (upper[feature] - lower[feature])
            left.upper[feature] = edge
            right.lower[feature] = edge
        case .categories(let onLeft):
            let inside = categories[feature]
            for category in inside.indices where inside[category] {
                left.categories[feature][category] = onLeft[category]
                right.categories[feature][category] = !onLeft[category]
            }
            part = Double(left.categories[feature].count { $0 }) / Double(inside.count { $0 })
        }
        left.volume *= part
        right.volume *= 1 - part
        return (left, right)
    }
}

// MARK: - Variances

extension TreeLeaves {
    /// f₀.
    var mean: Double { leaves.reduce(0) { $0 + $1.box.volume * $1.value } }

    /// V.
    var variance: Double {
        let mean = mean
        return leaves.reduce(0) {
            $0 + $1.box.volume * ($1.value - mean) * ($1.value - mean)
        }
    }

    /// V_j.
    func variance(ofFeature feature: Int) -> Double {
        switch kinds[feature] {
        case .numeric: numericVariance(feature)
        case .categorical(let count): categoricalVariance(feature, count)
        }
    }

    private func numericVariance(_ feature: Int) -> Double {
        let edges = Set(leaves.map { $0.box.lower[feature] }).sorted() + [1]
        // Each leaf is added where it begins and taken away where it ends.
        var steps = Array(repeating: 0.0, count: edges.count)
        for leaf in leaves {
            let (lower, upper) = (leaf.box.lower[feature], leaf.box.upper[feature])
            // A cut between 1 and the number before it leaves nothing on one side.
            guard upper > lower else { continue }
            let density = leaf.value * leaf.box.volume / (upper - lower)
            steps[edges.position(of: lower)] += density
            steps[edges.position(of: upper)] -= density
        }
        let mean = mean
        var (value, variance) = (0.0, 0.0)
        for index in 0..<edges.count - 1 {
            value += steps[index]
            variance += (edges[index + 1] - edges[index]) * (value - mean) * (value - mean)
        }
        return variance
    }

    private func categoricalVariance(_ feature: Int, _ count: Int) -> Double {
        var values = Array(repeating: 0.0, count: count)
        for leaf in leaves {
            let inside = leaf.box.categories[feature]
            let part = Double(inside.count { $0 }) / Double(count)
            let density = leaf.value * leaf.box.volume / part
            for category in 0..<count where inside[category] { values[category] += density }
        }
        let mean = mean
        return values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count)
    }
}

extension [Double] {
    /// Where a number is in increasing numbers that have it.
    fileprivate func position(of number: Double) -> Int {
        if number == 0 { return 0 }
        if number == 1 { return count - 1 }
        var (low, high) = (0, count - 1)
        while low < high {
            let middle = (low + high) / 2
            if self[middle] < number { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
