import Foundation
import Testing
import Tuning

@Suite("Tuning job specification")
struct TuningJobSpecificationTests {
    static func specification(
        kind: TuningJobSpecification.Kind = .tuning
    ) throws -> TuningJobSpecification {
        let space = try SearchSpace([
            .continuous("rate", min: "1e-308", max: "0.1", scaling: .logarithmic),
            .integer("depth", min: "-9223372036854775808", max: "9223372036854775807"),
            .categorical("kind", values: ["a", "\u{e9}", ""]),
        ])
        let definition = TrainingJobDefinition(
            name: "first", searchSpace: space, objective: Objective(.maximize, "accuracy"),
            staticHyperparameters: ["epochs": "3"], image: "mock:sphere",
            metrics: [MetricDefinition(name: "accuracy", regex: #"acc=(\S+)"#)],
            stoppingCondition: StoppingCondition(
                runtimeMax: .seconds(3600), waitMax: .seconds(7200), pendingMax: .seconds(60)),
            retryCountMax: 3, envelope: ["RoleArn": "role", "Depth": [1, 2.5, .null]])
        return TuningJobSpecification(
            name: "Search", kind: kind, definitions: [definition],
            plan: .fullTraining(.grid(GridLevels(byName: ["rate": 3], standard: 2))),
            limits: ResourceLimits(
                trainingJobCountMax: 9, parallelCountMax: 2, runtimeMax: .milliseconds(1500)),
            seed: .max, tags: [Tag(key: "team", value: "")], request: ["Name": "Search"])
    }

    @Test(
        "Reads back from its JSON as it was",
        arguments: [
            SearchMethod.random, .quasiRandom, .bayesian, .single, .grid(GridLevels()),
        ])
    func codable(method: SearchMethod) throws {
        let specification = try Self.specification()
        let data = try JSONEncoder().encode(specification)
        #expect(try JSONDecoder().decode(TuningJobSpecification.self, from: data) == specification)
        let plan = TuningPlan.fullTraining(method)
        let stored = try JSONEncoder().encode(plan)
        #expect(try JSONDecoder().decode(TuningPlan.self, from: stored) == plan)
    }

    @Test("What was asked for reads back with its kinds of numbers, however deep it nests")
    func opaque() throws {
        let deep = (0..<900).reduce(JSONValue.number(1)) { value, _ in [value] }
        let definition = TrainingJobDefinition(
            searchSpace: .empty, objective: nil, image: "mock:sphere", envelope: ["Deep": deep])
        let specification = TuningJobSpecification(
            name: "deep", definitions: [definition], plan: .fullTraining(.single),
            limits: ResourceLimits(trainingJobCountMax: 1, parallelCountMax: 1),
            request: ["Whole": 1, "Real": 1.0])
        let data = try JSONEncoder().encode(specification)
        #expect(try JSONDecoder().decode(TuningJobSpecification.self, from: data) == specification)
    }

    @Test("Its training jobs have names of their own, the same every time")
    func names() throws {
        let specification = try Self.specification()
        let (first, second) = (TuningJob.ID(rawValue: 1), TuningJob.ID(rawValue: 2))
        let names = (0..<2000).map { specification.trainingJobName(ordinal: $0, of: first) }
        #expect(Set(names).count == 2000)
        #expect(names == (0..<2000).map { specification.trainingJobName(ordinal: $0, of: first) })
        #expect(names[0].hasPrefix("Search-001-") && names[0].count == "Search-001-".count + 8)
        #expect(names[1999].hasPrefix("Search-2000-"))
        #expect(specification.trainingJobName(ordinal: 0, of: second) != names[0])
        let single = try Self.specification(kind: .training)
        #expect(single.trainingJobName(ordinal: 0, of: first) == "Search")
    }

    @Test("A training job has the static, the tuned and the objective's hyperparameters")
    func hyperparameters() throws {
        let definition = try Self.specification().definitions[0]
        let tuned = try definition.searchSpace.hyperparameters([
            "rate": "0.01", "depth": "2", "kind": "a",
        ])
        #expect(
            definition.hyperparameters(with: tuned) == [
                "rate": "0.01", "depth": "2", "kind": "a", "epochs": "3",
                "_tuning_objective_metric": "accuracy",
            ])
    }
}
