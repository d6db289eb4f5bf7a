import Strategies
import Testing
import Tuning
import TuningTesting

@Suite("Every strategy")
struct StrategyConformanceTests {
    static let strategies = [
        StrategyConformance("The documentation's example") { space, _ in
            NeighbourSearch(space: space)
        },
        StrategyConformance("Random") {
            try StrategyTask(plan: .fullTraining(.random), space: $0, seed: $1).strategy()
        },
        StrategyConformance("Sobol") {
            try StrategyTask(plan: .fullTraining(.quasiRandom), space: $0, seed: $1).strategy()
        },
        StrategyConformance("Bayesian", trialCountMax: 16) {
            try StrategyTask(plan: .fullTraining(.bayesian), space: $0, seed: $1).strategy()
        },
        StrategyConformance("Median stopping") {
            try StrategyTask(plan: .medianStopping(.random), space: $0, seed: $1).strategy()
        },
        StrategyConformance("Hyperband") {
            let plan = HyperbandPlan(resourceMax: Resource(27), source: .random)
            return try StrategyTask(plan: .hyperband(plan), space: $0, seed: $1).strategy()
        },
        StrategyConformance("Hyperband with pauses") {
            let plan = HyperbandPlan(
                resourceMax: Resource(27), pausesTrials: true, source: .random)
            return try StrategyTask(plan: .hyperband(plan), space: $0, seed: $1).strategy()
        },
        StrategyConformance("Hyperband with a model", trialCountMax: 16) {
            let plan = HyperbandPlan(resourceMax: Resource(27), source: .model)
            return try StrategyTask(plan: .hyperband(plan), space: $0, seed: $1).strategy()
        },
        // The combinations of more parameters, three levels each, are too many to be counted.
        StrategyConformance("Grid", dimensionMax: 30) {
            // Integers have all their values, so that finite spaces are used up.
            let levels = $0.parameters.filter { $0.domain.valueCount == nil }
                .map { ($0.name, 3) }
            let plan = TuningPlan.fullTraining(
                .grid(GridLevels(byName: Dictionary(uniqueKeysWithValues: levels))))
            return try StrategyTask(plan: plan, space: $0, seed: $1).strategy()
        },
    ]

    @Test("Suggests legal values, none twice", arguments: strategies)
    func legal(strategy: StrategyConformance) throws { try strategy.suggestsLegalValuesOnce() }

    @Test("Suggests the same for the same seed and events", arguments: strategies)
    func reproducible(strategy: StrategyConformance) throws { try strategy.isReproducible() }

    @Test("Suggests after a replay what it does live", arguments: strategies)
    func replay(strategy: StrategyConformance) throws { try strategy.replays() }

    @Test("Survives flat, failed and infinite results", arguments: strategies)
    func outcomes(strategy: StrategyConformance) throws { try strategy.survivesOutcomes() }

    @Test("Runs trials side by side that finish in any order", arguments: strategies)
    func parallel(strategy: StrategyConformance) throws { try strategy.runsInParallel() }

    @Test("Uses up finite spaces and then ends", arguments: strategies)
    func finite(strategy: StrategyConformance) throws { try strategy.endsFiniteSpaces() }
}
