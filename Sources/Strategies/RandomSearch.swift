import Tuning

/// Independent pseudo-random draws, uniform on each parameter's scale; none is made twice.
///
/// A countable space ends: when draws meet only what was tried, the next of the combinations that
/// are left, in a seeded order, is suggested. A suggestion takes the same time after any number of
/// trials, and a trial some 20 bytes.
struct RandomSearch: SearchStrategy {
    /// Draws before giving up; on real ranges so narrow that all of them meet values that were
    /// tried, the space counts as used up.
    static let drawCountMax = 256

    private let space: SearchSpace
    private var visited: VisitedHyperparameters
    private var eventCount = 0

    /// Searches a space.
    ///
    /// - Parameter tried: What is not to be tried again.
    init(space: SearchSpace, seed: UInt64, tried: [Hyperparameters] = []) {
        self.space = space
        visited = VisitedHyperparameters(of: space, seed: seed)
        for hyperparameters in tried { visited.insert(hyperparameters) }
    }

    mutating func observe(_ event: TrialEvent) {
        eventCount += 1
        if case .created(let hyperparameters, _, _) = event.change { insert(hyperparameters) }
    }

    /// Remembers that hyperparameters are tried.
    mutating func insert(_ hyperparameters: Hyperparameters) {
        visited.insert(hyperparameters)
    }

    func suggestion(ordinal: Int, using random: inout SeededGenerator) -> Suggestion {
        if visited.isComplete { return .exhausted }
        for draw in 1...Self.drawCountMax {
            let point = UnitPoint(space.parameters.map { _ in random.nextUnit() })
            let hyperparameters = space.hyperparameters(at: point)
            if !visited.contains(hyperparameters) {
                return .start(hyperparameters, .toTheEnd, decision(["draws": .integer(draw)]))
            }
        }
        guard let hyperparameters = visited.remaining else { return .exhausted }
        return .start(
            hyperparameters, .toTheEnd,
            decision(["draws": .integer(Self.drawCountMax), "fallback": "remaining"]))
    }

    private func decision(_ details: JSONValue) -> Decision {
        Decision(rule: "random", eventCount: eventCount, details: details)
    }
}
