import Testing
import Tuning

@testable import Strategies

@Suite("Observation set")
struct ObservationSetTests {
    /// Random observations, some of them failures.
    private static func filled(limit: Int, count: Int, seed: UInt64) -> ObservationSet {
        var random = SeededGenerator(seed: seed)
        var set = ObservationSet(activeMax: limit)
        for index in 0..<count {
            let point = [random.nextUnit(), random.nextUnit()]
            set.insert(point, cost: index % 9 == 4 ? nil : random.nextUnit())
        }
        return set
    }

    @Test("Has all observations up to its limit")
    func small() {
        let set = Self.filled(limit: 50, count: 50, seed: 1)
        #expect(set.active == Array(0..<50) && set.all.count == 50)
        #expect(set.finiteCount == set.all.count { $0.cost != nil })
    }

    @Test("Beyond its limit, keeps the best quarter and spreads the others out")
    func large() {
        let set = Self.filled(limit: 40, count: 200, seed: 2)
        #expect(set.active.count == 40 && set.all.count == 200)
        #expect(set.active == set.active.sorted() && Set(set.active).count == 40)
        let ranked = set.all.indices.sorted {
            (set.all[$0].cost ?? .infinity, $0) < (set.all[$1].cost ?? .infinity, $1)
        }
        #expect(Set(ranked.prefix(10)).isSubset(of: set.active))
        // Of the others, no two are as near to each other as they would be among random ones.
        let best = Set(ranked.prefix(10))
        let others = set.active.filter { !best.contains($0) }.map { set.all[$0].point }
        let random = set.all[..<others.count].map(\.point)
        #expect(Self.nearest(others) > 3 * Self.nearest(random))
    }

    private static func nearest(_ points: [[Double]]) -> Double {
        var least = Double.infinity
        for (index, point) in points.enumerated() {
            for other in points[..<index] {
                let (x, y) = (point[0] - other[0], point[1] - other[1])
                least = min(least, (x * x + y * y).squareRoot())
            }
        }
        return least
    }

    @Test("Is the same after the same observations")
    func replay() {
        let (first, second) = (
            Self.filled(limit: 30, count: 100, seed: 3), Self.filled(limit: 30, count: 100, seed: 3)
        )
        #expect(first.active == second.active)
        #expect(first.all.map(\.cost) == second.all.map(\.cost))
    }

    @Test("What was observed at one point counts once, with its mean")
    func duplicates() {
        var set = ObservationSet(activeMax: 4)
        set.insert([0.5, 1], cost: nil)
        #expect(set.finiteCount == 0 && set.all[0].cost == nil && set.all[0].repetitions == 0)
        for cost in [1, 2, 6.0] { set.insert([0.5, 1], cost: cost) }
        set.insert([0.5, 1], cost: nil)
        set.insert([0.5, 2], cost: 1e308)
        set.insert([0.5, 2], cost: 1.5e308)
        #expect(set.all.count == 2 && set.active == [0, 1] && set.finiteCount == 2)
        #expect(set.all[0].cost.map { abs($0 - 3) < 1e-15 } == true)
        #expect(set.all.map(\.repetitions) == [3, 2])
        #expect(set.all[1].cost.map { $0 > 1.2e308 && $0 < 1.3e308 } == true)
    }

    @Test("Points that were dropped are still known when they come again")
    func dropped() throws {
        var set = Self.filled(limit: 10, count: 60, seed: 4)
        let gone = try #require(set.all.indices.first { !set.active.contains($0) })
        let before = set.active
        set.insert(set.all[gone].point, cost: 0.5)
        #expect(set.all.count == 60 && set.active == before)
    }
}
