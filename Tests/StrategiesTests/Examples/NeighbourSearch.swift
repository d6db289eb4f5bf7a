import Tuning

/// Tries neighbours of the best trial so far, and every fourth time a point anywhere.
struct NeighbourSearch: SearchStrategy {
    /// Draws before giving up on chance.
    private static let drawCountMax = 100
    /// How far neighbours may be, as a share of each range on its scale.
    private static let radius = 0.1

    private let space: SearchSpace
    /// All combinations; `nil` where they cannot be counted.
    private let combinations: Grid?
    private var tried: Set<Hyperparameters> = []
    private var running: [Trial.ID: Hyperparameters] = [:]
    private var best: (hyperparameters: Hyperparameters, cost: Cost)?
    private var eventCount = 0

    init(space: SearchSpace) {
        self.space = space
        combinations = try? Grid(space, levels: GridLevels())
    }

    mutating func observe(_ event: TrialEvent) {
        eventCount += 1
        switch event.change {
        case .created(let hyperparameters, _, _):
            tried.insert(hyperparameters)
            running[event.trial] = hyperparameters
        case .finished(let outcome):
            let hyperparameters = running.removeValue(forKey: event.trial)
            guard let hyperparameters, let cost = outcome.cost else { return }
            if let best, best.cost <= cost { return }
            best = (hyperparameters, cost)
        default: break
        }
    }

    func suggestion(ordinal: Int, using random: inout SeededGenerator) -> Suggestion {
        if let combinations, tried.count >= combinations.combinationCount { return .exhausted }
        for _ in 0..<Self.drawCountMax {
            let (point, rule) = draw(ordinal, &random)
            let hyperparameters = space.hyperparameters(at: point)
            if !tried.contains(hyperparameters) { return start(hyperparameters, rule) }
        }
        // Chance meets only what was tried: the first combination that is left.
        let left = combinations.map { grid in
            (0..<grid.combinationCount).lazy.map { grid[$0] }.first { !tried.contains($0) }
        }
        guard let hyperparameters = left ?? nil else { return .exhausted }
        return start(hyperparameters, "left")
    }

    private func draw(_ ordinal: Int, _ random: inout SeededGenerator) -> (UnitPoint, String) {
        guard let best, ordinal % 4 != 0 else {
            return (UnitPoint(space.parameters.map { _ in random.nextUnit() }), "anywhere")
        }
        let centre = space.point(for: best.hyperparameters)
        let coordinates = centre.coordinates.map { coordinate in
            min(max(coordinate + Self.radius * (2 * random.nextUnit() - 1), 0), 1)
        }
        return (UnitPoint(coordinates), "neighbour")
    }

    private func start(_ hyperparameters: Hyperparameters, _ rule: String) -> Suggestion {
        .start(hyperparameters, .toTheEnd, Decision(rule: rule, eventCount: eventCount))
    }
}
