import Foundation

/// Whole numbers from `lower` to `upper`, both included.
public struct IntegerRange: Hashable, Sendable {
    /// The least value.
    public let lower: Int
    /// The greatest value; not below `lower`.
    public let upper: Int
    /// The scaling that was asked for.
    public let scaling: ScalingType

    /// Checks the bounds and the precondition of the scaling.
    ///
    /// - Parameters:
    ///   - lower: The least value.
    ///   - upper: The greatest value; at least the least.
    ///   - scaling: How the range asks to be searched.
    ///   - name: The parameter whose range this is, for the error.
    /// - Throws: `SearchSpaceError` when the bounds are in the wrong order, `logarithmic` is asked
    ///   for a range that is not above zero, or `reverseLogarithmic` at all: it is for continuous
    ///   ranges only.
    public init(
        lower: Int, upper: Int, scaling: ScalingType = .auto, name: Parameter.Name
    ) throws(SearchSpaceError) {
        guard lower <= upper else {
            throw .boundsDecreasing(name, lower: "\(lower)", upper: "\(upper)")
        }
        if scaling == .logarithmic, lower <= 0 {
            throw .logarithmicNotAboveZero(name, lower: "\(lower)")
        }
        guard scaling != .reverseLogarithmic else { throw .reverseLogarithmicInteger(name) }
        self.lower = lower
        self.upper = upper
        self.scaling = scaling
    }

    /// The scaling in force; `auto` has been decided.
    public var scale: Scale {
        switch scaling {
        case .auto: .automatic(lower: Double(lower), upper: Double(upper))
        case .logarithmic: .logarithmic
        case .linear, .reverseLogarithmic: .linear
        }
    }

    /// How many values there are; `nil` when more than an `Int` counts.
    public var count: Int? {
        let (width, overflow) = upper.subtractingReportingOverflow(lower)
        return overflow || width == .max ? nil : width + 1
    }
}

// MARK: - Middle

extension IntegerRange {
    /// The whole number in the middle of the bounds on the range's scale: half of their sum,
    /// rounded down, or the root of their product, rounded to the nearest.
    ///
    /// It is what people mean by the middle of what they wrote; `value(at: 0.5)` has as much of the
    /// unit interval on either side, which on a logarithmic scale from 1 is less.
    public var middle: Int {
        switch scale {
        case .logarithmic:
            let root = (Double(lower) * Double(upper)).squareRoot().rounded()
            return root < Double(upper) ? max(Int(root), lower) : upper
        case .linear, .reverseLogarithmic:
            return Int(truncatingIfNeeded: UInt64(bitPattern: Int64(lower)) &+ width / 2)
        }
    }
}

// MARK: - Unit interval

extension IntegerRange {
    /// The value whose share of the unit interval holds a coordinate.
    ///
    /// On the linear scale all values have equal shares. On the logarithmic scale value k has the
    /// share from log(k − ½) to log(k + ½), so both ends are reached as often as they deserve.
    public func value(at coordinate: Double) -> Int {
        if coordinate <= 0 { return lower }
        if coordinate >= 1 { return upper }
        let steps =
            switch scale {
            case .logarithmic: lowerEdge * expm1(coordinate * log1p(shareCount / lowerEdge))
            case .linear, .reverseLogarithmic: coordinate * shareCount
            }
        // Beyond 2⁵³ values `steps` may be rounded up to their number, and even past a `UInt64`.
        guard steps < Double(width) else { return upper }
        let offset = UInt64(max(steps, 0))
        return Int(truncatingIfNeeded: UInt64(bitPattern: Int64(lower)) &+ offset)
    }

    /// The coordinate of a value, inside its share; values outside the range go to its ends.
    ///
    /// `value(at:)` gives the value back exactly in ranges of up to 2⁴⁵ values; in wider ones
    /// neighbours are too close for a `Double`.
    public func coordinate(of value: Int) -> Double {
        if lower == upper { return 0.5 }
        let offset = Double(distance(to: min(max(value, lower), upper))) + 0.5
        let coordinate =
            switch scale {
            case .logarithmic: log1p(offset / lowerEdge) / log1p(shareCount / lowerEdge)
            case .linear, .reverseLogarithmic: offset / shareCount
            }
        return min(max(coordinate, 0), 1)
    }

    // Counting from the lower bound keeps neighbours apart also where the bounds are huge.
    private func distance(to value: Int) -> UInt64 {
        UInt64(bitPattern: Int64(value)) &- UInt64(bitPattern: Int64(lower))
    }

    private var width: UInt64 { distance(to: upper) }
    private var shareCount: Double { Double(width) + 1 }
    private var lowerEdge: Double { Double(lower) - 0.5 }
}
