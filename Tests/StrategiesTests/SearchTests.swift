import Foundation
import Strategies
import Testing
import Tuning

@Suite("Search methods")
struct SearchTests {
    /// A strategy with what its suggestions were.
    struct Search {
        var strategy: any SearchStrategy
        var values: [Hyperparameters] = []
        var decisions: [Decision] = []

        init(_ method: SearchMethod, _ space: SearchSpace, seed: UInt64 = 1) throws {
            strategy = try StrategyTask(plan: .fullTraining(method), space: space, seed: seed)
                .strategy()
        }

        /// Creates trials with every `stride`-th ordinal; fewer when the space is used up.
        mutating func create(_ count: Int, stride: Int = 1, seed: UInt64 = 1) throws {
            for _ in 0..<count {
                let ordinal = values.count * stride
                var random = SeededGenerator(seed: seed, ordinal: ordinal)
                guard
                    case .start(let suggested, .toTheEnd, let decision) =
                        try strategy.suggestion(ordinal: ordinal, using: &random)
                else { return }
                observe(suggested, decision, ordinal: ordinal)
            }
        }

        mutating func observe(_ suggested: Hyperparameters, _ decision: Decision, ordinal: Int) {
            values.append(suggested)
            decisions.append(decision)
            strategy.observe(
                TrialEvent(
                    trial: ordinal, time: Date(timeIntervalSinceReferenceDate: 0),
                    change: .created(suggested, decision, definition: 0)))
        }
    }

    static func square() throws -> SearchSpace {
        try SearchSpace([
            .continuous("x", min: "0", max: "1", scaling: .linear),
            .integer("n", min: "0", max: "15", scaling: .linear),
        ])
    }

    @Test("Random draws are uniform on the scale of the range")
    func randomIsUniform() throws {
        let space = try SearchSpace([.continuous("x", min: "1e-4", max: "1", scaling: .logarithmic)]
        )
        var search = try Search(.random, space, seed: 17)
        try search.create(4000, seed: 17)
        let decades = search.values.reduce(into: [Int: Int]()) { counts, values in
            let value = values["x"].flatMap(Double.init(wire:)) ?? .nan
            counts[Int(log10(value).rounded(.down)), default: 0] += 1
        }
        // The standard deviation of a count is 27.
        #expect(decades.count == 4 && decades.values.allSatisfy { abs($0 - 1000) < 137 }, "seed 17")
    }

    @Test("Random explains itself, and the seed of the suggestion decides")
    func randomDecision() throws {
        var search = try Search(.random, Self.square())
        try search.create(3)
        #expect(search.decisions.map(\.rule) == ["random", "random", "random"])
        #expect(search.decisions.map(\.eventCount) == [0, 1, 2])
        #expect(search.decisions[0].details?["draws"]?.integer == 1)
        var other = try Search(.random, Self.square())
        try other.create(3, seed: 2)
        #expect(Set(search.values).isDisjoint(with: other.values))
    }

    @Test(
        "Finds what is left of a large space at once",
        arguments: [SearchMethod.random, .quasiRandom])
    func nearlyExhausted(method: SearchMethod) throws {
        let space = try SearchSpace([
            .integer("a", min: "1", max: "50"), .integer("b", min: "1", max: "100"),
        ])
        var search = try Search(method, space)
        let left = [7, 1234, 4999]
        for index in 0..<5000 where !left.contains(index) {
            let values = ["a": "\(1 + index / 100)", "b": "\(1 + index % 100)"]
            search.observe(
                try space.hyperparameters(values), Decision(rule: "injected"), ordinal: index)
        }
        let before = search.values.count
        try search.create(10)
        let found = search.values[before...].map { "\($0["a"] ?? "") \($0["b"] ?? "")" }
        #expect(Set(found) == ["1 8", "13 35", "50 100"])
        #expect(search.decisions.last?.details?["fallback"]?.string == "remaining")
    }

    @Test("Sobol fills every sixteenth of each axis with each block of sixteen trials")
    func sobolIsEven() throws {
        for seed in 0..<5 as Range<UInt64> {
            // The ordinals of a definition that gets every second trial.
            for stride in [1, 2] {
                var search = try Search(.quasiRandom, Self.square(), seed: seed)
                try search.create(64, stride: stride)
                for block in 0..<4 {
                    let values = search.values[block * 16..<block * 16 + 16]
                    #expect(Set(values.compactMap { $0["n"] }).count == 16, "seed \(seed)")
                    let parts = values.compactMap {
                        $0["x"].flatMap(Double.init).map { Int($0 * 16) }
                    }
                    #expect(Set(parts).count == 16, "seed \(seed)")
                }
                #expect(
                    search.decisions.map { $0.details?["index"]?.integer } == Array(0..<64))
                #expect(search.decisions[0].rule == "sobol")
            }
        }
    }

    @Test("Sobol says how many coordinates are pseudo-random beyond the 64th parameter")
    func sobolBeyondItsDimensions() throws {
        let wide = try SearchSpace(
            (0..<70).map { try .continuous("x\($0)", min: "0", max: "1", scaling: .linear) })
        var search = try Search(.quasiRandom, wide)
        try search.create(32)
        #expect(
            search.decisions.allSatisfy { $0.details?["pseudoRandomCoordinates"]?.integer == 6 })
        for name in ["x0", "x63", "x64", "x69"] {
            #expect(Set(search.values.compactMap { $0[name] }).count == 32)
        }
        var narrow = try Search(.quasiRandom, Self.square())
        try narrow.create(1)
        #expect(narrow.decisions[0].details?["pseudoRandomCoordinates"] == nil)
    }

    @Test("Sobol skips points that were tried by others, and none twice")
    func sobolSkips() throws {
        var first = try Search(.quasiRandom, Self.square())
        try first.create(4)
        var second = try Search(.quasiRandom, Self.square())
        second.observe(first.values[1], Decision(rule: "injected"), ordinal: 0)
        try second.create(3)
        #expect(Array(second.values[1...]) == [first.values[0], first.values[2], first.values[3]])
    }

    @Test("Grid visits every combination once, in an order of the seed's")
    func grid() throws {
        let plan = SearchMethod.grid(GridLevels(byName: ["x": 5]))
        var (search, other) = (
            try Search(plan, Self.square()), try Search(plan, Self.square(), seed: 2)
        )
        try search.create(100)
        try other.create(100)
        #expect(search.values.count == 80 && Set(search.values).count == 80)
        #expect(Set(other.values) == Set(search.values) && other.values != search.values)
        let combinations = search.decisions.compactMap { $0.details?["combination"]?.integer }
        #expect(combinations.sorted() == Array(0..<80) && combinations != Array(0..<80))
        #expect(
            search.decisions.allSatisfy { $0.rule == "grid" && $0.details?["of"]?.integer == 80 })
        // The first quarter already reaches every level of both parameters.
        #expect(Set(search.values[..<20].compactMap { $0["x"] }).count == 5)
    }

    @Test("Grid does not lay levels over a continuous range unasked")
    func gridWithoutLevels() throws {
        #expect(throws: SearchSpaceError.levelsMissing("x")) {
            try Search(.grid(GridLevels()), Self.square())
        }
    }

    @Test("A grid of 10^18 combinations needs no more than a small one")
    func largeGrid() throws {
        let space = try SearchSpace(
            (0..<9).map { try .categorical("c\($0)", values: (0..<100).map(String.init)) })
        var search = try Search(.grid(GridLevels()), space)
        try search.create(200)
        #expect(Set(search.values).count == 200)
    }

    @Test("A training job created on its own is one trial without hyperparameters")
    func single() throws {
        var search = try Search(.single, .empty)
        try search.create(5)
        #expect(search.values.map(\.values) == [[:]])
        #expect(search.decisions[0].rule == "single")
    }

    @Test("Real ranges of a few values end too", arguments: [SearchMethod.random, .quasiRandom])
    func narrowRange(method: SearchMethod) throws {
        let narrow = try ContinuousRange(lower: 1, upper: 1 + 3 * 1.0.ulp, name: "x")
        var search = try Search(method, SearchSpace([Parameter("x", .continuous(narrow))]))
        try search.create(10)
        #expect(search.values.count == 4)
    }

    @Test("Observing after a copy leaves the copy as it was")
    func copies() throws {
        var search = try Search(.random, SearchSpace([.integer("n", min: "1", max: "3")]))
        try search.create(2)
        let copy = search
        try search.create(2)
        #expect(search.values.count == 3)
        var again = copy
        try again.create(2)
        #expect(again.values == search.values)
    }
}
