import Foundation

// The logarithm of expected improvement and its derivatives: finite everywhere first, accurate
// second, fast third.
//
//   z      (incumbent - mean) / deviation
//   φ, Φ   density and cumulative probability of the standard normal distribution
//   h(z)   φ(z) + z Φ(z), so that expected improvement = deviation · h(z)
//   q(z)   Φ(z) / φ(z), so that h = φ (1 + z q)
//
// h' = Φ, so the derivative of ln(deviation · h) by the mean is -(Φ/h) / deviation, by the
// deviation (φ/h) / deviation. Below z = -1 the sum 1 + z q cancels; it is then 1 - |z| q with q
// from the complementary error function, scaled, and below z = -10, where that loses two digits,
// minus the asymptotic series of z q from its second term on: nothing is left to cancel.
// Source: Ament et al., "Unexpected Improvements to Expected Improvement for Bayesian
// Optimization", 2023.

/// ln h(z) for h(z) = φ(z) + z Φ(z), the expected improvement by a standard normal belief, with the
/// ratios that its gradient is made of. Finite for z from -1e150 to 1e150.
public struct LogImprovement: Hashable, Sendable {
    /// ln h(z).
    public let value: Double
    /// φ(z) / h(z).
    public let densityRatio: Double
    /// Φ(z) / h(z), which is the derivative of `value`.
    public let probabilityRatio: Double

    /// Evaluates all three.
    public init(z: Double) {
        if z > -1 {
            let density = StandardNormal.density(z)
            let probability = StandardNormal.cumulativeProbability(z)
            let improvement = density + z * probability
            value = log(improvement)
            densityRatio = density / improvement
            probabilityRatio = probability / improvement
        } else {
            let quotient: Double  // q(z)
            let remainder: Double  // 1 + z q(z)
            if z > -10 {
                quotient = StandardNormal.ratio(z)
                remainder = 1 + z * quotient
            } else {
                quotient = StandardNormal.tailRatio(z)
                remainder = -StandardNormal.asymptoticSeries(z, from: 1)
            }
            value = StandardNormal.logDensity(z) + log(remainder)
            densityRatio = 1 / remainder
            probabilityRatio = quotient / remainder
        }
    }
}
