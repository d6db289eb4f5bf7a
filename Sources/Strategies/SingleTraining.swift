import Tuning

/// One trial that sets no hyperparameters: a training job created on its own.
struct SingleTraining: SearchStrategy {
    private var isCreated = false

    mutating func observe(_ event: TrialEvent) {
        if case .created = event.change { isCreated = true }
    }

    func suggestion(ordinal: Int, using random: inout SeededGenerator) -> Suggestion {
        if isCreated { return .exhausted }
        return .start(
            SearchSpace.empty.hyperparameters(at: UnitPoint([])), .toTheEnd,
            Decision(rule: "single", details: ["reason": "a training job created on its own"]))
    }
}
