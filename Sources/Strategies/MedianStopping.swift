import Tuning

/// Another strategy whose trials are stopped when the median rule says so.
struct MedianStopping: SearchStrategy {
    private var base: any SearchStrategy
    private var rule = MedianRule()

    /// Stops trials of a strategy that itself lets all of them go on.
    init(_ base: any SearchStrategy) {
        self.base = base
    }

    mutating func observe(_ event: TrialEvent) {
        base.observe(event)
        rule.observe(event)
    }

    func verdict(on trial: Trial.ID) -> Verdict { rule.verdict(on: trial) }

    func explanation(ofVerdictOn trial: Trial.ID) -> VerdictExplanation? {
        rule.explanation(ofVerdictOn: trial)
    }

    func remainingImprovement() -> ConvergenceEstimate? { base.remainingImprovement() }

    func suggestion(ordinal: Int, using random: inout SeededGenerator) throws -> Suggestion {
        try base.suggestion(ordinal: ordinal, using: &random)
    }
}
