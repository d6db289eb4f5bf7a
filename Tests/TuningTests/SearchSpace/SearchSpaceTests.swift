import Foundation
import Testing
import Tuning

@Suite("Search space")
struct SearchSpaceTests {
    static func mixed() throws -> SearchSpace {
        try SearchSpace([
            .continuous("rate", min: "1e-5", max: "1", scaling: .logarithmic),
            .integer("depth", min: "1", max: "12"),
            .categorical("kind", values: ["relu", "tanh", ""]),
            .continuous("decay", min: "0", max: "0.999", scaling: .reverseLogarithmic),
        ])
    }

    @Test("Every point of the unit cube decodes to values of the space, and back to them")
    func decodeEncode() throws {
        let space = try Self.mixed()
        var random = SeededGenerator(seed: 31)
        for _ in 0..<2000 {
            let point = UnitPoint((0..<4).map { _ in random.nextUnit() })
            let values = space.hyperparameters(at: point)
            #expect(try space.hyperparameters(values.values) == values, "seed 31")
            let back = space.hyperparameters(at: space.point(for: values))
            #expect(back["depth"] == values["depth"] && back["kind"] == values["kind"])
            for name in ["rate", "decay"] {
                let old = try #require(values[name].flatMap(Double.init(wire:)))
                let new = try #require(back[name].flatMap(Double.init(wire:)))
                #expect(abs(old - new) <= 1e-12 * abs(old) + 1e-15, "\(name), seed 31")
            }
        }
    }

    @Test("Categories have equal shares, and each decodes from its own coordinate")
    func categories() throws {
        let names = (0..<30).map { "value \($0)" }
        let categories = try Categories(names, name: "c")
        for (index, _) in names.enumerated() {
            #expect(categories.index(at: categories.coordinate(ofIndex: index)) == index)
        }
        let counts = (0..<3000).reduce(into: [Int: Int]()) {
            $0[categories.index(at: (Double($1) + 0.5) / 3000), default: 0] += 1
        }
        #expect(Set(counts.values) == [100])
        #expect(categories.index(at: 0) == 0 && categories.index(at: 1) == 29)
    }

    @Test(
        "The centre has the middle of every domain, of two categories the later",
        arguments: [
            (["a"], "a"), (["a", "b"], "b"), (["a", "b", "c"], "b"), (["a", "b", "c", "d"], "c"),
        ] as [([String], String)])
    func centre(categories: [String], middle: String) throws {
        let space = try SearchSpace([
            .continuous("rate", min: "1e-4", max: "1", scaling: .logarithmic),
            .integer("units", min: "1", max: "100", scaling: .logarithmic),
            .integer("depth", min: "1", max: "12"),
            .categorical("kind", values: categories),
            .continuous("decay", min: "0", max: "0.9999", scaling: .reverseLogarithmic),
            .continuous("shift", min: "-3", max: "-1"),
        ])
        let centre = space.centre
        #expect(centre["units"] == "10" && centre["depth"] == "6" && centre["kind"] == middle)
        for (name, value) in [("rate", 0.01), ("decay", 0.99), ("shift", -2)] {
            let number = try #require(centre[name].flatMap(Double.init(wire:)))
            #expect(abs(number - value) < 1e-9, "\(name)")
        }
        #expect(try space.hyperparameters(centre.values) == centre)
    }

    @Test("Values from outside become canonical texts")
    func canonical() throws {
        let values = try Self.mixed().hyperparameters([
            "rate": "+1E-3", "depth": "+07", "kind": "", "decay": "-0",
        ])
        #expect(values.values == ["rate": "0.001", "depth": "7", "kind": "", "decay": "0.0"])
    }

    struct Refusal: CustomTestStringConvertible {
        let code: String
        let make: @Sendable () throws -> Void
        var testDescription: String { code }
    }

    @Test(
        "Each mistake is refused with its own code and a message that names the parameter",
        arguments: [
            Refusal(code: "repeated_name") {
                let one = try Parameter.integer("p", min: "1", max: "2")
                _ = try SearchSpace([one, one])
            },
            Refusal(code: "bound_not_finite") {
                _ = try ContinuousRange(lower: 0, upper: .infinity, name: "p")
            },
            Refusal(code: "bound_not_numeric") {
                _ = try Parameter.integer("p", min: "", max: "2")
            },
            Refusal(code: "bound_not_numeric") {
                _ = try Parameter.integer("p", min: "1", max: "2.5")
            },
            Refusal(code: "bound_not_numeric") {
                _ = try Parameter.continuous("p", min: "0x1", max: "2")
            },
            Refusal(code: "bound_not_numeric") {
                _ = try Parameter.continuous("p", min: "1", max: "inf")
            },
            Refusal(code: "bounds_decreasing") {
                _ = try Parameter.continuous("p", min: "2", max: "1")
            },
            Refusal(code: "logarithmic_not_above_zero") {
                _ = try Parameter.continuous("p", min: "0", max: "1", scaling: .logarithmic)
            },
            Refusal(code: "reverse_logarithmic_outside_unit") {
                _ = try Parameter.continuous("p", min: "0", max: "1", scaling: .reverseLogarithmic)
            },
            Refusal(code: "reverse_logarithmic_integer") {
                _ = try Parameter.integer("p", min: "0", max: "1", scaling: .reverseLogarithmic)
            },
            Refusal(code: "no_categories") { _ = try Parameter.categorical("p", values: []) },
            Refusal(code: "repeated_category") {
                _ = try Parameter.categorical("p", values: ["a", "b", "a"])
            },
            Refusal(code: "missing_value") { try check([:]) },
            Refusal(code: "unknown_parameter") { try check(["p": "1", "q": "1"], names: "q") },
            Refusal(code: "value_outside_domain") { try check(["p": "10"]) },
            Refusal(code: "value_outside_domain") { try check(["p": "one"]) },
            Refusal(code: "levels_missing") {
                _ = try Grid(
                    SearchSpace([.continuous("p", min: "0", max: "1")]), levels: GridLevels())
            },
            Refusal(code: "levels_not_positive") { try grid(GridLevels(standard: 0)) },
            Refusal(code: "unknown_parameter") { try grid(GridLevels(byName: ["q": 2])) },
        ])
    func refusal(row: Refusal) {
        let error = #expect(throws: SearchSpaceError.self) { try row.make() }
        #expect(error?.code == row.code)
        #expect(error?.description.contains("'") == true)
    }

    private static func check(_ values: [String: String], names: String = "p") throws {
        _ = try SearchSpace([.integer("p", min: "1", max: "9")]).hyperparameters(values)
    }

    private static func grid(_ levels: GridLevels) throws {
        _ = try Grid(SearchSpace([.integer("p", min: "1", max: "9")]), levels: levels)
    }

    @Test("Combinations are counted, and only where they can be")
    func combinationCount() throws {
        #expect(SearchSpace.empty.combinationCount == 1)
        #expect(try Self.mixed().combinationCount == nil)
        let finite = try SearchSpace([
            .integer("n", min: "-2", max: "2"), .categorical("c", values: ["a", "b"]),
            .continuous("x", min: "0.5", max: "0.5"),
        ])
        #expect(finite.combinationCount == 10)
        let huge = try (0..<9).map { try Parameter.integer("n\($0)", min: "1", max: "1000") }
        #expect(try SearchSpace(huge).combinationCount == nil)
    }

    @Test("A space reads back from its JSON as it was")
    func codable() throws {
        let space = try Self.mixed()
        let data = try JSONEncoder().encode(space)
        #expect(try JSONDecoder().decode(SearchSpace.self, from: data) == space)
        let values = space.hyperparameters(at: UnitPoint([0.3, 0.3, 0.3, 0.3]))
        let stored = try JSONEncoder().encode(values)
        #expect(try JSONDecoder().decode(Hyperparameters.self, from: stored) == values)
    }

    @Test("A stored space is checked again when it is read")
    func decodingChecks() {
        let damaged = Data(#"[{"name":"n","type":"integer","min":"3","max":"1"}]"#.utf8)
        #expect(throws: SearchSpaceError.boundsDecreasing("n", lower: "3", upper: "1")) {
            try JSONDecoder().decode(SearchSpace.self, from: damaged)
        }
    }

    @Test(
        "Only finite decimal numbers are read from the wire",
        arguments: [
            ("1", 1.0), ("+3", 3), ("1e-4", 1e-4), (".5", 0.5), ("0.10", 0.1), ("1E3", 1000),
            ("", nil), (" 1", nil), ("0x10", nil), ("nan", nil), ("inf", nil), ("1e999", nil),
            ("1_000", nil), ("--1", nil), ("1,5", nil),
        ])
    func wireNumbers(text: String, value: Double?) {
        #expect(Double(wire: text) == value)
    }
}
