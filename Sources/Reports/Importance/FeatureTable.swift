/// What a forest learns from: a row for each sample, a column for each feature, and targets.
struct FeatureTable: Sendable {
    /// What the numbers of a column are.
    enum Kind: Hashable, Sendable {
        /// Numbers in [0, 1], all equally likely beforehand.
        case numeric
        /// Category numbers 0 ..< count, all equally likely beforehand.
        case categorical(count: Int)
    }

    /// The kind of each column.
    let kinds: [Kind]
    /// The columns; each has a number for each sample.
    let columns: [[Double]]
    /// What is to be explained, finite; one for each sample.
    let targets: [Double]

    /// Takes columns of the same length.
    init(kinds: [Kind], columns: [[Double]], targets: [Double]) {
        precondition(kinds.count == columns.count, "\(kinds.count) kinds, \(columns.count) columns")
        precondition(columns.allSatisfy { $0.count == targets.count }, "columns differ in length")
        self.kinds = kinds
        self.columns = columns
        self.targets = targets
    }

    /// The samples by increasing number, for each column; those that are equal in their own order.
    var orders: [[Int32]] {
        columns.map { column in
            column.indices.sorted { (column[$0], $0) < (column[$1], $1) }.map { Int32($0) }
        }
    }
}
