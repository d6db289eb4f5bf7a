import Testing
import Tuning

@testable import Backends

@Suite("What instance types stand for")
struct InstanceMapTests {
    private func definition(_ envelope: JSONValue) throws -> TrainingJobDefinition {
        try LocalProcessFixture().attempt(image: "x", envelope: envelope).definition
    }

    private static let large: JSONValue = ["InstanceType": "ml.m5.large", "InstanceCount": 1]

    @Test(
        "The first entry that fits counts, wherever the type is named",
        arguments: [
            ["ResourceConfig": large], ["HyperParameterTuningResourceConfig": large],
            ["HyperParameterTuningResourceConfig": ["InstanceConfigs": [large]]],
            ["ResourceConfig": ["InstanceGroups": [large]]],
        ] as [JSONValue])
    func first(envelope: JSONValue) throws {
        let map = InstanceMap([("ml.g5.*", 1), ("ml.m5.*", 2), ("*", 3)])
        #expect(map.resources(for: try definition(envelope)) == 2)
    }

    @Test("Where no type is named, only what stands for all fits")
    func none() throws {
        let definition = try definition([:])
        #expect(InstanceMap([("ml.*", 1), ("*", 2)]).resources(for: definition) == 2)
        #expect(InstanceMap([("ml.*", 1)]).resources(for: definition) == nil)
    }

    @Test(
        "More than one instance is refused by an engine that gives one",
        arguments: [
            (["ResourceConfig": large], nil), ([:], nil),
            (["ResourceConfig": ["InstanceType": "ml.m5.large", "InstanceCount": 2]], "2"),
            (["ResourceConfig": ["InstanceGroups": [large, large, large]]], "3"),
        ] as [(JSONValue, String?)])
    func severalInstances(envelope: JSONValue, count: String?) throws {
        let problem = try definition(envelope).problem(onOneNodeOf: "This engine")
        #expect((problem == nil) == (count == nil))
        if let problem, let count {
            #expect(problem.contains("This engine"))
            #expect(problem.contains("\(count) are asked for"))
        }
    }
}
