import Testing
import Tuning

@testable import Strategies

@Suite("Rungs")
struct RungTests {
    struct Row: Sendable {
        let smallest, largest, reductionFactor: Int
        let brackets: [[Int]]
    }

    @Test(
        "Brackets have the resources of the Hyperband paper's table, and others in proportion",
        arguments: [
            // Li et al. 2018, table 1: R = 81, η = 3. Training ends at 81 in every bracket.
            Row(
                smallest: 1, largest: 81, reductionFactor: 3,
                brackets: [[1, 3, 9, 27], [3, 9, 27], [9, 27], [27], []]),
            Row(
                smallest: 1, largest: 8, reductionFactor: 2,
                brackets: [[1, 2, 4], [2, 4], [4], []]),
            Row(smallest: 5, largest: 5, reductionFactor: 2, brackets: [[]]),
            Row(
                smallest: 4, largest: 100, reductionFactor: 3,
                brackets: [[4, 12, 36], [12, 36], [36], []]),
            // To stop at 9 of 10 would save next to nothing.
            Row(smallest: 1, largest: 10, reductionFactor: 3, brackets: [[1, 3], [3], []]),
            Row(smallest: 1, largest: 1, reductionFactor: 3, brackets: [[]]),
        ])
    func ladder(row: Row) {
        let ladder = RungLadder(
            from: Resource(row.smallest), to: Resource(row.largest),
            reductionFactor: row.reductionFactor)
        let brackets = (0..<ladder.bracketCount).map { bracket in
            ladder.rungs(ofBracket: bracket).map(\.units)
        }
        #expect(brackets == row.brackets)
        #expect(ladder.top == Resource(row.largest))
    }

    @Test("Every range of resources has rungs that grow, within it", arguments: [2, 3, 4, 10])
    func anyRange(reductionFactor: Int) {
        for smallest in [1, 2, 7, 100, 6_000, 20_000] {
            for largest in [smallest, smallest + 1, 3 * smallest, 20_000]
            where largest >= smallest && largest <= 20_000 {
                let ladder = RungLadder(
                    from: Resource(smallest), to: Resource(largest),
                    reductionFactor: reductionFactor)
                #expect(ladder.rungs.allSatisfy { $0.units >= smallest && $0.units < largest })
                #expect(ladder.rungs == ladder.rungs.sorted())
                #expect(ladder.bracketCount <= 16)
            }
        }
    }

    @Test("Of three, the best goes on; of equals, the first")
    func places() throws {
        let places = Rung.Places(reductionFactor: 3, least: 0)
        let four = try #require(Cost(4))
        var rung = Rung(at: Resource(1))
        for cost in [5.0, 4.0] { rung.insert(Cost(cost)) }
        #expect(!rung.isGoodEnough(4, places), "two are too few")
        rung.insert(Cost(6))
        #expect(rung.isGoodEnough(4, places))
        #expect(!rung.isGoodEnough(5, places))
        rung.pass(four)
        for _ in 0..<3 { rung.insert(four) }
        #expect(rung.isGoodEnough(4, places), "two places, one of them taken")
        rung.pass(four)
        #expect(!rung.isGoodEnough(4, places))
        rung.insert(Cost(1))
        #expect(rung.isGoodEnough(1, places), "the best always goes on")
        #expect(rung.bound(places) == four)
    }

    @Test("What is not finite counts as the worst and never goes on")
    func notFinite() {
        let places = Rung.Places(reductionFactor: 3, least: 1)
        var rung = Rung(at: Resource(1))
        for _ in 0..<9 { rung.insert(nil) }
        #expect(!rung.isGoodEnough(.infinity, places))
        #expect(rung.bound(places) == nil)
        rung.insert(Cost(7))
        #expect(rung.isGoodEnough(7, places))
    }

    @Test("A rung is trusted while it foretells the next")
    func agreement() throws {
        var agreement = RungAgreement(rungCount: 2)
        #expect(agreement.bracket == 0)
        for index in 0..<20 {
            let (cost, opposite) = (Double(index), -Double(index))
            agreement.insert(
                lower: try #require(Cost(cost)), upper: try #require(Cost(opposite)), rung: 0)
            agreement.insert(
                lower: try #require(Cost(cost)), upper: try #require(Cost(cost)), rung: 1)
        }
        #expect(agreement.agreement(at: 1) == 1)
        // Four are assumed to agree, twenty do not.
        #expect(abs(agreement.agreement(at: 0) - (4.0 - 20) / 24) < 1e-12)
        #expect(agreement.bracket == 1)
        let flat = try #require(Cost(1))
        for _ in 0..<RungAgreement.pairCountMax {
            agreement.insert(lower: flat, upper: flat, rung: 1)
        }
        #expect(agreement.bracket == 2, "what foretells nothing is not trusted")
    }
}
