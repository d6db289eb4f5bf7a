import Foundation

/// The parameters of the covariance function and of the noise, as logarithms: any numbers are
/// valid.
public struct KernelParameters: Hashable, Sendable {
    /// ln ℓ for each dimension, in units of the coordinates; categories count as one unit apart.
    public var logLengthScales: [Double]
    /// ln s², the variance of the part in which all dimensions act together, in squared
    /// standardised cost.
    public var logVariance: Double
    /// ln a², the variance of the additive part, in squared standardised cost.
    public var logAdditiveVariance: Double
    /// ln σ², the variance of the noise, in squared standardised cost.
    public var logNoise: Double

    /// Takes logarithms.
    public init(
        logLengthScales: [Double], logVariance: Double, logAdditiveVariance: Double,
        logNoise: Double
    ) {
        self.logLengthScales = logLengthScales
        self.logVariance = logVariance
        self.logAdditiveVariance = logAdditiveVariance
        self.logNoise = logNoise
    }

    /// All of them in a row: the length scales, the two variances, the noise.
    public init(vector: [Double]) {
        logLengthScales = Array(vector.dropLast(3))
        logVariance = vector[vector.count - 3]
        logAdditiveVariance = vector[vector.count - 2]
        logNoise = vector[vector.count - 1]
    }

    /// All of them in a row: the length scales, the two variances, the noise.
    public var vector: [Double] { logLengthScales + [logVariance, logAdditiveVariance, logNoise] }

    /// s².
    public var variance: Double { exp(logVariance) }
    /// a².
    public var additiveVariance: Double { exp(logAdditiveVariance) }
    /// s² + a², the variance of the function at one point.
    public var totalVariance: Double { variance + additiveVariance }
    /// σ².
    public var noise: Double { exp(logNoise) }
    /// 1/ℓ² for each dimension.
    var weights: [Double] { logLengthScales.map { exp(-2 * $0) } }
}
