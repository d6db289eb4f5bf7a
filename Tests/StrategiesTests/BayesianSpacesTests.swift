import Foundation
import Testing
import Tuning

@testable import Strategies

@Suite("Bayesian search in spaces of every shape")
struct BayesianSpacesTests {
    @Test("A hundred parameters")
    func wide() throws {
        let space = try SearchSpace(
            (0..<100).map { try .continuous("x\($0)", min: "0", max: "1", scaling: .linear) })
        var search = try BayesianRun(space, seed: 21)
        // The first fifty three trials fill the space.
        try search.work(55) { values in
            (0..<100).reduce(0) { $0 + abs(values.number("x\($1)") - 0.5) }
        }
        #expect(Set(search.tried).count == 55)
        #expect(search.decisions.last?.rule == "bayesian")
        #expect(search.decisions.last?.details?["fallbacks"] == [])
    }

    @Test("Thirty categories: good ones are found, and bad ones are not tried again")
    func categories() throws {
        let space = try SearchSpace([
            .categorical("c", values: (0..<30).map { "value \($0)" }),
            .continuous("x", min: "0", max: "1", scaling: .linear),
        ])
        var search = try BayesianRun(space, seed: 22)
        try search.work(34) { values in
            let isGood = values["c"] == "value 3" || values["c"] == "value 17"
            return (isGood ? 0 : 1) + abs(values.number("x") - 0.3)
        }
        let late = search.tried.suffix(8).compactMap { $0["c"] }
        #expect(search.best < 0.3, "tried \(late)")
    }

    @Test("Parameters with a single value stay at it")
    func single() throws {
        let space = try SearchSpace([
            .continuous("a", min: "0.25", max: "0.25"),
            .continuous("x", min: "0", max: "1", scaling: .linear),
            .integer("n", min: "3", max: "3"), .categorical("c", values: ["only"]),
        ])
        var search = try BayesianRun(space, seed: 23)
        try search.work(10) { abs($0.number("x") - 0.7) }
        #expect(
            Set(search.tried.map { "\($0["a"] ?? "") \($0["n"] ?? "") \($0["c"] ?? "")" })
                .count == 1)
        #expect(search.best < 0.05)
    }

    @Test("Twelve orders of magnitude")
    func logarithmic() throws {
        let space = try SearchSpace([
            .continuous("rate", min: "1e-9", max: "1e3", scaling: .logarithmic)
        ])
        var search = try BayesianRun(space, seed: 24)
        try search.work(16) { pow(log10($0.number("rate")) + 6.4, 2) }
        #expect(search.best < 0.02)
        let values = search.tried.map { $0.values.number("rate") }
        #expect(values.allSatisfy { $0 >= 1e-9 && $0 <= 1e3 })
    }

    @Test("A small finite space is searched in the order of what is promising, and ends")
    func finite() throws {
        let space = try SearchSpace([
            .integer("n", min: "1", max: "8"), .integer("m", min: "1", max: "5"),
        ])
        var search = try BayesianRun(space, seed: 25)
        try search.work(100) { values in
            abs(values.number("n") - 6) + abs(values.number("m") - 2)
        }
        #expect(search.tried.count == 40 && Set(search.tried).count == 40)
        #expect(try search.suggestion() == .exhausted)
        let costs = search.costs.compactMap { $0 }
        let early = costs[..<13].reduce(0, +) / 13
        let late = costs.suffix(13).reduce(0, +) / 13
        #expect(early < 0.75 * late, "early \(early), late \(late)")
        #expect((costs.firstIndex(of: 0) ?? 40) < 15)
    }
}
