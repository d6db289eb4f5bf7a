// Notation
//   n, D     samples, features
//   w        how often a sample was drawn
//   S²/W     (Σ w y)² / Σ w of a group: splitting lowers the squared error by the sum of those of
//            both sides, less that of the whole
//
// The samples are sorted along each feature once for the whole forest; a split parts each order in
// two and keeps it, so that growing a tree takes O(n D) for each level. Categories are sorted by
// their mean target, along which the best split of all subsets lies: Breiman, Friedman, Olshen and
// Stone, *Classification and Regression Trees*, 1984, theorem 4.5.

/// Grows one regression tree, split by split, to leaves in which all targets are the same.
struct TreeGrowth {
    /// The deepest a leaf may be; samples that are nested any deeper share one.
    static let depthMax = 64

    private struct Split {
        let feature: Int
        let cut: TreeLeaves.Cut
        let score: Double
    }

    /// Samples start ..< end of each order.
    private typealias Segment = Range<Int>

    private let table: FeatureTable
    private let weights: [Double]
    /// w y.
    private let weighted: [Double]
    private var orders: [[Int32]]
    private var goesLeft: [Bool]
    private var spare: [Int32]
    private var leaves: TreeLeaves

    /// Grows a tree.
    ///
    /// - Parameters:
    ///   - orders: The samples along each feature, as the table gives them.
    ///   - weights: w of each sample; at least one is above zero.
    /// - Returns: Its leaves.
    static func leaves(
        of table: FeatureTable, orders: [[Int32]], weights: [Double]
    ) -> TreeLeaves {
        var growth = TreeGrowth(table, orders, weights)
        let all = 0..<growth.spare.count
        growth.grow(all, TreeLeaves.Box(table.kinds), depth: 0)
        return growth.leaves
    }

    private init(_ table: FeatureTable, _ orders: [[Int32]], _ weights: [Double]) {
        self.table = table
        self.weights = weights
        weighted = zip(weights, table.targets).map { $0 * $1 }
        self.orders = orders.map { $0.filter { weights[Int($0)] > 0 } }
        goesLeft = Array(repeating: false, count: weights.count)
        spare = Array(repeating: 0, count: weights.count { $0 > 0 })
        leaves = TreeLeaves(table.kinds)
    }

    private mutating func grow(_ segment: Segment, _ box: TreeLeaves.Box, depth: Int) {
        var (weight, sum) = (0.0, 0.0)
        let first = table.targets[Int(orders[0][segment.lowerBound])]
        var isPure = true
        for sample in orders[0][segment] {
            weight += weights[Int(sample)]
            sum += weighted[Int(sample)]
            if table.targets[Int(sample)] != first { isPure = false }
        }
        guard !isPure, depth < Self.depthMax,
            let split = bestSplit(of: segment, weight: weight, sum: sum)
        else {
            return leaves.append(.init(box: box, value: sum / weight))
        }
        let middle = part(segment, by: split)
        let (left, right) = box.halves(along: split.feature, by: split.cut)
        grow(segment.lowerBound..<middle, left, depth: depth + 1)
        grow(middle..<segment.upperBound, right, depth: depth + 1)
    }
}

// MARK: - Finding a split

extension TreeGrowth {
    /// The best split; `nil` where no feature tells the samples apart.
    private func bestSplit(of segment: Segment, weight: Double, sum: Double) -> Split? {
        var best: Split?
        for feature in table.kinds.indices {
            let found =
                switch table.kinds[feature] {
                case .numeric: threshold(of: segment, feature, weight, sum)
                case .categorical(let count): subset(of: segment, feature, count, weight, sum)
                }
            if let found, found.score > best?.score ?? -.infinity { best = found }
        }
        return best
    }

    private func threshold(
        of segment: Segment, _ feature: Int, _ weight: Double, _ sum: Double
    ) -> Split? {
        let (order, column) = (orders[feature], table.columns[feature])
        var (leftWeight, leftSum) = (0.0, 0.0)
        var (bestScore, bestPosition) = (-Double.infinity, -1)
        var sample = Int(order[segment.lowerBound])
        var value = column[sample]
        for position in segment.lowerBound + 1..<segment.upperBound {
            leftWeight += weights[sample]
            leftSum += weighted[sample]
            sample = Int(order[position])
            let next = column[sample]
            guard next > value else { continue }
            value = next
            let rightSum = sum - leftSum
            let score = leftSum * leftSum / leftWeight + rightSum * rightSum / (weight - leftWeight)
            if score > bestScore { (bestScore, bestPosition) = (score, position) }
        }
        guard bestPosition >= 0 else { return nil }
        let above = column[Int(order[bestPosition])]
        let middle = (column[Int(order[bestPosition - 1])] + above) / 2
        // Where two numbers are neighbours their middle is one of them.
        let edge = middle > column[Int(order[bestPosition - 1])] ? middle : above
        return Split(feature: feature, cut: .threshold(edge), score: bestScore)
    }

    private func subset(
        of segment: Segment, _ feature: Int, _ count: Int, _ weight: Double, _ sum: Double
    ) -> Split? {
        var categoryWeights = Array(repeating: 0.0, count: count)
        var categorySums = categoryWeights
        for sample in orders[feature][segment] {
            let category = Int(table.columns[feature][Int(sample)])
            categoryWeights[category] += weights[Int(sample)]
            categorySums[category] += weighted[Int(sample)]
        }
        let present = (0..<count).filter { categoryWeights[$0] > 0 }
        guard present.count > 1 else { return nil }
        let means = (0..<count).map { categorySums[$0] / categoryWeights[$0] }
        let ranked = present.sorted { (means[$0], $0) < (means[$1], $1) }
        var (leftWeight, leftSum) = (0.0, 0.0)
        var best = (score: -Double.infinity, count: 0, isLeftHeavier: false)
        for (index, category) in ranked.dropLast().enumerated() {
            leftWeight += categoryWeights[category]
            leftSum += categorySums[category]
            let rightSum = sum - leftSum
            let score = leftSum * leftSum / leftWeight + rightSum * rightSum / (weight - leftWeight)
            if score > best.score { best = (score, index + 1, 2 * leftWeight > weight) }
        }
        // Of categories that nobody tried here nothing is known: they go with the greater part.
        var left = categoryWeights.map { $0 == 0 && best.isLeftHeavier }
        for category in ranked.prefix(best.count) { left[category] = true }
        return Split(feature: feature, cut: .categories(left), score: best.score)
    }
}

// MARK: - Splitting

extension TreeGrowth {
    /// Parts the samples of a segment in every order; the position of the first on the right.
    private mutating func part(_ segment: Segment, by split: Split) -> Int {
        for sample in orders[split.feature][segment] {
            goesLeft[Int(sample)] = split.cut.isLeft(table.columns[split.feature][Int(sample)])
        }
        var middle = segment.lowerBound
        for feature in orders.indices {
            var (left, right) = (segment.lowerBound, 0)
            for position in segment {
                let sample = orders[feature][position]
                if goesLeft[Int(sample)] {
                    orders[feature][left] = sample
                    left += 1
                } else {
                    spare[right] = sample
                    right += 1
                }
            }
            for index in 0..<right { orders[feature][left + index] = spare[index] }
            middle = left
        }
        return middle
    }
}
