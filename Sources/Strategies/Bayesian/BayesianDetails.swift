import GaussianProcesses
import Tuning

/// What a suggestion of Bayesian optimisation was made of.
struct BayesianDetails {
    /// The rule of the decision.
    static let rule = "bayesian"

    let surrogate: Surrogate
    /// What the model expects at the point, standardised.
    let belief: Normal
    /// The logarithm of the expected improvement.
    let acquisition: Double
    /// The trials that were running.
    let pending: [Trial.ID]
    /// What had to be given up on the way; usually nothing.
    let fallbacks: [String]
}

extension SpaceEncoding {
    /// The details as they are stored.
    ///
    /// Logarithms keep kernel parameters exact, as the next model starts from them. `expectedCost`
    /// is the cost in the middle of what is expected; deviations are of standardised costs.
    func json(_ details: BayesianDetails) -> JSONValue {
        let kernel = details.surrogate.settings.kernel
        let transform = details.surrogate.transform
        var scales: [String: JSONValue] = [:]
        for (name, scale) in zip(names, kernel.logLengthScales) { scales[name] = .number(scale) }
        return [
            "expectedCost": .number(transform.inverse(details.belief.mean)),
            "standardisedMean": .number(details.belief.mean),
            "standardisedDeviation": .number(details.belief.standardDeviation),
            "incumbentCost": .number(transform.inverse(details.surrogate.incumbent)),
            "logExpectedImprovement": .number(details.acquisition),
            "observations": .integer(details.surrogate.data.count),
            "pending": .array(details.pending.map { .integer($0) }),
            "exponent": .number(details.surrogate.settings.exponent),
            "kernel": [
                "logLengthScales": .object(scales), "logVariance": .number(kernel.logVariance),
                "logAdditiveVariance": .number(kernel.logAdditiveVariance),
                "logNoise": .number(kernel.logNoise),
            ],
            "isNoisy": .bool(details.surrogate.isNoisy),
            "fallbacks": .array(details.fallbacks.map { .string($0) }),
            "instructionSet": .string(InstructionSet.current),
        ]
    }

    /// What the model behind a decision was fitted with; `nil` when it had none of this space.
    func settings(from decision: Decision) -> Surrogate.Settings? {
        guard decision.rule == BayesianDetails.rule, let details = decision.details,
            let kernel = details["kernel"], let exponent = details["exponent"]?.number,
            let variance = kernel["logVariance"]?.number,
            let additive = kernel["logAdditiveVariance"]?.number,
            let noise = kernel["logNoise"]?.number
        else { return nil }
        let scales = names.compactMap { kernel["logLengthScales"]?[$0]?.number }
        guard scales.count == names.count else { return nil }
        return Surrogate.Settings(
            kernel: KernelParameters(
                logLengthScales: scales, logVariance: variance, logAdditiveVariance: additive,
                logNoise: noise),
            exponent: exponent)
    }
}
