/// What a tuning job knows from its parents: tuning jobs that were over when it was created.
///
/// Kept with the specification, so that what happens to the parents later changes nothing.
public struct WarmStart: Hashable, Codable, Sendable {
    /// How like its parents a tuning job is; the wire's `WarmStartType`.
    public enum Kind: String, Hashable, Codable, Sendable {
        /// The same data and program: costs mean the same.
        case identicalDataAndAlgorithm = "IdenticalDataAndAlgorithm"
        /// Something similar: costs may be on another scale.
        case transferLearning = "TransferLearning"
    }

    /// The best training job of the parents.
    public struct Best: Hashable, Codable, Sendable {
        /// Its tuning job.
        public let tuningJob: TuningJob.ID
        /// Which of its training jobs it is.
        public let ordinal: Trial.ID
        /// Its cost.
        public let cost: Cost

        /// Names the best.
        public init(tuningJob: TuningJob.ID, ordinal: Trial.ID, cost: Cost) {
            self.tuningJob = tuningJob
            self.ordinal = ordinal
            self.cost = cost
        }
    }

    /// How like its parents it is.
    public let kind: Kind
    /// The parents' trials that have a place in this tuning job's space.
    public let priors: [PriorTrial]
    /// The best training job of the parents; `nil` when they have none.
    public let best: Best?

    /// States what is known.
    public init(kind: Kind, priors: [PriorTrial], best: Best?) {
        self.kind = kind
        self.priors = priors
        self.best = best
    }

    /// The training job that is better than all of a tuning job's own; `nil` when its own best is
    /// at least as good, or costs do not mean the same.
    public func better(than own: TuningJob.Best?) -> Best? {
        guard kind == .identicalDataAndAlgorithm, let best else { return nil }
        if let own, own.cost <= best.cost { return nil }
        return best
    }
}
