import Foundation

/// Real numbers from `lower` to `upper`, both included and both finite.
public struct ContinuousRange: Hashable, Sendable {
    /// The least value.
    public let lower: Double
    /// The greatest value; not below `lower`.
    public let upper: Double
    /// The scaling that was asked for.
    public let scaling: ScalingType

    /// Checks the bounds and the precondition of the scaling.
    ///
    /// - Parameters:
    ///   - lower: The least value.
    ///   - upper: The greatest value; at least the least.
    ///   - scaling: How the range asks to be searched.
    ///   - name: The parameter whose range this is, for the error.
    /// - Throws: `SearchSpaceError` when a bound is not finite, the bounds are in the wrong order,
    ///   `logarithmic` is asked for a range that is not above zero, or `reverseLogarithmic` for one
    ///   that is not inside [0, 1).
    public init(
        lower: Double, upper: Double, scaling: ScalingType = .auto, name: Parameter.Name
    ) throws(SearchSpaceError) {
        guard lower.isFinite, upper.isFinite else { throw .boundNotFinite(name) }
        guard lower <= upper else {
            throw .boundsDecreasing(name, lower: "\(lower)", upper: "\(upper)")
        }
        if scaling == .logarithmic, lower <= 0 {
            throw .logarithmicNotAboveZero(name, lower: "\(lower)")
        }
        if scaling == .reverseLogarithmic, lower < 0 || upper >= 1 {
            throw .reverseLogarithmicOutsideUnit(name, lower: "\(lower)", upper: "\(upper)")
        }
        // Adding zero turns -0.0 into 0.0, so that equal values have equal texts.
        self.lower = lower + 0
        self.upper = upper + 0
        self.scaling = scaling
    }

    /// The scaling in force; `auto` has been decided.
    public var scale: Scale {
        switch scaling {
        case .auto: .automatic(lower: lower, upper: upper)
        case .linear: .linear
        case .logarithmic: .logarithmic
        case .reverseLogarithmic: .reverseLogarithmic
        }
    }
}

// MARK: - Unit interval

extension ContinuousRange {
    /// The value at a coordinate of the unit interval; 0 gives `lower`, 1 gives `upper`, exactly.
    public func value(at coordinate: Double) -> Double {
        if coordinate <= 0 { return lower }
        if coordinate >= 1 { return upper }
        let value =
            switch scale {
            case .linear: lower * (1 - coordinate) + upper * coordinate
            case .logarithmic: exp(log(lower) * (1 - coordinate) + log(upper) * coordinate)
            case .reverseLogarithmic:
                -expm1(log1p(-lower) * (1 - coordinate) + log1p(-upper) * coordinate)
            }
        return min(max(value, lower), upper) + 0
    }

    /// The coordinate of a value in the unit interval; values outside the range go to its ends.
    public func coordinate(of value: Double) -> Double {
        if value <= lower { return lower == upper ? 0.5 : 0 }
        if value >= upper { return 1 }
        let coordinate =
            switch scale {
            case .linear: linearCoordinate(of: value)
            case .logarithmic: (log(value) - log(lower)) / (log(upper) - log(lower))
            case .reverseLogarithmic:
                (log1p(-value) - log1p(-lower)) / (log1p(-upper) - log1p(-lower))
            }
        return min(max(coordinate, 0), 1)
    }

    private func linearCoordinate(of value: Double) -> Double {
        let width = upper - lower
        if width.isFinite { return (value - lower) / width }
        // Halves keep the width of the widest ranges finite.
        return (value / 2 - lower / 2) / (upper / 2 - lower / 2)
    }
}
