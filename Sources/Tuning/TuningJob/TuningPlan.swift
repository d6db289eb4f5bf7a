/// How hyperparameters are chosen, and how far training jobs train.
public enum TuningPlan: Hashable, Codable, Sendable {
    /// Each training job trains to its end.
    case fullTraining(SearchMethod)
    /// A training job that is worse than the median of those before it is stopped; the wire's
    /// `TrainingJobEarlyStoppingType` `Auto`.
    case medianStopping(SearchMethod)
    /// Training jobs are compared at rungs, and few of them go on to the next; the wire's
    /// `Hyperband`.
    case hyperband(HyperbandPlan)
}

/// The method that chooses hyperparameters.
public enum SearchMethod: Hashable, Codable, Sendable {
    /// Independent pseudo-random draws; the wire's `Random`.
    case random
    /// A scrambled Sobol sequence: fills the space more evenly than independent draws.
    case quasiRandom
    /// Every combination once; the wire's `Grid`.
    case grid(GridLevels)
    /// A model of the costs seen so far; the wire's `Bayesian`.
    case bayesian
    /// One training job, with the static hyperparameters alone; what CreateTrainingJob asks for.
    case single

    /// The method's name for people and for the wire.
    public var label: String {
        switch self {
        case .random: "Random"
        case .quasiRandom: "Sobol"
        case .grid: "Grid"
        case .bayesian: "Bayesian"
        case .single: "Single"
        }
    }
}

extension TuningPlan {
    /// The method that chooses hyperparameters.
    public var method: SearchMethod {
        switch self {
        case .fullTraining(let method), .medianStopping(let method): method
        case .hyperband(let plan): plan.source == .model ? .bayesian : .random
        }
    }

    /// The strategy's name for people and for the wire.
    public var label: String {
        switch self {
        case .fullTraining(let method), .medianStopping(let method): method.label
        case .hyperband: "Hyperband"
        }
    }
}
