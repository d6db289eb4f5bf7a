/// What a strategy is made for: one definition of a tuning job, and what it may know beforehand.
public struct StrategyTask: Sendable {
    /// How hyperparameters are chosen.
    public let plan: TuningPlan
    /// The space of the definition; empty for a training job created on its own.
    public let space: SearchSpace
    /// Decides orders and scramblings that hold for all suggestions; a tuning job's definitions
    /// have different ones.
    public let seed: UInt64
    /// The most training jobs that may be asked for; `nil` where that is not known.
    public let trialCountMax: Int?
    /// The most training jobs at the same time; at least one.
    public let parallelCountMax: Int
    /// What other tuning jobs have found; empty unless the tuning job has a warm start.
    public let priors: [PriorTrial]

    /// Describes the task.
    public init(
        plan: TuningPlan, space: SearchSpace, seed: UInt64, trialCountMax: Int? = nil,
        parallelCountMax: Int = 1, priors: [PriorTrial] = []
    ) {
        self.plan = plan
        self.space = space
        self.seed = seed
        self.trialCountMax = trialCountMax
        self.parallelCountMax = parallelCountMax
        self.priors = priors
    }
}

/// A finished trial of another tuning job, as this one sees it.
public struct PriorTrial: Hashable, Codable, Sendable {
    /// Which of the other tuning jobs it is from: its index among the parents.
    public let parent: Int
    /// Its hyperparameters, mapped into this tuning job's space.
    public let hyperparameters: Hyperparameters
    /// Its cost; `nil` when it failed or reported nothing finite.
    public let cost: Cost?
    /// Whether it had the same data and algorithm, so that its cost is on this job's scale.
    public let isComparable: Bool

    /// Describes a trial.
    public init(
        parent: Int, hyperparameters: Hyperparameters, cost: Cost?, isComparable: Bool
    ) {
        self.parent = parent
        self.hyperparameters = hyperparameters
        self.cost = cost
        self.isComparable = isComparable
    }
}
