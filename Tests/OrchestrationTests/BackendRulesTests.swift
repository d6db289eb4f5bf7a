import Orchestration
import Testing
import Tuning

@Suite("Rules that pick a backend")
struct BackendRulesTests {
    struct Row: Sendable {
        let image: String
        var type: String?
        var tag: String?
        let backend: String
    }

    static let rules = BackendRules(
        [
            .init(image: "registry.example.com/*:gpu-?", backend: "boxes"),
            .init(instanceType: "ml.p4*", backend: "cluster"),
            .init(image: "*slow*", instanceType: "ml.m5.large", backend: "night"),
        ], standard: "local")

    @Test(
        "A tag, else the first rule that fits, else the default",
        arguments: [
            Row(image: "exec:true", backend: "local"),
            Row(image: "registry.example.com/a/b:gpu-1", backend: "boxes"),
            Row(image: "registry.example.com/a/b:gpu-10", backend: "local"),
            Row(image: "registry.example.com/a:gpu-1", type: "ml.p4d.24xlarge", backend: "boxes"),
            Row(image: "x", type: "ml.p4d.24xlarge", backend: "cluster"),
            Row(image: "x", type: "xml.p4d", backend: "local"),
            Row(image: "a slow one", type: "ml.m5.large", backend: "night"),
            Row(image: "a slow one", type: "ml.m5.xlarge", backend: "local"),
            Row(image: "a slow one", backend: "local"),
            Row(image: "slow", type: "ml.m5.large", tag: "cluster", backend: "cluster"),
        ])
    func picked(row: Row) {
        let definition = TrainingJobDefinition(
            searchSpace: .empty, objective: nil, image: row.image,
            envelope: row.type.map { ["ResourceConfig": ["InstanceType": .string($0)]] } ?? [:])
        let tags = row.tag.map { [Tag(key: Tag.backendKey, value: $0)] } ?? []
        #expect(Self.rules.backend(for: definition, tags: tags) == row.backend)
    }

    @Test("A pattern of stars against a long text that it does not fit is soon over")
    func stars() {
        let rules = BackendRules(
            [.init(image: String(repeating: "*a", count: 100) + "b", backend: "no")],
            standard: "yes")
        let definition = TrainingJobDefinition(
            searchSpace: .empty, objective: nil, image: String(repeating: "a", count: 5_000))
        #expect(rules.backend(for: definition, tags: []) == "yes")
    }

    @Test(
        "Instances are found however they are asked for",
        arguments: [
            ["ResourceConfig": ["InstanceType": "a"]],
            ["ResourceConfig": ["InstanceGroups": [["InstanceType": "a"], ["InstanceType": "b"]]]],
            ["HyperParameterTuningResourceConfig": ["InstanceType": "a"]],
            ["HyperParameterTuningResourceConfig": ["InstanceConfigs": [["InstanceType": "a"]]]],
        ] as [JSONValue])
    func types(envelope: JSONValue) {
        let definition = TrainingJobDefinition(
            searchSpace: .empty, objective: nil, image: "x", envelope: envelope)
        #expect(definition.instanceType == "a")
    }
}
