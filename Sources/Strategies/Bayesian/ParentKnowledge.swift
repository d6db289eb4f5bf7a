import GaussianProcesses

// Notation
//   s_i      normal score of the parent's i-th cost: Φ⁻¹((rank − ½) / n); what ranks say, whatever
//            the unit and the outliers of the costs
//   p(x)     what a Gaussian process of the parent's scores expects at x
//   z_j      standardised costs of this tuning job's own observations, at x_j
//   b₀, b₁   z ≈ b₀ + b₁ p(x): how much of the parent's ranking holds here
//   v        mean squared error of that, the disagreement
//
// b is the most probable value given z_j, with b₀ ~ N(0, 0.5²) and b₁ ~ N(0.7, 0.5²): related until
// proven otherwise. The parent's trials then enter the model as observations b₀ + b₁ s_i with
// variance v added to their noise. A parent whose ranking does not hold (b₁ far below that) is
// left out, so that an unrelated one costs a few trials at most.

/// What another tuning job, of another data set or algorithm, has found.
struct ParentKnowledge: Sendable {
    /// A trial of the parent, as an observation of this tuning job.
    struct Observation: Hashable, Sendable {
        let point: [Double]
        /// Standardised cost.
        let cost: Double
        /// Variance beside the noise, in squared standardised cost.
        let extraVariance: Double
    }

    private let points: [[Double]]
    private let scores: [Double]
    private let process: GaussianProcess
    private let domain: SearchDomain
    /// Points that do not enter the model.
    private var omitted: Set<[Double]> = []

    /// Of how many of a parent's trials a model is made: the best half of them, and others in equal
    /// steps.
    static let trialCountMax = 200
    /// What is believed of b₀ and b₁.
    private static let (slopeMean, deviation) = (0.7, 0.5)
    /// Where b₁ is less, the parent is left out.
    private static let slopeMin = 0.4
    /// After so many comparisons, a parent that explains less than half of the variance of the
    /// costs here, which is 1, is left out.
    private static let (judgedCountMin, errorMax) = (6, 0.5)
    /// v before there is anything to compare, and as how many comparisons that counts.
    private static let (errorMean, errorCount) = (0.5, 3.0)

    /// Learns from what one parent has observed; `nil` where that says nothing.
    init?(_ observations: ObservationSet, domain: SearchDomain) {
        let ranked = observations.all.filter { $0.cost != nil }.enumerated().sorted {
            ($0.element.cost ?? 0, $0.offset) < ($1.element.cost ?? 0, $1.offset)
        }.map(\.element)
        guard ranked.count >= 3, ranked[0].cost != ranked[ranked.count - 1].cost else { return nil }
        self.domain = domain
        let count = Double(ranked.count)
        let half = Self.trialCountMax / 2
        let kept = ranked.indices.filter { index in
            ranked.count <= Self.trialCountMax || index < half
                || index % (ranked.count / half + 1) == 0
        }
        points = kept.map { ranked[$0].point }
        scores = kept.map { StandardNormal.quantile((Double($0) + 0.5) / count) }
        var data = TrainingData(
            numericCount: domain.numericCount, categoricalCount: domain.categoricalCount,
            capacity: kept.count)
        for (point, score) in zip(points, scores) { data.append(point, cost: score) }
        let prior = HyperparameterPrior(dimension: domain.dimensions.count)
        let fit = GaussianProcess.fit(data, prior: prior, starts: [prior.mode], iterationMax: 30)
        guard let process = try? GaussianProcess(data, fit.parameters) else { return nil }
        self.process = process
    }

    /// The parent's trials as far as they agree with what was observed here; none where they do
    /// not.
    ///
    /// - Parameters:
    ///   - own: Points that were observed here.
    ///   - costs: Their standardised costs z.
    func observations(calibratedBy own: [[Double]], costs: [Double]) -> [Observation] {
        let expected =
            own.isEmpty ? [] : process.beliefs(at: domain.pointSet(own)).means.row(0)
        let (intercept, slope) = Self.calibration(expected, costs)
        guard slope >= Self.slopeMin else { return [] }
        var error = Self.errorMean * Self.errorCount
        for (p, z) in zip(expected, costs) {
            let rest = z - intercept - slope * p
            error += rest * rest
        }
        error /= Double(costs.count) + Self.errorCount
        guard costs.count < Self.judgedCountMin || error < Self.errorMax else { return [] }
        return zip(points, scores).filter { !omitted.contains($0.0) }.map {
            Observation(point: $0, cost: intercept + slope * $1, extraVariance: error)
        }
    }

    /// The same knowledge, of which some points do not enter the model, as more is known of them.
    func omitting(_ points: Set<[Double]>) -> ParentKnowledge {
        var result = self
        result.omitted.formUnion(points)
        return result
    }

    /// b₀ and b₁, from two normal equations.
    private static func calibration(
        _ expected: [Double], _ costs: [Double]
    ) -> (intercept: Double, slope: Double) {
        let precision = 1 / (deviation * deviation)
        var (a11, a12, a22) = (precision, 0.0, precision)
        var (r1, r2) = (0.0, precision * slopeMean)
        for (p, z) in zip(expected, costs) {
            a11 += 1
            a12 += p
            a22 += p * p
            r1 += z
            r2 += p * z
        }
        let determinant = a11 * a22 - a12 * a12
        return ((a22 * r1 - a12 * r2) / determinant, (a11 * r2 - a12 * r1) / determinant)
    }
}
