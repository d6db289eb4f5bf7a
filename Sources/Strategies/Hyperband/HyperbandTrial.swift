import Tuning

/// A trial on its way up the rungs of its bracket.
struct HyperbandTrial: Sendable {
    /// The bracket it is compared in; `nil` when it was started by others, and is not compared.
    let bracket: Int?
    /// Whether it is trained to the end whatever it costs.
    let isYardstick: Bool
    /// How many rungs of its bracket its cost has been recorded at.
    var recordedCount = 0
    /// How many rungs of its bracket it has gone on from.
    var passedCount = 0
    /// The cost at the last of them; `nil` before the first, or when it was not finite.
    var rungCost: Cost?
    /// The cost of its last report, and where it was.
    var last: (resource: Resource, cost: Cost?)?
    /// What it was told after its last report.
    var verdict = Verdict.proceed
    /// What that rests on.
    var explanation: VerdictExplanation?
    /// Whether it is halted, and may be resumed.
    var isPaused = false
    /// How many rungs of the ladder it has come to, those its bracket leaves out among them; one
    /// more at the end of training.
    var reachedCount = 0
    /// The cost at the last of them.
    var reachedCost: Cost?
}
