import CNumerics
import Foundation

// Notation
//   C = L Lᵀ   covariance of what was observed, with noise; then of what is pending
//   k(x)       covariances of a point x with all of these
//   v(x)       L⁻¹ k(x); its last entries, one for each pending point, are u(x)
//   μ, σ²      mean m + kᵀα and variance s² − vᵀv of the function at x, noise excluded
//   ε          standard normal numbers, one for each pending point: one way their outcomes could be
//   μ_ε        μ + uᵀε, the mean had the pending points come out that way
//
// Pending points are appended to L as if observed without a value. That changes the variance and,
// for each imagined outcome ε, the mean; nothing is fitted again. Source: Snoek, Larochelle and
// Adams, "Practical Bayesian Optimization of Machine Learning Algorithms", 2012, section 3.2.

/// A Gaussian process conditioned on observations, and on points whose outcomes are still pending.
public struct GaussianProcess: Sendable {
    /// The kernel's parameters.
    public let parameters: KernelParameters
    /// How much was added to the diagonal, as a part of the variance, so that C has a factor.
    public let jitter: Double
    private var points: PointSet
    private var factor: CholeskyFactor
    private let mean: Double
    private let observationCount: Int
    private let whitened: [Double]
    private let noise: Double
    /// ε for each imagined outcome; none while nothing is pending.
    private var fantasies: [[Double]] = []
    /// L⁻ᵀ [L⁻¹(y − m); ε] for each imagined outcome; α alone while nothing is pending.
    private var weights: [[Double]]

    /// Conditions on observations.
    ///
    /// Where rounding makes C indefinite, adds jitter: 1e-10 of the variance, then ten times more
    /// at each try, up to 1e-4.
    ///
    /// - Throws: `NotPositiveDefinite` when no jitter is enough.
    public init(_ data: TrainingData, _ parameters: KernelParameters) throws(NotPositiveDefinite) {
        let (covariance, _) = CovarianceFunction.covariances(
            of: data.points, parameters, withSlopes: false)
        var added = 0.0
        var failure = NotPositiveDefinite(pivot: 0)
        for exponent in [0, -10, -9, -8, -7, -6, -5, -4] {
            let relative = exponent == 0 ? 0 : pow(10, Double(exponent))
            added = relative * parameters.totalVariance
            do throws(NotPositiveDefinite) {
                let belief = try Conditioned(
                    covariance: covariance, noise: parameters.noise + added, data: data)
                self.parameters = parameters
                jitter = relative
                points = data.points
                factor = belief.factor
                mean = belief.mean
                observationCount = data.count
                whitened = belief.whitened
                weights = [belief.weights]
                noise = parameters.noise + added
                return
            } catch {
                failure = error
            }
        }
        throw failure
    }

    /// Whether points are pending, with imagined outcomes.
    public var isConditioned: Bool { !fantasies.isEmpty }

    /// Counts points as tried, each imagined outcome being one scenario.
    ///
    /// - Parameters:
    ///   - pending: Their points, at most once each.
    ///   - scenarios: ε for each scenario; as many numbers in each as there are pending points.
    /// - Throws: `NotPositiveDefinite` when the points are too close to be told apart; nothing is
    ///   changed then.
    public mutating func condition(
        onPending pending: [[Double]], scenarios: [[Double]]
    ) throws(NotPositiveDefinite) {
        precondition(fantasies.isEmpty, "conditioned twice")
        var conditioned = self
        for point in pending {
            try conditioned.factor.append(
                conditioned.covariances(with: point), variance: parameters.totalVariance + noise)
            conditioned.points.append(point)
        }
        self = conditioned
        fantasies = scenarios
        weights = scenarios.map { scenario in
            var weights = whitened + scenario
            factor.solveLowerTransposed(&weights)
            return weights
        }
    }

    private func covariances(with point: [Double]) -> [Double] {
        var covariances = Array(repeating: 0.0, count: points.count)
        points.withKernelPoints(weights: parameters.weights) {
            CovarianceFunction.covariances(
                $0, points.count, with: point, parameters, &covariances, slopes: nil)
        }
        return covariances
    }
}

// MARK: - Beliefs

/// A belief about a number: normal, with a mean and a deviation.
public struct Normal: Hashable, Sendable {
    /// The mean.
    public var mean: Double
    /// The standard deviation; above zero.
    public var standardDeviation: Double

    /// A normal distribution.
    public init(mean: Double, standardDeviation: Double) {
        self.mean = mean
        self.standardDeviation = standardDeviation
    }
}

extension GaussianProcess {
    /// Variances below this, of standardised costs, are rounding.
    private static let varianceMin = 1e-12

    /// The belief about the function at a point, pending outcomes at their means.
    public func posterior(at point: [Double]) -> Normal {
        var covariances = covariances(with: point)
        factor.solveLower(&covariances)
        let observed = cn_dot(covariances, whitened, observationCount)
        let variance =
            parameters.totalVariance - cn_dot(covariances, covariances, covariances.count)
        return Normal(
            mean: mean + observed, standardDeviation: max(variance, Self.varianceMin).squareRoot())
    }

    /// Beliefs at many points.
    ///
    /// - Returns: The means of each scenario, scenarios × m, and the deviations, length m.
    public func beliefs(at candidates: PointSet) -> (means: Matrix, deviations: [Double]) {
        let count = candidates.count
        var solved = CovarianceFunction.covariances(of: points, with: candidates, parameters)
        var means = Matrix(rows: weights.count, columns: count, repeating: mean)
        factor.solveLower(columnsOf: &solved)
        var variances = Array(repeating: 0.0, count: count)
        let targets = weights.indices.map { whitened + (fantasies.isEmpty ? [] : fantasies[$0]) }
        solved.withUnsafeElements { solved in
            means.withUnsafeMutableElements { means in
                for row in 0..<points.count {
                    let values = solved + row * count
                    for column in 0..<count { variances[column] += values[column] * values[column] }
                    if row < observationCount {
                        cn_add_scaled(whitened[row], values, means, count)
                    }
                }
                for scenario in stride(from: targets.count - 1, through: 0, by: -1) {
                    let target = means + scenario * count
                    if scenario > 0 { target.update(from: means, count: count) }
                    for row in observationCount..<points.count {
                        cn_add_scaled(targets[scenario][row], solved + row * count, target, count)
                    }
                }
            }
        }
        for column in 0..<count {
            variances[column] =
                max(parameters.totalVariance - variances[column], Self.varianceMin).squareRoot()
        }
        return (means, variances)
    }

    /// The belief at one point with the gradients of all its numbers by the numeric coordinates.
    public struct Slope: Sendable {
        /// The mean in each scenario.
        public var means: [Double]
        /// The deviation, the same in all.
        public var standardDeviation: Double
        /// The gradient of each mean.
        public var meanGradients: [[Double]]
        /// The gradient of the deviation.
        public var deviationGradient: [Double]
    }

    /// The belief at one point and how it changes with the numeric coordinates.
    public func slope(at point: [Double]) -> Slope {
        let count = points.count
        var covariances = Array(repeating: 0.0, count: count)
        var slopes = covariances
        return points.withKernelPoints(weights: parameters.weights) { kernelPoints in
            CovarianceFunction.covariances(
                kernelPoints, count, with: point, parameters, &covariances, slopes: &slopes)
            var factors = Array(repeating: 0.0, count: count)
            func gradient(_ coefficients: [Double], scale: Double) -> [Double] {
                for index in 0..<count { factors[index] = coefficients[index] * slopes[index] }
                var gradient = Array(repeating: 0.0, count: points.numericCount)
                cn_displacement_sums(kernelPoints, count, point, factors, &gradient)
                cn_add_additive_displacements(
                    kernelPoints, count, point, coefficients, parameters.additiveVariance,
                    &gradient)
                for index in gradient.indices { gradient[index] *= scale }
                return gradient
            }
            let means = weights.map { mean + cn_dot(covariances, $0, count) }
            let meanGradients = weights.map { gradient($0, scale: -1) }
            var solved = covariances
            factor.solveLower(&solved)
            let variance = parameters.totalVariance - cn_dot(solved, solved, count)
            let deviation = max(variance, Self.varianceMin).squareRoot()
            factor.solveLowerTransposed(&solved)
            let deviationGradient =
                variance > Self.varianceMin
                ? gradient(solved, scale: 1 / deviation)
                : Array(repeating: 0.0, count: points.numericCount)
            return Slope(
                means: means, standardDeviation: deviation, meanGradients: meanGradients,
                deviationGradient: deviationGradient)
        }
    }

    /// What the pending points come out as in each scenario, scenarios × pending.
    public func pendingCosts() -> [[Double]] {
        let pending = observationCount..<points.count
        return fantasies.map { scenario in
            let targets = whitened + scenario
            // L times the targets: the noisy outcome itself.
            return pending.map { row in
                mean + factor.product(ofRow: row, with: targets)
            }
        }
    }
}
