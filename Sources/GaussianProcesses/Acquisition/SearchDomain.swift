/// The values that the coordinates of a point may take; numeric dimensions come first.
public struct SearchDomain: Sendable {
    /// One dimension.
    public enum Dimension: Hashable, Sendable {
        /// Any number in [0, 1].
        case continuous
        /// Some numbers in [0, 1], increasing; at least two.
        case ordered([Double])
        /// Category numbers 0 ..< count; at least two.
        case categorical(count: Int)
    }

    /// The dimensions.
    public let dimensions: [Dimension]
    /// How many of them are numeric.
    public let numericCount: Int

    /// Takes dimensions, the numeric ones first.
    public init(_ dimensions: [Dimension]) {
        self.dimensions = dimensions
        numericCount = dimensions.prefix { !$0.isCategorical }.count
        precondition(
            dimensions.dropFirst(numericCount).allSatisfy(\.isCategorical),
            "numeric dimensions come first")
    }

    /// How many dimensions are categorical.
    public var categoricalCount: Int { dimensions.count - numericCount }

    /// The nearest point of the domain.
    public func snapped(_ point: [Double]) -> [Double] {
        zip(dimensions, point).map { dimension, coordinate in dimension.snapped(coordinate) }
    }

    /// The point of the domain at a point of the unit cube: equal shares for categories.
    public func point(atUnit unit: [Double]) -> [Double] {
        zip(dimensions, unit).map { dimension, coordinate in dimension.value(atUnit: coordinate) }
    }

    /// Points of the domain, for a kernel.
    public func pointSet(_ points: [[Double]]) -> PointSet {
        PointSet(points, numericCount: numericCount, categoricalCount: categoricalCount)
    }
}

extension SearchDomain.Dimension {
    /// Whether values can only be equal or not.
    var isCategorical: Bool {
        if case .categorical = self { true } else { false }
    }

    /// The value at a coordinate of the unit interval: equal shares for levels and categories.
    public func value(atUnit coordinate: Double) -> Double {
        switch self {
        case .continuous: coordinate
        case .ordered(let levels):
            levels[min(Int(coordinate * Double(levels.count)), levels.count - 1)]
        case .categorical(let count): Double(min(Int(coordinate * Double(count)), count - 1))
        }
    }

    /// The nearest value of the dimension.
    func snapped(_ coordinate: Double) -> Double {
        switch self {
        case .continuous: min(max(coordinate, 0), 1)
        case .categorical: coordinate
        case .ordered(let levels): levels[Self.nearest(coordinate, in: levels)]
        }
    }

    /// The index of the level nearest to a coordinate.
    static func nearest(_ coordinate: Double, in levels: [Double]) -> Int {
        var (low, high) = (0, levels.count)
        while low < high {
            let middle = (low + high) / 2
            if levels[middle] < coordinate { low = middle + 1 } else { high = middle }
        }
        if low == 0 { return 0 }
        if low == levels.count { return levels.count - 1 }
        return coordinate - levels[low - 1] <= levels[low] - coordinate ? low - 1 : low
    }
}
