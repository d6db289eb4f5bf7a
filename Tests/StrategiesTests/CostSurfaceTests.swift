import Testing
import Tuning

@testable import Strategies

@Suite("Surface of the costs over two parameters")
struct CostSurfaceTests {
    /// Random trials of a function, the same ones each time.
    private static func trials(
        _ space: SearchSpace, _ count: Int, _ function: ([Parameter.Name: String]) -> Double?
    ) -> [(Hyperparameters, Cost?)] {
        var random = SeededGenerator(seed: 11)
        return (0..<count).map { _ in
            let unit = UnitPoint((0..<space.dimension).map { _ in random.nextUnit() })
            let tried = space.hyperparameters(at: unit)
            return (tried, function(tried.values).flatMap { Cost($0) })
        }
    }

    /// The best that was tried.
    private static func best(_ trials: [(Hyperparameters, Cost?)]) throws -> Hyperparameters {
        try #require(trials.min { ($0.1?.value ?? .infinity) < ($1.1?.value ?? .infinity) }).0
    }

    /// Spearman's correlation of numbers without ties.
    private static func rankCorrelation(_ first: [Double], _ second: [Double]) -> Double {
        func ranks(_ values: [Double]) -> [Double] {
            var ranks = values
            for (rank, index) in values.indices.sorted(by: { values[$0] < values[$1] }).enumerated()
            {
                ranks[index] = Double(rank)
            }
            return ranks
        }
        let count = Double(first.count)
        let squares = zip(ranks(first), ranks(second)).reduce(0) {
            $0 + ($1.0 - $1.1) * ($1.0 - $1.1)
        }
        return 1 - 6 * squares / (count * (count * count - 1))
    }

    @Test("Branin's function comes out on its own scale, cell by cell, the lowest row first")
    func branin() throws {
        let space = try Problems.plane()
        let trials = Self.trials(space, 150, Problems.branin)
        let surface = try #require(
            CostSurface(
                space: space, observations: trials, horizontal: "x", vertical: "y",
                at: try Self.best(trials), columns: 20, rows: 10))
        #expect((surface.columns, surface.rows) == (20, 10))
        let truth = (0..<200).map { cell in
            let (row, column) = (cell / 20, cell % 20)
            return Problems.branin([
                "x": "\(-5 + 15 * (Double(column) + 0.5) / 20)",
                "y": "\(15 * (Double(row) + 0.5) / 10)",
            ])
        }
        #expect(Self.rankCorrelation(surface.means, truth) > 0.98)
        let errors = zip(surface.means, truth).map { abs($0 - $1) }.sorted()
        // The function goes from 0.4 to 308.
        #expect(errors[100] < 2 && errors[190] < 15, "\(errors[100]), \(errors[190])")
        #expect(surface.deviations.allSatisfy { $0 > 0 && $0.isFinite })
        let covered = zip(zip(surface.means, surface.deviations), truth).count {
            abs($0.0 - $1) < 3 * $0.1 + 0.5
        }
        #expect(covered > 170, "of 200 cells, \(covered) are within three deviations")
    }

    @Test("The model knows more where it has seen more")
    func deviations() throws {
        let space = try Problems.plane()
        let trials = Self.trials(space, 60, Problems.branin).filter { trial in
            trial.0.values.number("x") < 2.5
        }
        let surface = try #require(
            CostSurface(
                space: space, observations: trials, horizontal: "x", vertical: "y",
                at: try Self.best(trials), columns: 10, rows: 10))
        func mean(_ columns: Range<Int>) -> Double {
            let cells = surface.deviations.indices.filter { columns.contains($0 % 10) }
            return cells.reduce(0) { $0 + surface.deviations[$1] } / Double(cells.count)
        }
        #expect(mean(0..<4) * 3 < mean(6..<10))
    }

    @Test("A category is a cell, in the order of the list, and failures are worse than the rest")
    func kinds() throws {
        let space = try Problems.mixed()
        let trials = Self.trials(space, 200) { values in
            values["kind"] == "c" ? nil : Problems.mixed(values)
        }
        let centre = try Self.best(trials)
        let surface = try #require(
            CostSurface(
                space: space, observations: trials, horizontal: "kind", vertical: "depth",
                at: centre, columns: 40, rows: 24))
        #expect((surface.columns, surface.rows) == (3, 24))
        #expect(surface.means.count == 72 && surface.deviations.count == 72)
        // Twelve depths on twenty-four rows: two rows each.
        for row in stride(from: 0, to: 24, by: 2) {
            for column in 0..<3 {
                #expect(surface.means[row * 3 + column] == surface.means[(row + 1) * 3 + column])
            }
            #expect(surface.means[row * 3 + 1] < surface.means[row * 3])
            #expect(surface.means[row * 3] < surface.means[row * 3 + 2])
        }
        let sizes = try #require(
            CostSurface(
                space: space, observations: trials, horizontal: "fixed", vertical: "size",
                at: centre, columns: 2, rows: 1))
        #expect((sizes.columns, sizes.rows) == (2, 4))
        #expect(sizes.means[0] == sizes.means[1], "one value, whichever cell")
        #expect(sizes.means[4] < sizes.means[0] && sizes.means[4] < sizes.means[6])
    }

    @Test(
        "Costs of any size stay finite and near those that were observed",
        arguments: [1e-300, 1, 1e9, 1e300])
    func sizes(scale: Double) throws {
        let space = try Problems.plane()
        let trials = Self.trials(space, 60) { values in
            let cost = Problems.branin(values)
            return cost > 150 ? nil : scale * (cost > 100 ? cost * 1e5 : cost)
        }
        let surface = try #require(
            CostSurface(
                space: space, observations: trials, horizontal: "x", vertical: "y",
                at: try Self.best(trials), columns: 15, rows: 15))
        let costs = trials.compactMap { $0.1?.value }
        let (low, high) = (try #require(costs.min()), try #require(costs.max()))
        let tolerance = 1e-6 * (high - low)
        for (mean, deviation) in zip(surface.means, surface.deviations) {
            #expect(mean <= high + (high - low) + tolerance)
            #expect(mean >= low - (high - low) - tolerance)
            #expect(deviation >= 0 && deviation <= 1.5 * (high - low) + tolerance)
        }
    }

    @Test("Ten thousand observations give the same surface twice, and a good one")
    func many() throws {
        let space = try Problems.plane()
        let trials = Self.trials(space, 10_000, Problems.branin)
        let centre = try Self.best(trials)
        func surface() throws -> CostSurface {
            try #require(
                CostSurface(
                    space: space, observations: trials, horizontal: "x", vertical: "y",
                    at: centre, columns: 8, rows: 8))
        }
        let first = try surface()
        #expect(try surface().means == first.means)
        let truth = (0..<64).map { cell in
            Problems.branin([
                "x": "\(-5 + 15 * (Double(cell % 8) + 0.5) / 8)",
                "y": "\(15 * (Double(cell / 8) + 0.5) / 8)",
            ])
        }
        #expect(Self.rankCorrelation(first.means, truth) > 0.95)
    }

    @Test("Too little to model is nothing to show")
    func nothing() throws {
        let space = try Problems.plane()
        let trials = Self.trials(space, 20, Problems.branin)
        func surface(
            _ observations: [(Hyperparameters, Cost?)], _ first: String = "x",
            _ second: String = "y"
        ) -> CostSurface? {
            CostSurface(
                space: space, observations: observations, horizontal: first, vertical: second,
                at: space.centre, columns: 3, rows: 3)
        }
        #expect(surface(Array(trials.prefix(4))) != nil)
        #expect(surface(Array(trials.prefix(3))) == nil)
        #expect(surface(Array(repeating: trials[0], count: 9)) == nil)
        #expect(surface(trials.map { ($0.0, nil) }) == nil)
        #expect(surface(trials.map { ($0.0, Cost(3)) }) == nil)
        #expect(surface(trials, "x", "x") == nil)
        #expect(surface(trials, "x", "z") == nil)
    }
}
