import Foundation
import Testing
import Tuning

@testable import Strategies

@Suite("Warm start")
struct WarmStartTests {
    /// Trials of another tuning job at quasi-random points.
    private static func priors(
        _ count: Int, isComparable: Bool, cost: ([Parameter.Name: String]) -> Double
    ) throws -> [PriorTrial] {
        var other = try BayesianRun(Problems.plane(), seed: 99, method: .quasiRandom)
        try other.work(count) { cost($0) }
        return zip(other.tried, other.costs).map {
            PriorTrial(
                parent: 0, hyperparameters: $0, cost: $1.flatMap { Cost($0) },
                isComparable: isComparable)
        }
    }

    @Test("Trials of the same data and algorithm count as observations")
    func comparable() throws {
        let priors = try Self.priors(12, isComparable: true) { Problems.branin($0) }
        var search = try BayesianRun(Problems.plane(), seed: 31, priors: priors)
        #expect(try search.start())
        #expect(search.decisions[0].rule == "bayesian")
        #expect(search.decisions[0].details?["observations"]?.integer == 12)
        search.finish(0, 3)
        #expect(try search.start())
        #expect(search.decisions[1].details?["observations"]?.integer == 13)
        // What they have tried is not tried again.
        #expect(Set(search.tried).isDisjoint(with: priors.map(\.hyperparameters)))
    }

    /// The best cost after so many trials, for each of the seeds 1 to 4.
    private static func best(
        after counts: [Int], _ priors: [PriorTrial]
    ) throws -> [Int: [Double]] {
        var found: [Int: [Double]] = [:]
        for seed in 1...4 as ClosedRange<UInt64> {
            var search = try BayesianRun(Problems.plane(), seed: seed, priors: priors)
            for count in counts {
                try search.work(count) { Problems.branin($0) }
                found[count, default: []].append(search.best)
            }
        }
        return found
    }

    @Test(
        "A related tuning job makes early trials better, an unrelated one costs a few: seeds 1 to 4"
    )
    func relation() throws {
        let alone = try Self.best(after: [5, 15], [])
        // Another unit, another level, a minimum that has moved a little.
        let related = try Self.best(
            after: [5],
            Self.priors(20, isComparable: false) { values in
                let x = values.number("x") + 0.3
                return 1000 + 50
                    * Problems.branin(["x": "\(x)", "y": "\(values.number("y") - 0.3)"])
            })
        let unrelated = try Self.best(
            after: [15],
            Self.priors(20, isComparable: false) { values in
                sin(3 * values.number("x")) * cos(2 * values.number("y"))
            })
        #expect(mean(related[5]) < 0.5 * mean(alone[5]), "\(related), alone \(alone)")
        #expect(mean(unrelated[15]) < mean(alone[15]) + 1, "\(unrelated), alone \(alone)")
    }

    private func mean(_ values: [Double]?) -> Double {
        guard let values else { return .nan }
        return values.reduce(0, +) / Double(values.count)
    }

    @Test("The best of another tuning job is tried first; a job without news is ignored")
    func best() throws {
        let priors = try Self.priors(12, isComparable: false) { Problems.branin($0) }
        var search = try BayesianRun(Problems.plane(), seed: 32, priors: priors)
        #expect(try search.start())
        let best = priors.min { ($0.cost?.value ?? 0) < ($1.cost?.value ?? 0) }
        #expect(search.tried[0] == best?.hyperparameters)
        #expect(search.decisions[0].rule == "parent's best")

        let flat = try Self.priors(12, isComparable: false) { _ in 1 }
        var (plain, other) = (
            try BayesianRun(Problems.plane(), seed: 33),
            try BayesianRun(Problems.plane(), seed: 33, priors: flat)
        )
        try plain.work(6) { Problems.branin($0) }
        try other.work(6) { Problems.branin($0) }
        #expect(plain.tried == other.tried)
    }
}
