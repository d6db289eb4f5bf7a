import CNumerics
import Foundation

// Notation
//   X, y     points, n × D, and standardised costs, n
//   θ        ln ℓ (D), ln s², ln a², ln σ²
//   K        s² M + a² A, n × n: the Matern and the additive part of the covariance function
//   q_ijd    (Δ_d/ℓ_d)²; categories that differ are 1 apart
//   C        K + σ² diag(w) + diag(e), w noise factors, e extra variances; C = L Lᵀ
//   m        constant mean with prior N(0, 1), at its most probable value given θ
//   α        C⁻¹ (y − m)
//   W        α αᵀ − C⁻¹
//   B_ij     s² 5/3 (1 + √5 r) exp(−√5 r), so that s² ∂M_ij/∂ln ℓ_d = B_ij q_ijd
//   u_ijd    1/(1 + ½ q_ijd), so that a² ∂A_ij/∂ln ℓ_d = a²/D q_ijd u_ijd²
//
// The objective is −ln p(y | X, θ) − ln p(θ), without constants:
//   ½ (y − m)ᵀ α + Σ ln L_ii + ½ m² − ln p(θ)
// and its gradient, by θ alone as m is at a stationary point:
//   ∂/∂ln ℓ_d = −½ Σ_ij W_ij (B_ij q_ijd + a²/D q_ijd u_ijd²)
//   ∂/∂ln s²  = −½ Σ_ij W_ij s² M_ij
//   ∂/∂ln a²  = −½ Σ_ij W_ij a² A_ij
//   ∂/∂ln σ²  = −½ σ² Σ_i w_i W_ii
// There is no 0/0 at r = 0 in this form. Source: Rasmussen and Williams, *Gaussian Processes for
// Machine Learning*, equations 5.8 and 5.9.

/// How badly kernel parameters explain observations, with its gradient; less is better.
struct MarginalLikelihood {
    let data: TrainingData
    let prior: HyperparameterPrior

    /// The objective at θ and its gradient; infinite where C cannot be factored.
    ///
    /// - Complexity: O(n³) time, O(n²) memory.
    func value(at theta: [Double], gradient: inout [Double]) -> Double {
        let parameters = KernelParameters(vector: theta)
        let count = data.count
        let (covariance, slopes) = CovarianceFunction.covariances(
            of: data.points, parameters, withSlopes: true)
        guard
            let belief = try? Conditioned(
                covariance: covariance, noise: parameters.noise, data: data)
        else { return .infinity }
        for index in gradient.indices { gradient[index] = 0 }
        let prior = prior.negativeLogDensity(theta, gradient: &gradient)
        var weighted = belief.factor.inverseLowerTriangle()
        var variancePart = 0.0
        var noisePart = 0.0
        var additivePart = 0.0
        let dimension = data.points.dimension
        var sums = Array(repeating: 0.0, count: dimension)
        var additiveLevel = 0.0
        var both = Matrix(rows: count, columns: count)
        weighted.withUnsafeMutableElements { inverse in
            covariance.withUnsafeElements { covariance in
                slopes.withUnsafeElements { slopes in
                    for row in 0..<count {
                        let start = row * count
                        let alpha = belief.weights[row]
                        let own = alpha * alpha - inverse[start + row]
                        var sum = 0.0
                        for column in 0..<row {
                            let product = alpha * belief.weights[column] - inverse[start + column]
                            sum += product * covariance[start + column]
                            both[row, column] = product
                            inverse[start + column] = product * slopes[start + column]
                        }
                        variancePart += 2 * sum + own * parameters.variance
                        additivePart += own * parameters.additiveVariance
                        noisePart += own * data.noiseFactors[row]
                    }
                }
            }
            data.points.withKernelPoints(weights: parameters.weights) { points in
                both.withUnsafeElements { both in
                    for row in 1..<max(1, count) {
                        let other = data.points[row]
                        cn_add_distance_sums(points, row, other, inverse + row * count, &sums)
                        cn_add_additive_sums(
                            points, row, other, both + row * count, parameters.additiveVariance,
                            &sums, &additiveLevel)
                    }
                }
            }
        }
        for index in 0..<dimension { gradient[index] -= sums[index] }
        gradient[dimension] -= 0.5 * variancePart - additiveLevel
        gradient[dimension + 1] -= 0.5 * additivePart + additiveLevel
        gradient[dimension + 2] -= 0.5 * noisePart * parameters.noise
        return belief.negativeLogLikelihood + prior
    }
}

/// What observations and kernel parameters give: the factor, the mean, the weights.
struct Conditioned: Sendable {
    /// L.
    let factor: CholeskyFactor
    /// m.
    let mean: Double
    /// L⁻¹ (y − m).
    let whitened: [Double]
    /// α.
    let weights: [Double]

    /// Factors C and solves it.
    init(
        covariance: Matrix, noise: Double, data: TrainingData
    ) throws(NotPositiveDefinite) {
        var covariance = covariance
        for row in 0..<data.count {
            covariance[row, row] += noise * data.noiseFactors[row] + data.extraVariances[row]
        }
        factor = try CholeskyFactor(covariance)
        var ones = Array(repeating: 1.0, count: data.count)
        factor.solveLower(&ones)
        var costs = data.costs
        factor.solveLower(&costs)
        let product = cn_dot(ones, costs, data.count)
        let square = cn_dot(ones, ones, data.count)
        let mean = product / (square + 1)
        self.mean = mean
        cn_add_scaled(-mean, ones, &costs, data.count)
        whitened = costs
        factor.solveLowerTransposed(&costs)
        weights = costs
    }

    /// ½ (y − m)ᵀ α + ½ ln det C + ½ m².
    var negativeLogLikelihood: Double {
        0.5 * cn_dot(whitened, whitened, whitened.count) + 0.5 * factor.logDeterminant
            + 0.5 * mean * mean
    }
}
