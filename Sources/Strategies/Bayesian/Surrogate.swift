import Foundation
import GaussianProcesses
import Tuning

// Notation
//   n    observations the model is made of
//   θ    parameters of the kernel and the noise
//   λ    exponent of the power transformation of the costs
//
// θ and λ are the most probable ones found. λ moves by one step of `exponents` at most from one
// suggestion to the next, so that a single new observation cannot turn the picture upside down.
// Where n is large θ is found from a part of the observations; all of them make the model.

/// A model of the costs, fitted to what was observed.
struct Surrogate: Sendable {
    /// What it was fitted with, for the decision to keep and the next suggestion to start from.
    struct Settings: Hashable, Sendable {
        /// θ.
        var kernel: KernelParameters
        /// λ.
        var exponent: Double
    }

    /// The model, of standardised costs.
    let process: GaussianProcess
    /// θ and λ.
    let settings: Settings
    /// From costs to standardised costs.
    let transform: PowerTransform
    /// The observations, standardised.
    let data: TrainingData
    /// The mean of the model at each of the job's own observations where costs are noisy, else the
    /// costs.
    let beliefs: [Double]
    /// Whether the noise is too large for the best observed cost to be believed.
    let isNoisy: Bool
    /// What had to be given up on the way.
    let fallbacks: [String]

    /// The exponents that are tried.
    static let exponents = [-1, -0.5, 0, 0.5, 1]
    /// Of how many observations θ is found: fewer at first, when all exponents are tried.
    static let (firstFitMax, fitMax) = (64, 300)
    /// The noise, as a part of the variance, from which on the best cost is not believed.
    static let noisyMin = 0.05

    /// The lowest cost there is reason to believe in.
    var incumbent: Double { beliefs.min() ?? 0 }

    /// ℓ of each numeric dimension; never so short that steps of it would lead nowhere.
    var lengthScales: [Double] {
        settings.kernel.logLengthScales.prefix(data.points.numericCount).map { max(1e-3, exp($0)) }
    }

    /// The observations, the best first.
    var ranking: [Int] {
        beliefs.indices.sorted { (beliefs[$0], $0) < (beliefs[$1], $1) }
    }
}

// MARK: - Fitting

extension Surrogate {
    /// Fits a model.
    ///
    /// - Parameters:
    ///   - observations: At least two with finite costs that differ, or the model knows nothing.
    ///   - parents: What other tuning jobs have found.
    ///   - last: What the suggestion before was made with.
    ///   - isThorough: Whether to search from the prior's mode too, and through all exponents.
    /// - Returns: `nil` when no model could be made at all.
    init?(
        _ observations: [ObservationSet.Observation], parents: [ParentKnowledge] = [],
        domain: SearchDomain, last: Settings?, isThorough: Bool
    ) {
        let prior = HyperparameterPrior(dimension: domain.dimensions.count)
        let costs = observations.compactMap(\.cost)
        var starts = last.map { [$0.kernel] } ?? []
        if isThorough || starts.isEmpty { starts.append(prior.mode) }
        let part = Self.part(of: observations, last == nil ? Self.firstFitMax : Self.fitMax)
        let priors = Self.priors(of: parents, for: observations, exponent: last?.exponent)
        var best: (score: Double, fit: GaussianProcess.Fit, transform: PowerTransform)?
        for exponent in Self.candidates(around: last?.exponent, isThorough: isThorough) {
            let transform = PowerTransform(costs, exponent: exponent)
            let fit = GaussianProcess.fit(
                Self.trainingData(part, priors, transform, domain), prior: prior, starts: starts,
                iterationMax: isThorough ? 50 : 12)
            // The prior of the exponent: transformations are not free.
            let score =
                transform.logJacobian * Double(part.count) / Double(observations.count)
                - fit.objective - 0.5 * (exponent - 1) * (exponent - 1)
            if best.map({ score > $0.score }) ?? true { best = (score, fit, transform) }
        }
        guard let best else { return nil }
        let data = Self.trainingData(observations, priors, best.transform, domain)
        var fallbacks: [String] = []
        if !best.fit.objective.isFinite { fallbacks.append("kernel parameters not fitted") }
        var kernels = [best.fit.parameters]
        if let last { kernels.append(last.kernel) }
        var cautious = prior.mode
        cautious.logNoise = log(1e-2)
        kernels.append(cautious)
        for (index, kernel) in kernels.enumerated() {
            guard let process = try? GaussianProcess(data, kernel) else { continue }
            if index > 0 { fallbacks.append(index == kernels.count - 1 ? "prior" : "last kernel") }
            if process.jitter > 0 { fallbacks.append("jitter \(process.jitter)") }
            self.init(process, kernel, best.transform, data, fallbacks)
            return
        }
        return nil
    }

    private init(
        _ process: GaussianProcess, _ kernel: KernelParameters, _ transform: PowerTransform,
        _ data: TrainingData, _ fallbacks: [String]
    ) {
        self.process = process
        settings = Settings(kernel: kernel, exponent: transform.exponent)
        self.transform = transform
        self.data = data
        self.fallbacks = fallbacks
        isNoisy = kernel.noise > Self.noisyMin * kernel.totalVariance
        let all = isNoisy ? process.beliefs(at: data.points).means.row(0) : data.costs
        // What parents have found is no cost of this tuning job; it comes last.
        beliefs = Array(all.prefix(data.extraVariances.count { $0 == 0 }))
    }

    /// What parents add to observations, on the scale of their transformed costs; nothing of those
    /// that do not agree with them.
    ///
    /// - Parameter exponent: λ of the transformation; 1 unless given.
    static func priors(
        of parents: [ParentKnowledge], for observations: [ObservationSet.Observation],
        exponent: Double?
    ) -> [ParentKnowledge.Observation] {
        guard !parents.isEmpty else { return [] }
        let points = observations.filter { $0.cost != nil }.map(\.point)
        let costs = PowerTransform(observations.compactMap(\.cost), exponent: exponent ?? 1)
            .transformed
        return parents.flatMap { $0.observations(calibratedBy: points, costs: costs) }
    }

    private static func candidates(around last: Double?, isThorough: Bool) -> [Double] {
        guard let last, !isThorough else { return exponents }
        return exponents.filter { abs($0 - last) < 0.6 }
    }

    /// The observations θ is found from: all, or the best half of as many as may be and, of the
    /// others, the other half in equal steps.
    static func part(
        of observations: [ObservationSet.Observation], _ countMax: Int
    ) -> [ObservationSet.Observation] {
        guard observations.count > countMax else { return observations }
        let ranked = observations.indices.sorted {
            (observations[$0].cost ?? .infinity, $0) < (observations[$1].cost ?? .infinity, $1)
        }
        let half = countMax / 2
        let others = ranked.dropFirst(half).sorted()
        let spread = (0..<half).map { others[$0 * others.count / half] }
        return (ranked.prefix(half) + spread).sorted().map { observations[$0] }
    }

    /// Observations as the process wants them. A point that only failed counts as worse than all
    /// that did not, by a quarter of their range: the model learns to avoid it without forgetting
    /// the rest.
    private static func trainingData(
        _ observations: [ObservationSet.Observation], _ priors: [ParentKnowledge.Observation],
        _ transform: PowerTransform, _ domain: SearchDomain
    ) -> TrainingData {
        var data = TrainingData(
            numericCount: domain.numericCount, categoricalCount: domain.categoricalCount,
            capacity: observations.count + priors.count)
        let highest = transform.transformed.max() ?? 0
        let lowest = transform.transformed.min() ?? 0
        for observation in observations {
            data.append(
                observation.point,
                cost: observation.cost.map { transform($0) } ?? highest + (highest - lowest) / 4,
                noiseFactor: 1 / Double(max(1, observation.repetitions)))
        }
        for prior in priors {
            data.append(prior.point, cost: prior.cost, extraVariance: prior.extraVariance)
        }
        return data
    }
}

// MARK: - Convergence

extension Surrogate {
    /// How much lower a cost can still be found: the lowest cost that any point may have with high
    /// probability, against what the best one seen has with high probability at most.
    ///
    /// Source: Makarova et al., "Automatic Termination for Hyperparameter Optimization", 2022: the
    /// bound is min UCB(observed) − min LCB(anywhere), both with β = 2, in standardised cost.
    func remainingImprovement(in search: ImprovementSearch) -> ConvergenceEstimate {
        let points = search.spread(around: self)
        let anywhere = process.beliefs(at: points)
        let seen = process.beliefs(at: data.points)
        let lowest =
            points.indices.map {
                anywhere.means[0, $0] - 2 * anywhere.deviations[$0]
            }.min() ?? 0
        let best =
            beliefs.indices.map {
                seen.means[0, $0] + 2 * seen.deviations[$0]
            }.min() ?? 0
        return ConvergenceEstimate(
            improvementMax: max(0, best - lowest), noise: settings.kernel.noise.squareRoot())
    }
}
