import Foundation
import Testing
import Tuning

@testable import Reports

@Suite("Analysis of variance by regression trees")
struct RegressionForestTests {
    /// Numbers of a seeded generator, a column for each feature.
    private static func columns(_ count: Int, of featureCount: Int) -> [[Double]] {
        var random = SeededGenerator(seed: 5)
        return (0..<featureCount).map { _ in (0..<count).map { _ in random.nextUnit() } }
    }

    private static func table(
        _ count: Int, _ featureCount: Int, _ function: ([Double]) -> Double
    ) -> FeatureTable {
        let columns = columns(count, of: featureCount)
        return FeatureTable(
            kinds: columns.map { _ in .numeric }, columns: columns,
            targets: (0..<count).map { sample in function(columns.map { $0[sample] }) })
    }

    @Test("The variances of a partition into three boxes are those worked out by hand")
    func byHand() {
        // x < 1/4: 8; else: 4 for categories 0 and 1 of three, 0 for category 2.
        let kinds: [FeatureTable.Kind] = [.numeric, .categorical(count: 3)]
        let (left, rest) = TreeLeaves.Box(kinds).halves(along: 0, by: .threshold(0.25))
        let (common, rare) = rest.halves(along: 1, by: .categories([true, true, false]))
        var leaves = TreeLeaves(kinds)
        leaves.append(.init(box: left, value: 8))
        leaves.append(.init(box: common, value: 4))
        leaves.append(.init(box: rare, value: 0))
        #expect([left, common, rare].map(\.volume) == [0.25, 0.5, 0.25])
        #expect(leaves.mean == 4)
        #expect(leaves.variance == 8)
        // Along x: 8 on a quarter, 8/3 on the rest. Of the categories: 5, 5 and 2.
        #expect(abs(leaves.variance(ofFeature: 0) - 16.0 / 3) < 1e-12)
        #expect(abs(leaves.variance(ofFeature: 1) - 2) < 1e-12)
    }

    @Test("The leaves of a tree fill the space and hold what was observed")
    func partition() {
        let columns = Self.columns(60, of: 2)
        let kinds = (0..<60).map { Double($0 % 3) }
        let table = FeatureTable(
            kinds: [.numeric, .numeric, .categorical(count: 4)], columns: columns + [kinds],
            targets: (0..<60).map { columns[0][$0] * kinds[$0] - columns[1][$0] })
        let tree = TreeGrowth.leaves(
            of: table, orders: table.orders, weights: Array(repeating: 1, count: 60))
        #expect(abs(tree.leaves.reduce(0) { $0 + $1.box.volume } - 1) < 1e-12)
        for sample in 0..<60 {
            let found = tree.leaves.filter { leaf in
                (0..<2).allSatisfy {
                    leaf.box.lower[$0] <= columns[$0][sample]
                        && columns[$0][sample] < leaf.box.upper[$0]
                } && leaf.box.categories[2][Int(kinds[sample])]
            }
            #expect(found.map(\.value) == [table.targets[sample]])
        }
    }

    @Test("One step and three categories explain exactly what they do")
    func exact() throws {
        let numbers: [Double] = (0..<64).map { (Double($0) + 0.5) / 64 }
        let categories: [Double] = (0..<64).map { Double($0 % 3) }
        let columns = [numbers, categories]
        let step = FeatureTable(
            kinds: [.numeric, .categorical(count: 3)], columns: columns,
            targets: numbers.map { $0 < 0.5 ? 0 : 1 })
        let shares = try #require(RegressionForest(step).shares)
        #expect(abs(shares[0] - 1) < 1e-12 && shares[1] == 0)
        let kinds = FeatureTable(
            kinds: [.numeric, .categorical(count: 3)], columns: columns, targets: categories)
        #expect(try #require(RegressionForest(kinds).shares)[1] > 1 - 1e-12)
    }

    @Test("Ishigami's function: first-order shares near the analytic ones, none for the third")
    func ishigami() throws {
        // S₁ = 0.3139, S₂ = 0.4424, S₃ = 0; 0.2437 belongs to the first and third together.
        // Source: Ishigami and Homma, "An importance quantification technique in uncertainty
        // analysis for computer models", 1990, with a = 7, b = 0.1.
        let table = Self.table(2_000, 3) { unit in
            let x = unit.map { Double.pi * (2 * $0 - 1) }
            return sin(x[0]) + 7 * pow(sin(x[1]), 2) + 0.1 * pow(x[2], 4) * sin(x[0])
        }
        let shares = try #require(RegressionForest(table).shares)
        for (share, expected) in zip(shares, [0.3139, 0.4424, 0]) {
            #expect(abs(share - expected) < 0.1, "\(shares)")
        }
        #expect(shares[2] < 0.02)
    }

    @Test("A sum of lines explains by their squared slopes, and idle features nothing")
    func additive() throws {
        // The variance of a x on [0, 1] is a²/12: shares of 9 : 4 : 1 : 0.
        let table = Self.table(2_000, 4) { 3 * $0[0] + 2 * $0[1] + $0[2] }
        let shares = try #require(RegressionForest(table).shares)
        for (share, expected) in zip(shares, [9.0 / 14, 4.0 / 14, 1.0 / 14, 0]) {
            #expect(abs(share - expected) < 0.06, "\(shares)")
        }
        #expect(shares[3] < 0.002)
    }

    @Test("Numbers as close as can be, at the end of the range, still give a share")
    func neighbours() throws {
        let table = FeatureTable(
            kinds: [.numeric], columns: [[0, 1.0.nextDown, 1]], targets: [1, 2, 9])
        #expect(try #require(RegressionForest(table).shares) == [1])
    }

    @Test("A seed gives one forest; what is constant has no shares")
    func seeds() {
        let table = Self.table(100, 3) { $0[0] * $0[1] }
        #expect(RegressionForest(table).shares == RegressionForest(table).shares)
        #expect(RegressionForest(table, seed: 1).shares != RegressionForest(table, seed: 2).shares)
        #expect(RegressionForest(Self.table(30, 2) { _ in 4 }).shares == nil)
    }
}
