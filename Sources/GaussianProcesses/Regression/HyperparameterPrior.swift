import Foundation

// Notation
//   D     number of dimensions
//   ln ℓ  ~ N(½ ln D − 1.3, 0.85), for each dimension
//   ln s² ~ N(−0.7, 1), the part of the kernel in which all dimensions act together
//   ln a² ~ N(−0.7, 1), the additive part
//   ln σ² ~ N(−5, 1), the noise
//
// Costs are standardised, so the variances have to add up to about 1. Distances in D dimensions
// grow like √D, and with them the length scales have to: Hvarfner, Hellsten and Nardi, "Vanilla
// Bayesian Optimization Performs Great in High Dimensions", 2024. Their prior's most probable
// length scale is near this one's and its deviation twice as large; the narrower one did better on
// tuning problems, where with ten observations and as many dimensions there is little else to go
// by.

/// What is believed about kernel parameters before there is data, and the box they are kept in.
public struct HyperparameterPrior: Hashable, Sendable {
    private let dimension: Int
    private static let lengthMean = -1.3
    private static let lengthDeviation = 0.85
    private static let varianceMean = -0.7
    private static let noiseMean = -5.0

    /// The prior for points with this many dimensions.
    public init(dimension: Int) {
        self.dimension = dimension
    }

    /// The most probable parameters before there is data.
    public var mode: KernelParameters { KernelParameters(vector: means) }

    private var means: [Double] {
        Array(
            repeating: Self.lengthMean + 0.5 * log(Double(max(1, dimension))), count: dimension)
            + [Self.varianceMean, Self.varianceMean, Self.noiseMean]
    }

    /// ℓ, s², a², σ² stay above these.
    var lowerBounds: [Double] {
        Array(repeating: log(0.025), count: dimension) + [log(0.01), log(0.001), log(1e-6)]
    }

    /// ℓ, s², a², σ² stay below these.
    var upperBounds: [Double] {
        Array(repeating: log(100.0), count: dimension) + [log(20.0), log(20.0), log(1.0)]
    }

    /// −ln p(θ) up to a constant; adds its gradient to `gradient`.
    func negativeLogDensity(_ vector: [Double], gradient: inout [Double]) -> Double {
        var sum = 0.0
        for (index, mean) in means.enumerated() {
            let deviation = index < dimension ? Self.lengthDeviation : 1
            let score = (vector[index] - mean) / deviation
            sum += 0.5 * score * score
            gradient[index] += score / deviation
        }
        return sum
    }
}
