import Foundation

// Notation
//   μ_e, σ_e   belief of one model in one scenario e (see GaussianProcess)
//   c_e        the incumbent: the lowest cost of that model and scenario so far
//   z          (c_e − μ_e) / σ_e
//   a(x)       ln (1/E Σ_e σ_e h(z_e)),  h(z) = φ(z) + z Φ(z)
//
// Its gradient is the mean of the scenarios' own, weighted by their shares in the sum:
//   ∇ ln(σ h(z)) = −Φ/(h σ) ∇μ + φ/(h σ) ∇σ
// Source: Ament et al., "Unexpected Improvements to Expected Improvement for Bayesian
// Optimization", 2023; the mean over imagined outcomes of pending points: Snoek et al., 2012.

/// The logarithm of the improvement over the incumbent that a point promises, on average over
/// models and over outcomes of what is pending; more is better, and it is finite everywhere.
public struct LogExpectedImprovement: Sendable {
    private var models: [(model: GaussianProcess, incumbents: [Double])]
    private let logScenarioCount: Double

    /// Sets models and the cost to improve on in each of their scenarios.
    public init(_ models: [(model: GaussianProcess, incumbents: [Double])]) {
        self.models = models
        logScenarioCount = log(Double(models.reduce(0) { $0 + $1.incumbents.count }))
    }

    /// The values at many points.
    public func values(at points: PointSet) -> [Double] {
        let scenarios = models.map { ($0.model.beliefs(at: points), $0.incumbents) }
        return (0..<points.count).map { column in
            var terms: [Double] = []
            for (beliefs, incumbents) in scenarios {
                let deviation = beliefs.deviations[column]
                for (scenario, incumbent) in incumbents.enumerated() {
                    let z = (incumbent - beliefs.means[scenario, column]) / deviation
                    terms.append(log(deviation) + LogImprovement(z: z).value)
                }
            }
            return logSumOfExponentials(terms) - logScenarioCount
        }
    }

    /// The value at one point; writes its gradient by the numeric coordinates.
    public func value(at point: [Double], gradient: inout [Double]) -> Double {
        var terms: [Double] = []
        var parts: [(slope: GaussianProcess.Slope, scenario: Int, ratios: LogImprovement)] = []
        for (model, incumbents) in models {
            let slope = model.slope(at: point)
            for (scenario, incumbent) in incumbents.enumerated() {
                let z = (incumbent - slope.means[scenario]) / slope.standardDeviation
                let ratios = LogImprovement(z: z)
                terms.append(log(slope.standardDeviation) + ratios.value)
                parts.append((slope, scenario, ratios))
            }
        }
        let total = logSumOfExponentials(terms)
        for index in gradient.indices { gradient[index] = 0 }
        for (term, part) in zip(terms, parts) {
            let share = exp(term - total) / part.slope.standardDeviation
            let meanShare = -share * part.ratios.probabilityRatio
            let deviationShare = share * part.ratios.densityRatio
            let meanGradient = part.slope.meanGradients[part.scenario]
            for index in meanGradient.indices {
                gradient[index] +=
                    meanShare * meanGradient[index]
                    + deviationShare * part.slope.deviationGradient[index]
            }
        }
        return total - logScenarioCount
    }
}

private func logSumOfExponentials(_ terms: [Double]) -> Double {
    if terms.count == 1 { return terms[0] }
    let largest = terms.max() ?? -.infinity
    guard largest.isFinite else { return largest }
    return largest + log(terms.reduce(0) { $0 + exp($1 - largest) })
}
