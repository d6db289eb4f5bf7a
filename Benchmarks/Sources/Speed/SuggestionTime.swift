import Foundation
import Strategies
import Tuning

/// How long a Bayesian suggestion takes: after many observations, and in a whole search.
struct SuggestionTime {
    var observationCounts = [100, 500, 1_000, 10_000]
    /// Suggestions of which the mean is taken, each of them observed before the next.
    var measuredCount = 5
    var sequentialCount = 500

    private static let seed: UInt64 = 1

    private enum WrongSuggestion: Error {
        case rule(String)
        case repeated(Hyperparameters)
        case none
        case littleBetterThanChance(Double)
    }

    func run() async throws {
        print("suggestions: Bayesian, 8 parameters, seed \(Self.seed), processor time")
        for count in observationCounts { try await measureSuggestions(after: count) }
        try await measureSearch()
    }

    private func measureSuggestions(after count: Int) async throws {
        var search = try Search(trialCountMax: count + measuredCount + 1)
        search.observeDrawn(count)
        let first = try await Measurement.of { try search.advance() }
        let next = try await Measurement.of {
            for _ in 0..<measuredCount { try search.advance() }
        }
        let (cold, warm) = (first.processorSeconds, next.processorSeconds / Double(measuredCount))
        print(
            """
              after \(count) observations: \(milliseconds(cold)) ms the first, \
            \(milliseconds(warm)) ms each of the next \(measuredCount)
            """)
    }

    private func measureSearch() async throws {
        var drawn = try Search(trialCountMax: sequentialCount)
        drawn.observeDrawn(sequentialCount)
        var search = try Search(trialCountMax: sequentialCount)
        let measurement = try await Measurement.of {
            for _ in 0..<sequentialCount { try search.advance() }
        }
        guard search.leastCost < drawn.leastCost / 10 else {
            throw WrongSuggestion.littleBetterThanChance(search.leastCost)
        }
        print(
            """
              \(sequentialCount) in sequence: \
            \(String(format: "%.2f", measurement.processorSeconds)) s, least cost \
            \(String(format: "%.3g", search.leastCost)) where chance finds \
            \(String(format: "%.3g", drawn.leastCost))
            """)
    }

    private func milliseconds(_ seconds: Double) -> String {
        String(format: "%.1f", seconds * 1_000)
    }
}

// MARK: - A search of a known function

extension SuggestionTime {
    /// A Bayesian search of a space as training jobs have it, and what it has tried.
    private struct Search {
        private let space: SearchSpace
        private var strategy: any SearchStrategy
        private var tried: Set<Hyperparameters> = []
        /// Trials so far, drawn or suggested.
        private var trialCount = 0
        private(set) var leastCost = Double.infinity

        /// The coordinates of the least cost, 0; the first of each list of categories.
        private static let optimum = [0.3, 0.6, 0.45, 0.7, 0.2, 0.55, 1.0 / 8, 1.0 / 6]
        /// Suggestions before there has to be a model.
        private static let fillingCountMax = 50

        init(trialCountMax: Int) throws {
            space = try SearchSpace([
                .continuous("learning-rate", min: "1e-6", max: "1", scaling: .logarithmic),
                .continuous("decay", min: "1e-8", max: "0.1", scaling: .logarithmic),
                .continuous("dropout", min: "0", max: "0.8", scaling: .linear),
                .continuous("momentum", min: "0.5", max: "0.999", scaling: .reverseLogarithmic),
                .integer("layers", min: "1", max: "12", scaling: .linear),
                .integer("units", min: "8", max: "2048", scaling: .logarithmic),
                .categorical("optimizer", values: ["sgd", "adam", "adagrad", "rmsprop"]),
                .categorical("activation", values: ["relu", "gelu", "tanh"]),
            ])
            strategy = try StrategyTask(
                plan: .fullTraining(.bayesian), space: space, seed: SuggestionTime.seed,
                trialCountMax: trialCountMax
            ).strategy()
        }

        /// Tells the strategy of trials at random points.
        mutating func observeDrawn(_ count: Int) {
            for _ in 0..<count {
                var random = SeededGenerator(seed: SuggestionTime.seed, ordinal: trialCount)
                let point = UnitPoint((0..<space.dimension).map { _ in random.nextUnit() })
                observe(space.hyperparameters(at: point), Decision(rule: "drawn"))
            }
        }

        /// Asks for a suggestion, checks it and tells its cost.
        mutating func advance() throws {
            var random = SeededGenerator(seed: SuggestionTime.seed, ordinal: trialCount)
            let suggestion = try strategy.suggestion(ordinal: trialCount, using: &random)
            guard case .start(let hyperparameters, _, let decision) = suggestion else {
                throw WrongSuggestion.none
            }
            guard trialCount < Self.fillingCountMax || decision.rule == "bayesian" else {
                throw WrongSuggestion.rule(decision.rule)
            }
            guard !tried.contains(hyperparameters) else {
                throw WrongSuggestion.repeated(hyperparameters)
            }
            observe(hyperparameters, decision)
        }

        private mutating func observe(_ hyperparameters: Hyperparameters, _ decision: Decision) {
            let cost = self.cost(of: hyperparameters)
            leastCost = min(leastCost, cost)
            tried.insert(hyperparameters)
            for change in [
                TrialEvent.Change.created(hyperparameters, decision, definition: 0),
                .started(attempt: 1, .toTheEnd), .finished(.completed(Cost(cost))),
            ] {
                strategy.observe(TrialEvent(trial: trialCount, time: .distantPast, change: change))
            }
            trialCount += 1
        }

        /// A bowl with ripples, in coordinates of the unit cube.
        private func cost(of hyperparameters: Hyperparameters) -> Double {
            zip(space.point(for: hyperparameters).coordinates, Self.optimum).reduce(0) {
                let distance = $1.0 - $1.1
                return $0 + distance * distance + 0.02 * (1 - cos(12 * distance))
            }
        }
    }
}
