/// How Hyperband compares training jobs.
public struct HyperbandPlan: Hashable, Codable, Sendable {
    /// Where new hyperparameters come from.
    public enum Source: String, Hashable, Codable, Sendable {
        /// Independent draws.
        case random
        /// A model of the costs seen so far.
        case model
    }

    /// The most that `resourceMax` may be, as the API has it.
    public static let resourceLimit = Resource(20_000)

    /// What every training job may use before it can be stopped; at least 1.
    public let resourceMin: Resource
    /// What a training job may use at most; at least `resourceMin`.
    public let resourceMax: Resource
    /// How many training jobs of a rung compete for one place in the next; at least 2.
    public let reductionFactor: Int
    /// Whether a training job that does not go on is paused, and resumed from its checkpoint when
    /// it turns out to be good enough; otherwise it is stopped for good.
    public let pausesTrials: Bool
    /// Whether training programs end by themselves at `resourceMax`, and so need no stop there,
    /// which could come between the last epoch and the saving of the model.
    public let endsByItself: Bool
    /// Where new hyperparameters come from.
    public let source: Source

    /// Takes resources that are within the limits.
    public init(
        resourceMin: Resource = Resource(1), resourceMax: Resource, reductionFactor: Int = 3,
        pausesTrials: Bool = false, endsByItself: Bool = false, source: Source = .model
    ) {
        precondition(
            Resource(1) <= resourceMin && resourceMin <= resourceMax
                && resourceMax <= Self.resourceLimit,
            "resources \(resourceMin.units) to \(resourceMax.units)")
        precondition(reductionFactor >= 2, "reduction factor \(reductionFactor)")
        self.resourceMin = resourceMin
        self.resourceMax = resourceMax
        self.reductionFactor = reductionFactor
        self.pausesTrials = pausesTrials
        self.endsByItself = endsByItself
        self.source = source
    }
}
