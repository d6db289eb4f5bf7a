/// How hyperparameters are chosen.
///
/// What a later version of the plan adds (early stopping, successive halving) are cases here, so
/// that senseless combinations have none.
public enum TuningPlan: Hashable, Codable, Sendable {
    /// Each training job trains to its end.
    case fullTraining(SearchMethod)
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
        case .fullTraining(let method): method
        }
    }
}
