import Foundation

// Notation
//   θ     logarithms of the length scales ℓ, the variance s² and the noise variance σ²
//   D     number of dimensions
//
// Length scales: LogNormal(√2 + ½ ln D, √3), so that typical distances in D dimensions, which grow
// like √D, stay within reach of the kernel. Source: Hvarfner, Hellsten and Nardi, "Vanilla Bayesian
// Optimization Performs Great in High Dimensions", 2024. Noise: LogNormal(−4, 1). Variance:
// LogNormal(0, 1) as a density of ln s², for standardised costs.

/// What is believed about kernel parameters before there is data, and the box they are kept in.
public struct HyperparameterPrior: Hashable, Sendable {
    private let logLengthMean: Double
    private let logLengthDeviation = 3.0.squareRoot()
    private let logNoiseMean = -4.0
    private let logNoiseDeviation = 1.0
    private let logVarianceDeviation = 1.0
    private let dimension: Int

    /// The prior for points with this many dimensions.
    public init(dimension: Int) {
        self.dimension = dimension
        logLengthMean = 2.0.squareRoot() + 0.5 * log(Double(max(1, dimension)))
    }

    /// The most probable parameters before there is data.
    public var mode: KernelParameters {
        KernelParameters(
            logLengthScales: Array(
                repeating: logLengthMean - logLengthDeviation * logLengthDeviation,
                count: dimension),
            logVariance: 0, logNoise: logNoiseMean - logNoiseDeviation * logNoiseDeviation)
    }

    /// ln ℓ, ln s², ln σ² stay above these.
    var lowerBounds: [Double] {
        Array(repeating: log(0.025), count: dimension) + [log(0.05), log(1e-6)]
    }

    /// ln ℓ, ln s², ln σ² stay below these.
    var upperBounds: [Double] {
        Array(repeating: log(100.0), count: dimension) + [log(20.0), log(1.0)]
    }

    /// −ln p(θ) up to a constant; adds its gradient to `gradient`.
    func negativeLogDensity(_ vector: [Double], gradient: inout [Double]) -> Double {
        var sum = 0.0
        func add(_ index: Int, mean: Double, deviation: Double, isLogNormal: Bool) {
            let score = (vector[index] - mean) / deviation
            sum += 0.5 * score * score + (isLogNormal ? vector[index] : 0)
            gradient[index] += score / deviation + (isLogNormal ? 1 : 0)
        }
        for index in 0..<dimension {
            add(index, mean: logLengthMean, deviation: logLengthDeviation, isLogNormal: true)
        }
        add(dimension, mean: 0, deviation: logVarianceDeviation, isLogNormal: false)
        add(dimension + 1, mean: logNoiseMean, deviation: logNoiseDeviation, isLogNormal: true)
        return sum
    }
}
