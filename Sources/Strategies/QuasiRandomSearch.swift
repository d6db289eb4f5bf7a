import GaussianProcesses
import Tuning

/// The points of a scrambled Sobol sequence: they fill the space more evenly than independent
/// draws.
///
/// Suggestion n is a point of the sequence, a function of the seed and n alone, where n counts this
/// strategy's own suggestions: a definition that gets every second trial still gets all points. The
/// number of each point travels in its decision. Points that decode to what was tried are skipped;
/// when too many are, the next of the combinations that are left is suggested.
///
/// Parameters beyond the 64th have pseudo-random coordinates, as the sequence has no more; the
/// decision's `pseudoRandomCoordinates` says how many.
struct QuasiRandomSearch: SearchStrategy {
    /// Points looked at before giving up on the sequence.
    static let skipCountMax = 256

    private static let rule = "sobol"

    private let space: SearchSpace
    private let seed: UInt64
    private let sequence: SobolSequence
    private var visited: VisitedHyperparameters
    private var nextIndex = 0
    private var eventCount = 0

    /// Searches a space.
    ///
    /// - Parameter tried: What is not to be tried again.
    init(space: SearchSpace, seed: UInt64, tried: [Hyperparameters] = []) {
        self.space = space
        self.seed = seed
        var random = SeededGenerator(seed: seed)
        sequence = SobolSequence(
            dimension: min(space.dimension, SobolSequence.dimensionMax), scrambledBy: &random)
        visited = VisitedHyperparameters(of: space, seed: seed)
        for hyperparameters in tried { visited.insert(hyperparameters) }
    }

    mutating func observe(_ event: TrialEvent) {
        eventCount += 1
        guard case .created(let hyperparameters, let decision, _) = event.change else { return }
        visited.insert(hyperparameters)
        if decision.rule == Self.rule, let index = decision.details?["index"]?.integer {
            nextIndex = max(nextIndex, index + 1)
        }
    }

    func suggestion(ordinal: Int, using random: inout SeededGenerator) -> Suggestion {
        if visited.isComplete { return .exhausted }
        for index in nextIndex..<nextIndex + Self.skipCountMax {
            let hyperparameters = space.hyperparameters(at: point(index))
            if !visited.contains(hyperparameters) {
                return .start(hyperparameters, .toTheEnd, decision(index))
            }
        }
        guard let hyperparameters = visited.remaining else { return .exhausted }
        let last = nextIndex + Self.skipCountMax - 1
        return .start(hyperparameters, .toTheEnd, decision(last, fallback: "remaining"))
    }

    private func point(_ index: Int) -> UnitPoint {
        var coordinates = sequence[index]
        var random = SeededGenerator(seed: seed, ordinal: index)
        while coordinates.count < space.dimension { coordinates.append(random.nextUnit()) }
        return UnitPoint(coordinates)
    }

    private func decision(_ index: Int, fallback: JSONValue? = nil) -> Decision {
        var details: [String: JSONValue] = ["index": .integer(index)]
        details["fallback"] = fallback
        if space.dimension > sequence.dimension {
            details["pseudoRandomCoordinates"] = .integer(space.dimension - sequence.dimension)
        }
        return Decision(rule: Self.rule, eventCount: eventCount, details: .object(details))
    }
}
