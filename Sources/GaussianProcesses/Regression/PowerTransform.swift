import Foundation

// Notation
//   y       costs
//   v       costs, standardised: mean 0, deviation 1
//   λ       exponent; 1 changes nothing, less draws in what is high, more what is low
//   t_λ(v)  ((1 + v)^λ − 1)/λ above zero, −((1 − v)^(2 − λ) − 1)/(2 − λ) below; logarithms at the
//           exponents where these are 0/0
//   z       t_λ(v), standardised again
//
// d t_λ/dv = (1 + |v|)^(±(λ − 1)), so ln |dz/dv| summed over n costs is
//   (λ − 1) Σ sign(v) ln(1 + |v|) − n ln s,  s the deviation of t_λ(v),
// which makes likelihoods under different exponents comparable.
// Source: Yeo and Johnson, "A new family of power transformations to improve normality or
// symmetry", 2000; choosing λ by the model's likelihood: Snelson, Rasmussen and Ghahramani, "Warped
// Gaussian Processes", 2004.

/// A monotone transformation of costs after which a Gaussian process explains them better.
public struct PowerTransform: Hashable, Sendable {
    /// λ.
    public let exponent: Double
    /// Mean and deviation of the costs.
    private let location: Double
    private let scale: Double
    /// Mean and deviation of what they become.
    private let transformedLocation: Double
    private let transformedScale: Double
    /// The costs, transformed; mean 0, deviation 1, or all 0 where the costs are all the same.
    public let transformed: [Double]
    /// Σ ln |dz/dv|.
    public let logJacobian: Double

    /// Transforms costs.
    ///
    /// - Parameters:
    ///   - costs: Finite; any magnitude.
    ///   - exponent: λ of the power; 1 changes nothing but place and scale.
    public init(_ costs: [Double], exponent: Double) {
        self.exponent = exponent
        (location, scale) = Self.robustMoments(costs)
        let standardised = costs.map { [location, scale] in ($0 / 2 - location) / scale }
        let raised = standardised.map { Self.raised($0, exponent) }
        // Twice halved: the mean of halves does not overflow.
        let (transformedLocation, transformedScale) = Self.moments(raised)
        self.transformedLocation = transformedLocation
        self.transformedScale = transformedScale
        transformed = raised.map { ($0 / 2 - transformedLocation) / transformedScale }
        let slopes = standardised.reduce(0) { $0 + ($1 < 0 ? -1 : 1) * log1p(abs($1)) }
        logJacobian =
            (exponent - 1) * slopes - Double(costs.count) * log(2 * transformedScale)
    }

    /// z for any cost, also one that was not among those transformed.
    public func callAsFunction(_ cost: Double) -> Double {
        (Self.raised((cost / 2 - location) / scale, exponent) / 2 - transformedLocation)
            / transformedScale
    }

    /// The cost that becomes z, as far as there is one: the transformation has bounds for some
    /// exponents, and beyond them the nearest finite cost is given.
    public func inverse(_ z: Double) -> Double {
        let raised = 2 * (z * transformedScale + transformedLocation)
        let half = Self.lowered(raised, exponent) * scale + location
        let largest = Double.greatestFiniteMagnitude
        return min(max(2 * half, -largest), largest)
    }

    /// From how many spreads of the better half on a deviation says nothing but how bad the worst
    /// are.
    private static let heavyTailMin = 10.0

    /// Mean and deviation of the halves of numbers; where a few bad ones are so bad that all others
    /// would look the same beside them, the median and the spread of the better half instead.
    private static func robustMoments(_ values: [Double]) -> (mean: Double, deviation: Double) {
        let sorted = values.sorted()
        guard sorted.count >= 4 else { return moments(values) }
        let median = sorted[sorted.count / 2] / 2
        let better = sorted[sorted.count / 4] / 2
        // The quartile of a normal distribution is 0.6745 deviations from its median.
        let spread = (median - better) / 0.6745
        let (mean, deviation) = moments(values)
        // Beyond the upper limit, what is divided by the spread could not be represented.
        guard spread > 0, heavyTailMin < deviation / spread, deviation / spread < 1e100 else {
            return (mean, deviation)
        }
        return (median, spread)
    }

    /// Mean and deviation of the halves of numbers, as sums of halves do not overflow; the
    /// deviation is 1 where all numbers are the same.
    private static func moments(_ values: [Double]) -> (mean: Double, deviation: Double) {
        guard let first = values.first else { return (0, 1) }
        let count = Double(values.count)
        let mean = values.reduce(0) { $0 + $1 / 2 / count }
        let largest = values.reduce(0) { max($0, abs($1 / 2 - mean)) }
        guard largest > 1e-14 * max(abs(first / 2), abs(mean)), largest > 0 else {
            return (mean, 1)
        }
        // Relative to the largest, squares cannot overflow.
        let square = values.reduce(0) { sum, value in
            let relative = (value / 2 - mean) / largest
            return sum + relative * relative / count
        }
        return (mean, largest * square.squareRoot())
    }

    private static func raised(_ value: Double, _ exponent: Double) -> Double {
        if value >= 0 {
            return abs(exponent) < 1e-9 ? log1p(value) : expm1(exponent * log1p(value)) / exponent
        }
        let other = 2 - exponent
        return abs(other) < 1e-9 ? -log1p(-value) : -expm1(other * log1p(-value)) / other
    }

    private static func lowered(_ raised: Double, _ exponent: Double) -> Double {
        if raised >= 0 {
            if abs(exponent) < 1e-9 { return expm1(min(raised, 700)) }
            let inner = max(exponent * raised, -1 + 1e-12)
            return expm1(min(log1p(inner) / exponent, 700))
        }
        let other = 2 - exponent
        if abs(other) < 1e-9 { return -expm1(min(-raised, 700)) }
        let inner = max(-other * raised, -1 + 1e-12)
        return -expm1(min(log1p(inner) / other, 700))
    }
}
