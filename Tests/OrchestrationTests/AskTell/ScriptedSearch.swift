import Tuning

/// A strategy that draws points at random, gives the verdicts of a script, and keeps all it saw.
struct ScriptedSearch: SearchStrategy {
    struct Refusal: Error, CustomStringConvertible {
        let description = "the script says so"
    }

    enum Step {
        case start
        case resume(Trial.ID)
        case wait
        case exhausted
        case fail
    }

    let space: SearchSpace
    /// What each suggestion is, in order; after the last one every suggestion starts a trial.
    var steps: [Step] = []
    /// The verdict on a trial at each of its reports, in order; then all proceed.
    var verdicts: [Trial.ID: [Verdict]] = [:]
    private(set) var events: [TrialEvent] = []

    init(_ space: SearchSpace, steps: [Step] = [], verdicts: [Trial.ID: [Verdict]] = [:]) {
        self.space = space
        self.steps = steps
        self.verdicts = verdicts
    }

    mutating func observe(_ event: TrialEvent) { events.append(event) }

    func verdict(on trial: Trial.ID) -> Verdict {
        let reportCount = events.count { event in
            if event.trial == trial, case .reported = event.change { true } else { false }
        }
        let verdicts = verdicts[trial] ?? []
        return reportCount <= verdicts.count ? verdicts[reportCount - 1] : .proceed
    }

    func suggestion(ordinal: Int, using random: inout SeededGenerator) throws -> Suggestion {
        let startCount = events.count { event in
            if case .started = event.change { true } else { false }
        }
        switch startCount < steps.count ? steps[startCount] : .start {
        case .start:
            let point = UnitPoint((0..<space.dimension).map { _ in random.nextUnit() })
            return .start(
                space.hyperparameters(at: point), .toTheEnd, Decision(rule: "scripted"))
        case .resume(let trial): return .resume(trial, .toTheEnd)
        case .wait: return .wait
        case .exhausted: return .exhausted
        case .fail: throw Refusal()
        }
    }
}
