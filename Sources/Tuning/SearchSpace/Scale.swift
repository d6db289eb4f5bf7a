/// How a numeric range asks to be searched; the wire's `ScalingType`.
public enum ScalingType: String, Hashable, Codable, Sendable, CaseIterable {
    /// Logarithmic where the range is above zero and spans two powers of ten, else linear.
    case auto = "Auto"
    /// Equal differences matter equally.
    case linear = "Linear"
    /// Equal ratios matter equally; for ranges above zero.
    case logarithmic = "Logarithmic"
    /// Equal ratios of the distance from 1 matter equally; for ranges in [0, 1).
    case reverseLogarithmic = "ReverseLogarithmic"
}

/// How a numeric range is searched: the transformation under which equal distances matter equally.
public enum Scale: String, Hashable, Codable, Sendable {
    /// x.
    case linear = "Linear"
    /// log x; the range lies above zero.
    case logarithmic = "Logarithmic"
    /// −log(1 − x), fine near one; the range lies in [0, 1).
    case reverseLogarithmic = "ReverseLogarithmic"

    /// What `ScalingType.auto` means for a range: logarithmic where the lower bound is above zero
    /// and the upper at least a hundred times the lower, else linear.
    static func automatic(lower: Double, upper: Double) -> Scale {
        // Decimal bounds are rounded: 1e-7 / 1e-9 is a little less than a hundred.
        let ratioMin = 100 * (1 - 1e-12)
        return lower > 0 && upper / lower >= ratioMin ? .logarithmic : .linear
    }
}
