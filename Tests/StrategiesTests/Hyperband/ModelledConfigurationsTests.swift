import Testing
import Tuning

@testable import Strategies

@Suite("Modelled configurations")
struct ModelledConfigurationsTests {
    struct Row {
        /// From which rung on the order of trials is trusted.
        let trusted: Int
        /// The rules of the configurations after 12, 13 ... 17 others.
        let rules: [String]
    }

    /// Twelve trials that have come to the rungs given, and nothing else.
    static func source(_ rungs: [Int]) throws -> ModelledConfigurations {
        let space = try SearchSpace([
            .continuous("x", min: "0", max: "1", scaling: .linear),
            .continuous("y", min: "0", max: "1", scaling: .linear),
        ])
        let ladder = RungLadder(from: Resource(1), to: Resource(9), reductionFactor: 3)
        let plan = HyperbandTests.plan(max: 9, pauses: true)
        var source = ModelledConfigurations(
            StrategyTask(plan: .hyperband(plan), space: space, seed: 1), ladder: ladder, tried: [])
        for trial in 0..<12 {
            var random = SeededGenerator(seed: 2, ordinal: trial)
            let (x, y) = (random.nextUnit(), random.nextUnit())
            source.begin(
                trial, space.hyperparameters(at: UnitPoint([x, y])),
                Decision(rule: "test", eventCount: 0))
            for rung in rungs {
                source.observe(trial, at: Resource(rung), Cost((x - 0.3) * (x - 0.3) + y))
            }
            source.end(trial)
        }
        return source
    }

    @Test(
        "The fewer rungs can be trusted, the fewer configurations fill the space",
        arguments: [
            Row(
                trusted: 1,
                rules: ["sobol", "bayesian", "sobol", "bayesian", "sobol", "bayesian"]),
            Row(
                trusted: 3,
                rules: ["sobol", "bayesian", "bayesian", "sobol", "bayesian", "bayesian"]),
            Row(trusted: 9, rules: Array(repeating: "bayesian", count: 6)),
        ])
    func filling(row: Row) throws {
        var source = try Self.source([1, 3, 9])
        var rules: [String] = []
        for ordinal in 12..<18 {
            var random = SeededGenerator(seed: 3, ordinal: ordinal)
            let next = try #require(
                try source.configuration(
                    ordinal: ordinal, trusted: Resource(row.trusted), using: &random))
            rules.append(next.rule)
            if next.rule == "bayesian" {
                #expect(next.details["resource"] == .integer(row.trusted))
                // Each trial came to all rungs, and is in the model with the highest alone.
                #expect(next.details["observations"] == .integer(12))
            }
            source.begin(
                ordinal, next.hyperparameters, Decision(rule: next.rule, eventCount: 0))
            source.end(ordinal)
        }
        #expect(rules == row.rules)
    }

    @Test("Asking again and asking a copy gives the same configuration")
    func repetition() throws {
        var source = try Self.source([1, 3, 9])
        let copy = source
        var answers: [Configuration?] = []
        for source in [source, source, copy] {
            var random = SeededGenerator(seed: 4)
            answers.append(
                try source.configuration(ordinal: 12, trusted: Resource(9), using: &random))
        }
        #expect(answers[0]?.rule == "bayesian" && Set(answers).count == 1)
        // What is observed later changes the model, and not that of the copy.
        source.observe(0, at: Resource(1), Cost(100))
        var random = SeededGenerator(seed: 4)
        #expect(
            try copy.configuration(ordinal: 12, trusted: Resource(9), using: &random)
                == answers[0])
    }
}
