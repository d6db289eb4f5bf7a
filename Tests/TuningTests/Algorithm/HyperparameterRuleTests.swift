import Testing
import Tuning

@Suite("Hyperparameter rules")
struct HyperparameterRuleTests {
    static func domain(_ parameter: Parameter) -> ParameterDomain { parameter.domain }

    static func rules() throws -> HyperparameterRules {
        try HyperparameterRules([
            HyperparameterRule(
                "rate", .continuous, range: domain(.continuous("", min: "1e-5", max: "1")),
                isTunable: true, isRequired: true),
            HyperparameterRule(
                "depth", .integer, range: domain(.integer("", min: "1", max: "10")),
                isTunable: true, defaultValue: "+06"),
            HyperparameterRule(
                "loss", .categorical,
                range: domain(.categorical("", values: ["l1", "l2", "huber"])),
                isTunable: true, defaultValue: "l2"),
            HyperparameterRule("threads", .integer, defaultValue: "4"),
            HyperparameterRule("comment", .freeText),
            HyperparameterRule("momentum", .continuous, isTunable: true),
        ])
    }

    @Test("A good request has no problems")
    func good() throws {
        let space = try SearchSpace([
            .continuous("rate", min: "1e-4", max: "0.5"), .categorical("loss", values: ["l1"]),
            .continuous("momentum", min: "-7", max: "7"),
        ])
        let values = ["comment": "", "threads": "-1", "_tuning_objective_metric": "accuracy"]
        #expect(try Self.rules().problems(static: values, space: space) == [])
        #expect(try Self.rules().problems(static: ["rate": "1"]) == [])
    }

    @Test("Each problem of a request is reported, with the name of its hyperparameter")
    func problems() throws {
        let space = try SearchSpace([
            .integer("threads", min: "1", max: "2"), .integer("depth", min: "0", max: "5"),
            .categorical("comment", values: ["a"]), .categorical("loss", values: ["l1", "l3"]),
            .integer("momentum", min: "0", max: "1"), .integer("width", min: "1", max: "2"),
        ])
        let values = ["speed": "1", "rate": "fast"]
        let problems = try Self.rules().problems(static: values, space: space)
        #expect(
            problems == [
                .wrongType("rate", text: "fast", expected: "a finite decimal number"),
                .unknown("speed"), .notTunable("threads"),
                .tuningRangeOutside(
                    "depth", range: "a whole number from 0 to 5",
                    expected: "a whole number from 1 to 10"),
                .freeTextTuned("comment"),
                .tuningRangeOutside(
                    "loss", range: "one of l1, l3", expected: "one of l1, l2, huber"),
                .tunedAsOtherKind("momentum", kind: .continuous, tuned: .integer),
                .unknown("width"),
            ])
        let names = [
            "rate", "speed", "threads", "depth", "comment", "loss", "momentum", "width",
        ]
        for (problem, name) in zip(problems, names) {
            #expect(problem.description.contains("'\(name)'"))
        }
        #expect(
            try Self.rules().problems(static: ["depth": "11", "threads": "1.5", "loss": "l3"]) == [
                .outOfRange("depth", text: "11", expected: "a whole number from 1 to 10"),
                .outOfRange("loss", text: "l3", expected: "one of l1, l2, huber"),
                .wrongType("threads", text: "1.5", expected: "a whole number"), .missing("rate"),
            ])
    }

    @Test("A rule holds for a name that begins like those the service adds")
    func underscore() throws {
        let rules = try HyperparameterRules([HyperparameterRule("_kvstore", .integer)])
        #expect(
            rules.problems(static: ["_kvstore": "x", "_other": "x"]).map(\.code) == ["wrong_type"])
    }

    @Test("Defaults are filled in where nothing is given or searched")
    func defaults() throws {
        let space = try SearchSpace([.integer("depth", min: "2", max: "3")])
        let rules = try Self.rules()
        #expect(
            rules.withDefaults(static: ["rate": "0.1", "loss": "l1"], space: space)
                == ["rate": "0.1", "loss": "l1", "threads": "4"])
        #expect(
            rules.withDefaults(static: [:]) == ["depth": "6", "loss": "l2", "threads": "4"])
    }

    @Test("The search space is that of the tunable rules with ranges, in their order")
    func searchSpace() throws {
        let space = try Self.rules().searchSpace()
        #expect(space.parameters.map(\.name) == ["rate", "depth", "loss"])
        #expect(space.parameters.map(\.domain) == (try Self.rules().rules[..<3].map(\.range)))
    }

    struct Refusal: CustomTestStringConvertible {
        let testDescription: String
        let make: @Sendable () throws -> Void

        init(_ code: String, _ make: @escaping @Sendable () throws -> Void) {
            testDescription = code
            self.make = make
        }
    }

    @Test(
        "Rules that contradict themselves are refused",
        arguments: [
            Refusal("repeated_name") {
                let rule = try HyperparameterRule("p", .freeText)
                _ = try HyperparameterRules([rule, rule])
            },
            Refusal("range_of_other_kind") {
                _ = try HyperparameterRule(
                    "p", .continuous, range: domain(.integer("", min: "1", max: "2")))
            },
            Refusal("range_of_other_kind") {
                _ = try HyperparameterRule(
                    "p", .freeText, range: domain(.categorical("", values: ["a"])))
            },
            Refusal("free_text_tunable") {
                _ = try HyperparameterRule("p", .freeText, isTunable: true)
            },
            Refusal("required_with_default") {
                _ = try HyperparameterRule("p", .integer, isRequired: true, defaultValue: "1")
            },
            Refusal("default_not_allowed") {
                _ = try HyperparameterRule("p", .integer, defaultValue: "1.5")
            },
            Refusal("default_not_allowed") {
                _ = try HyperparameterRule(
                    "p", .categorical, range: domain(.categorical("", values: ["a"])),
                    defaultValue: "b")
            },
            Refusal("default_not_allowed") {
                _ = try HyperparameterRule(
                    "p", .continuous, range: domain(.continuous("", min: "0", max: "1")),
                    defaultValue: "1.01")
            },
        ])
    func refusal(row: Refusal) {
        let error = #expect(throws: HyperparameterRuleError.self) { try row.make() }
        #expect(error?.code == row.testDescription)
        #expect(error?.description.contains("'p'") == true)
    }
}
