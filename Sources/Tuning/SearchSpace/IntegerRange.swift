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
    /// - Parameter name: The parameter whose range this is, for the error.
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

// MARK: - Unit interval

extension IntegerRange {
    /// The value whose share of the unit interval holds a coordinate.
    ///
    /// On the linear scale all values have equal shares. On the logarithmic scale value k has the
    /// share from log(k − ½) to log(k + ½), so both ends are reached as often as they deserve.
    public func value(at coordinate: Double) -> Int {
        let position = min(max(coordinate, 0), 1)
        let real =
            switch scale {
            case .logarithmic:
                exp(log(lowerEdge) * (1 - position) + log(upperEdge) * position)
            case .linear, .reverseLogarithmic:
                lowerEdge * (1 - position) + upperEdge * position
            }
        let rounded = real.rounded(.toNearestOrAwayFromZero)
        if rounded <= Double(lower) { return lower }
        if rounded >= Double(upper) { return upper }
        return min(max(Int(exactly: rounded) ?? lower, lower), upper)
    }

    /// The coordinate of a value, inside its share; values outside the range go to its ends.
    public func coordinate(of value: Int) -> Double {
        if lower == upper { return 0.5 }
        let real = Double(min(max(value, lower), upper))
        let coordinate =
            switch scale {
            case .logarithmic:
                (log(real) - log(lowerEdge)) / (log(upperEdge) - log(lowerEdge))
            case .linear, .reverseLogarithmic:
                (real - lowerEdge) / (upperEdge - lowerEdge)
            }
        return min(max(coordinate, 0), 1)
    }

    private var lowerEdge: Double { Double(lower) - 0.5 }
    private var upperEdge: Double { Double(upper) + 0.5 }
}
