/// Learns from what happens to trials and chooses what to run next.
///
/// State changes in `observe` alone: replaying the stored events rebuilds any strategy, and asking
/// twice gives the same answer. What later suggestions build on, such as fitted kernel
/// hyperparameters, travels in the suggestion's `Decision`, is stored with the event it leads to,
/// and comes back through `observe`; so a replay fits nothing again.
///
/// A strategy has one search space. Where a tuning job has several definitions, each has a strategy
/// of its own that sees its own trials alone.
public protocol SearchStrategy: Sendable {
    /// Takes in one event; events of one tuning job arrive in stored order.
    mutating func observe(_ event: TrialEvent)

    /// Says whether a trial that has just reported should go on.
    func verdict(on trial: Trial.ID) -> Verdict

    /// Says what a verdict not to proceed rests on; `nil` when there is nothing to say.
    func explanation(ofVerdictOn trial: Trial.ID) -> VerdictExplanation?

    /// Judges how much lower a cost can still be found; `nil` when the strategy cannot tell.
    ///
    /// Asked together with suggestions, so it may take as long as they do.
    func remainingImprovement() -> ConvergenceEstimate?

    /// Chooses what to run next, counting the trials that are still running.
    ///
    /// - Parameters:
    ///   - ordinal: The trial's number if it is started, from 0.
    ///   - random: Seeded by the tuning job's seed and the ordinal.
    func suggestion(ordinal: Int, using random: inout SeededGenerator) throws -> Suggestion
}

extension SearchStrategy {
    /// Trials go on to their end.
    public func verdict(on trial: Trial.ID) -> Verdict { .proceed }

    /// Says nothing.
    public func explanation(ofVerdictOn trial: Trial.ID) -> VerdictExplanation? { nil }

    /// Cannot tell.
    public func remainingImprovement() -> ConvergenceEstimate? { nil }
}

/// How much lower a cost can still be found, judged by a model.
public struct ConvergenceEstimate: Hashable, Sendable {
    /// The most by which the best cost can still be improved, with high probability; from 0.
    public let improvementMax: Double
    /// The size of differences between costs that mean nothing, such as the standard deviation of
    /// what the same hyperparameters cost when tried again; from 0.
    public let noise: Double

    /// States an estimate.
    public init(improvementMax: Double, noise: Double) {
        self.improvementMax = improvementMax
        self.noise = noise
    }

    /// Whether what can still be gained could not be told from noise.
    public var isConverged: Bool { improvementMax <= noise }
}

/// What to run next.
public enum Suggestion: Hashable, Sendable {
    /// A new trial.
    case start(Hyperparameters, TrainingExtent, Decision)
    /// A paused trial goes on.
    case resume(Trial.ID, TrainingExtent)
    /// Nothing to run until a running trial reports or ends.
    case wait
    /// Nothing to run any more.
    case exhausted
}

/// Why a point was suggested.
public struct Decision: Hashable, Codable, Sendable {
    /// The rule that chose it, such as `random` or `grid`.
    public let rule: String
    /// How many events of the tuning job the strategy had seen when it chose.
    public var eventCount: Int
    /// How long the choice took, in milliseconds of wall time; `nil` where nobody measured.
    public var milliseconds: Double?
    /// The belief, the model and every fallback taken, as the rule describes them.
    public let details: JSONValue?

    /// Explains a choice.
    public init(
        rule: String, eventCount: Int = 0, milliseconds: Double? = nil, details: JSONValue? = nil
    ) {
        self.rule = rule
        self.eventCount = eventCount
        self.milliseconds = milliseconds
        self.details = details
    }
}
