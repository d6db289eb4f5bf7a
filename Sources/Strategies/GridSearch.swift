import Tuning

/// Every combination of a grid once, in a seeded order, so that the first ones already are spread
/// over the whole grid.
///
/// Takes no memory for trials it has suggested itself, and the same time for every suggestion.
struct GridSearch: SearchStrategy {
    private let grid: Grid
    private var visited: VisitedCombinations
    private var eventCount = 0

    /// Searches a grid.
    ///
    /// - Parameter tried: What is not to be tried again; off the grid it means nothing.
    init(_ grid: Grid, seed: UInt64, tried: [Hyperparameters] = []) {
        self.grid = grid
        visited = VisitedCombinations(count: grid.combinationCount, seed: seed)
        for combination in tried.compactMap({ grid.index(of: $0) }) {
            visited.insert(combination)
        }
    }

    mutating func observe(_ event: TrialEvent) {
        eventCount += 1
        guard case .created(let hyperparameters, _, _) = event.change,
            let combination = grid.index(of: hyperparameters)
        else { return }
        visited.insert(combination)
    }

    func suggestion(ordinal: Int, using random: inout SeededGenerator) -> Suggestion {
        guard let combination = visited.next else { return .exhausted }
        let details: JSONValue = [
            "combination": .integer(combination), "of": .integer(grid.combinationCount),
        ]
        return .start(
            grid[combination], .toTheEnd,
            Decision(rule: "grid", eventCount: eventCount, details: details))
    }
}
