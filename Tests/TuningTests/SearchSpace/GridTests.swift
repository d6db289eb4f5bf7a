import Testing
import Tuning

@Suite("Grid")
struct GridTests {
    @Test("Every combination comes exactly once")
    func combinations() throws {
        let space = try SearchSpace([
            .integer("n", min: "-1", max: "2"), .categorical("c", values: ["a", "b", "c"]),
            .continuous("x", min: "0", max: "1", scaling: .linear),
        ])
        let grid = try Grid(space, levels: GridLevels(byName: ["x": 5]))
        #expect(grid.combinationCount == 4 * 3 * 5)
        let all = (0..<grid.combinationCount).map { grid[$0] }
        #expect(Set(all).count == 60)
        #expect(Set(all.compactMap { $0["x"] }) == ["0.0", "0.25", "0.5", "0.75", "1.0"])
        for values in all { #expect(try space.hyperparameters(values.values) == values) }
        for (index, values) in all.enumerated() { #expect(grid.index(of: values) == index) }
    }

    @Test("Hyperparameters that are no combination have no index")
    func noIndex() throws {
        let space = try SearchSpace([
            .continuous("x", min: "0", max: "1", scaling: .linear),
            .integer("n", min: "0", max: "9"),
        ])
        let grid = try Grid(space, levels: GridLevels(standard: 4))
        #expect(grid.index(of: try space.hyperparameters(["x": "0.5", "n": "0"])) == nil)
        #expect(grid.index(of: try space.hyperparameters(["x": "0", "n": "1"])) == nil)
        #expect(grid.index(of: try space.hyperparameters(["x": "1", "n": "9"])) == 15)
        let other = try SearchSpace([.integer("m", min: "0", max: "9")])
        #expect(grid.index(of: try other.hyperparameters(["m": "1"])) == nil)
    }

    @Test(
        "Levels are spread on the range's scale and include both ends",
        arguments: [
            (
                try? Parameter.continuous("p", min: "1e-4", max: "1", scaling: .logarithmic), 3,
                [0.0001, 0.01, 1]
            ),
            (try? .continuous("p", min: "-1", max: "1", scaling: .linear), 2, [-1, 1]),
            (try? .continuous("p", min: "0", max: "8", scaling: .linear), 1, [4]),
            (try? .continuous("p", min: "3", max: "3"), 7, [3]),
            (try? .integer("p", min: "0", max: "100", scaling: .linear), 5, [0, 25, 50, 75, 100]),
            (try? .integer("p", min: "1", max: "3"), 10, [1, 2, 3]),
            (try? .integer("p", min: "1", max: "4"), nil, [1, 2, 3, 4]),
        ] as [(Parameter?, Int?, [Double])])
    func levels(parameter: Parameter?, count: Int?, expected: [Double]) throws {
        let space = try SearchSpace([#require(parameter)])
        let grid = try Grid(space, levels: GridLevels(standard: count))
        let values = (0..<grid.combinationCount).compactMap { grid[$0]["p"].flatMap(Double.init) }
        #expect(values.count == expected.count)
        for (value, wanted) in zip(values, expected) {
            #expect(abs(value - wanted) <= 1e-12 * abs(wanted))
        }
    }

    @Test("Integer levels reach the greatest Int")
    func greatest() throws {
        let bounds = [Int.max - 1, Int.max].map(String.init)
        let space = try SearchSpace([.integer("n", min: bounds[0], max: bounds[1])])
        let grid = try Grid(space, levels: GridLevels())
        #expect((0..<grid.combinationCount).map { grid[$0]["n"] } == bounds)
    }

    @Test("The empty space has one combination, of no values")
    func empty() throws {
        let grid = try Grid(.empty, levels: GridLevels())
        #expect(grid.combinationCount == 1)
        #expect(grid[0].values.isEmpty)
    }

    @Test("More combinations than can be counted are refused")
    func tooMany() throws {
        let wide = try SearchSpace((0..<9).map { try .integer("n\($0)", min: "1", max: "1000") })
        #expect(throws: SearchSpaceError.tooManyCombinations) {
            try Grid(wide, levels: GridLevels())
        }
        let long = try SearchSpace([.integer("n", min: "1", max: "9223372036854775807")])
        #expect(throws: SearchSpaceError.tooManyCombinations) {
            try Grid(long, levels: GridLevels())
        }
    }
}
