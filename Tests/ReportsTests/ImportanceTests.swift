import Foundation
import Testing
import Tuning

@testable import Reports

@Suite("Importance of parameters")
struct ImportanceTests {
    /// Trials and what Optuna's fANOVA says of them, written by make_importance_references.py.
    struct Reference: Decodable, Sendable, CustomTestStringConvertible {
        struct Trial: Decodable, Sendable {
            let values: [String: String]
            let cost: Double
        }

        struct Range: Decodable, Sendable {
            let name, kind: String
            let min, max: String?
            let values: [String]?

            func parameter() throws -> Parameter {
                switch kind {
                case "continuous":
                    try .continuous(name, min: min ?? "", max: max ?? "", scaling: .linear)
                case "integer":
                    try .integer(name, min: min ?? "", max: max ?? "", scaling: .linear)
                default: try .categorical(name, values: values ?? [])
                }
            }
        }

        let name: String
        let parameters: [Range]
        let trials: [Trial]
        let shares: [String: Double]

        var testDescription: String { name }

        static let all: [Reference] = {
            let file = Bundle.module.url(
                forResource: "importances", withExtension: "json", subdirectory: "References")
            let data = file.flatMap { try? Data(contentsOf: $0) } ?? Data()
            return (try? JSONDecoder().decode([Reference].self, from: data)) ?? []
        }()
    }

    private static func plane() throws -> SearchSpace {
        try SearchSpace([
            .continuous("x", min: "0", max: "1", scaling: .linear),
            .continuous("y", min: "0", max: "1", scaling: .linear),
        ])
    }

    @Test("There are references") func references() {
        #expect(Reference.all.map(\.name) == ["ishigami", "branin", "squares", "mixed"])
    }

    @Test(
        "Shares are within 0.05 of Optuna's, and what is 0.05 apart there ranks the same",
        arguments: Reference.all)
    func optuna(reference: Reference) throws {
        let space = try SearchSpace(reference.parameters.map { try $0.parameter() })
        var trials = RecordedTrials([space])
        for trial in reference.trials {
            try trials.append(try space.hyperparameters(trial.values), cost: trial.cost)
        }
        let found = try #require(trials.record.importances(definition: 0))
        #expect(abs(found.reduce(0) { $0 + $1.share } - 1) < 1e-12)
        for importance in found {
            let expected = try #require(reference.shares[importance.parameter])
            #expect(
                abs(importance.share - expected) < 0.05,
                "\(importance.parameter): \(importance.share), not \(expected)")
        }
        let order = found.map(\.parameter)
        for (better, worse) in zip(order, order.dropFirst()) {
            let shares = try (
                #require(reference.shares[better]), #require(reference.shares[worse])
            )
            #expect(shares.0 > shares.1 - 0.05, "\(better) before \(worse)")
        }
    }

    @Test("Diverged and failed training jobs hardly change what matters")
    func outliers() throws {
        let space = try Self.plane()
        var random = SeededGenerator(seed: 3)
        var (clean, spoilt) = (RecordedTrials([space]), RecordedTrials([space]))
        for trial in 0..<300 {
            let (x, y) = (random.nextUnit(), random.nextUnit())
            let tuned = try space.hyperparameters(["x": "\(x)", "y": "\(y)"])
            let cost = 2 * x + y
            try clean.append(tuned, cost: cost)
            let isDiverged = trial % 40 == 7
            try spoilt.append(tuned, cost: trial % 10 == 3 ? nil : isDiverged ? 1e300 : cost)
        }
        let before = try #require(clean.record.importances(definition: 0))
        let after = try #require(spoilt.record.importances(definition: 0))
        #expect(before.map(\.parameter) == ["x", "y"])
        #expect(after.map(\.parameter) == ["x", "y"])
        #expect(abs(before[0].share - after[0].share) < 0.1, "\(before), \(after)")
    }

    @Test("Each definition has its own, and of many training jobs some stand for all")
    func definitions() throws {
        var random = SeededGenerator(seed: 4)
        let space = try Self.plane()
        var trials = RecordedTrials([space, space], names: ["first", "second"])
        for trial in 0..<5_000 {
            let (x, y) = (random.nextUnit(), random.nextUnit())
            let tuned = try space.hyperparameters(["x": "\(x)", "y": "\(y)"])
            let cost = trial % 2 == 0 ? x + y / 10 : y + x / 10
            try trials.append(
                .init(
                    tuned: tuned, definition: trial % 2, values: [cost],
                    outcome: .completed(Cost(cost))))
        }
        let first = try #require(trials.record.importances(definition: 0))
        let second = try #require(trials.record.importances(definition: 1))
        #expect(first.map(\.parameter) == ["x", "y"] && first[0].share > 0.95)
        #expect(second.map(\.parameter) == ["y", "x"] && second[0].share > 0.95)
        #expect(trials.record.importances(definition: 1) == second)
    }

    @Test("Too little to go by gives none")
    func none() throws {
        let space = try Self.plane()
        func importances(_ costs: [Double?], isSame: Bool = false) throws -> Int? {
            var trials = RecordedTrials([space])
            for (index, cost) in costs.enumerated() {
                let x = isSame ? 0.5 : Double(index) / Double(costs.count)
                try trials.append(
                    try space.hyperparameters(["x": "\(x)", "y": "0.5"]), cost: cost)
            }
            return trials.record.importances(definition: 0)?.count
        }
        #expect(try importances([1, 2, 3, 4]) == 2)
        #expect(try importances([1, 2, 3]) == nil)
        #expect(try importances([]) == nil)
        #expect(try importances([1, 2, 3, nil, nil]) == nil)
        #expect(try importances([5, 5, 5, 5, 5]) == nil)
        #expect(try importances([1, 2, 3, 4, 5], isSame: true) == nil)
        #expect(try importances([-1.7e308, 1.7e308, 0, 1]) == 2)
    }
}
