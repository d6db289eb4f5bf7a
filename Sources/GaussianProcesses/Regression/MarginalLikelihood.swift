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
        let (covariance, slopes) = CovarianceFunction.covariances(
            of: data.points, parameters, withSlopes: true)
        guard
            let belief = try? Conditioned(
                covariance: covariance, noise: parameters.noise, data: data)
        else { return .infinity }
        for index in gradient.indices { gradient[index] = 0 }
        let prior = prior.negativeLogDensity(theta, gradient: &gradient)
        let sums = sums(over: belief, parameters, covariance: covariance, slopes: slopes)
        let dimension = data.points.dimension
        for index in 0..<dimension { gradient[index] -= sums.lengthScales[index] }
        gradient[dimension] -= 0.5 * sums.matern
        gradient[dimension + 1] -= 0.5 * sums.additive
        gradient[dimension + 2] -= 0.5 * sums.noise
        return belief.negativeLogLikelihood + prior
    }

    /// What the gradient is made of.
    private struct Sums {
        /// ½ Σ_ij W_ij ∂K_ij/∂ln ℓ_d for each dimension.
        var lengthScales: [Double]
        /// Σ_ij W_ij s² M_ij.
        var matern = 0.0
        /// Σ_ij W_ij a² A_ij.
        var additive = 0.0
        /// σ² Σ_i w_i W_ii.
        var noise = 0.0
    }

    /// Goes through the pairs of points once: W is symmetric, so each pair below the diagonal
    /// counts twice.
    private func sums(
        over belief: Conditioned, _ parameters: KernelParameters, covariance: Matrix, slopes: Matrix
    ) -> Sums {
        let inverse = belief.factor.inverseLowerTriangle()
        var sums = Sums(lengthScales: Array(repeating: 0, count: data.points.dimension))
        // W and W B of one row, up to the diagonal.
        var weights = Array(repeating: 0.0, count: data.count)
        var weightedSlopes = weights
        data.points.withKernelPoints(weights: parameters.weights) { points in
            for row in 0..<data.count {
                let alpha = belief.weights[row]
                var total = 0.0
                for column in 0..<row {
                    let weight = alpha * belief.weights[column] - inverse[row, column]
                    weights[column] = weight
                    weightedSlopes[column] = weight * slopes[row, column]
                    total += weight * covariance[row, column]
                }
                let other = data.points[row]
                var additive = 0.0
                cn_add_distance_sums(points, row, other, weightedSlopes, &sums.lengthScales)
                cn_add_additive_sums(
                    points, row, other, weights, parameters.additiveVariance, &sums.lengthScales,
                    &additive)
                let own = alpha * alpha - inverse[row, row]
                sums.matern += 2 * (total - additive) + own * parameters.variance
                sums.additive += 2 * additive + own * parameters.additiveVariance
                sums.noise += own * data.noiseFactors[row] * parameters.noise
            }
        }
        return sums
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
