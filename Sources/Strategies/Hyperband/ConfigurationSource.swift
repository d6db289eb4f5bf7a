import Tuning

/// Where Hyperband's new configurations come from.
///
/// Learns what trials cost at the rungs they reach. State changes in the mutating methods alone,
/// which are called in the order of the stored events.
protocol ConfigurationSource: Sendable {
    /// Takes in that hyperparameters are tried from now on, and why.
    mutating func begin(_ trial: Trial.ID, _ hyperparameters: Hyperparameters, _ decision: Decision)

    /// Takes in the cost of a trial at a rung or at its end; `nil` when it failed or was not
    /// finite.
    mutating func observe(_ trial: Trial.ID, at resource: Resource, _ cost: Cost?)

    /// Takes in that nothing more comes of a trial.
    mutating func end(_ trial: Trial.ID)

    /// Chooses new hyperparameters; `nil` when there are none left.
    ///
    /// - Parameter trusted: From which resource on the order of costs foretells that at the end.
    func configuration(
        ordinal: Int, trusted: Resource, using random: inout SeededGenerator
    ) throws -> Configuration?
}

/// Hyperparameters to try next, and why.
struct Configuration: Hashable, Sendable {
    let hyperparameters: Hyperparameters
    /// The rule that chose them.
    let rule: String
    /// What the rule says about its choice.
    let details: [String: JSONValue]
}

/// The centre of the space, then independent draws: what is chosen without a model.
struct DrawnConfigurations: ConfigurationSource {
    /// `nil` when it is not to be tried again.
    private let centre: Hyperparameters?
    private var search: RandomSearch
    private var beganCount = 0

    /// Draws from a space.
    ///
    /// - Parameter tried: What is not to be tried again.
    init(space: SearchSpace, seed: UInt64, tried: [Hyperparameters] = []) {
        let centre = space.centre
        self.centre = tried.contains(centre) ? nil : centre
        search = RandomSearch(space: space, seed: seed, tried: tried)
    }

    mutating func begin(
        _ trial: Trial.ID, _ hyperparameters: Hyperparameters, _ decision: Decision
    ) {
        beganCount += 1
        search.insert(hyperparameters)
    }

    mutating func observe(_ trial: Trial.ID, at resource: Resource, _ cost: Cost?) {}

    mutating func end(_ trial: Trial.ID) {}

    func configuration(
        ordinal: Int, trusted: Resource, using random: inout SeededGenerator
    ) throws -> Configuration? {
        if beganCount == 0, let centre {
            return Configuration(hyperparameters: centre, rule: "centre", details: [:])
        }
        guard
            case .start(let hyperparameters, _, let decision) =
                search.suggestion(ordinal: ordinal, using: &random)
        else { return nil }
        return Configuration(
            hyperparameters: hyperparameters, rule: decision.rule,
            details: decision.details?.object ?? [:])
    }
}
