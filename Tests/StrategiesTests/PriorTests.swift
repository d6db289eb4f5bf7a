import Strategies
import Testing
import Tuning

@Suite("Trials of parents")
struct PriorTests {
    private static func tried(
        _ plan: TuningPlan, _ space: SearchSpace, priors: [PriorTrial]
    ) throws -> [String?] {
        let task = StrategyTask(plan: plan, space: space, seed: 1, priors: priors)
        var strategy = try task.strategy()
        var tried: [String?] = []
        while tried.count < 20 {
            var random = SeededGenerator(seed: 1, ordinal: tried.count)
            guard
                case .start(let values, _, let decision) = try strategy.suggestion(
                    ordinal: tried.count, using: &random)
            else { break }
            strategy.observe(
                TrialEvent(
                    trial: tried.count, time: .distantPast,
                    change: .created(values, decision, definition: 0)))
            tried.append(values["n"])
        }
        return tried
    }

    @Test(
        "Are not tried again where they were the same, and are no obstacle where not",
        arguments: [
            TuningPlan.fullTraining(.random), .fullTraining(.quasiRandom),
            .fullTraining(.grid(GridLevels())), .medianStopping(.random),
            .hyperband(HyperbandPlan(resourceMax: Resource(9))),
        ])
    func repeated(plan: TuningPlan) throws {
        let space = try SearchSpace([.integer("n", min: "1", max: "5")])
        func priors(isComparable: Bool) throws -> [PriorTrial] {
            try ["3", "5"].map { value in
                PriorTrial(
                    parent: 0, hyperparameters: try space.hyperparameters(["n": value]),
                    cost: Cost(1), isComparable: isComparable)
            }
        }
        let same = try Self.tried(plan, space, priors: priors(isComparable: true))
        #expect(Set(same) == ["1", "2", "4"] && same.count == 3)
        let similar = try Self.tried(plan, space, priors: priors(isComparable: false))
        #expect(Set(similar).count == 5)
    }
}
