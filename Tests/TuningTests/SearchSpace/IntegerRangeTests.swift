import Testing
import Tuning

@Suite("Integer range")
struct IntegerRangeTests {
    struct Row: CustomTestStringConvertible {
        let lower, upper: Int
        var scaling = ScalingType.linear

        var testDescription: String { "\(scaling) \(lower)...\(upper)" }

        func range() throws -> IntegerRange {
            try IntegerRange(lower: lower, upper: upper, scaling: scaling, name: "n")
        }
    }

    static let small = [
        Row(lower: 0, upper: 1), Row(lower: -3, upper: 3), Row(lower: 1, upper: 1000),
        Row(lower: 7, upper: 7), Row(lower: 1, upper: 2, scaling: .logarithmic),
        Row(lower: 1, upper: 1024, scaling: .logarithmic),
        Row(lower: 16, upper: 4096, scaling: .logarithmic),
        Row(lower: 3, upper: 3, scaling: .logarithmic), Row(lower: 1, upper: 500, scaling: .auto),
        Row(lower: .max - 10, upper: .max), Row(lower: .min, upper: .min + 10),
        Row(lower: 1 << 60, upper: 1 << 60 + 99, scaling: .logarithmic),
        Row(lower: 1_000_000_000_000_000, upper: 1_000_000_000_000_100, scaling: .logarithmic),
    ]

    @Test("Every value decodes from its own coordinate", arguments: small)
    func identity(row: Row) throws {
        let range = try row.range()
        for value in row.lower...row.upper {
            #expect(range.value(at: range.coordinate(of: value)) == value)
        }
    }

    @Test(
        "The middle is the mean of the bounds on the range's scale",
        arguments: [
            (Row(lower: 1, upper: 12), 6), (Row(lower: 0, upper: 1), 0),
            (Row(lower: -3, upper: 3), 0), (Row(lower: -10, upper: -4), -7),
            (Row(lower: -4, upper: -1), -3), (Row(lower: 7, upper: 7), 7),
            (Row(lower: .min, upper: .max), -1), (Row(lower: .max - 2, upper: .max), .max - 1),
            (Row(lower: 1, upper: 100, scaling: .logarithmic), 10),
            (Row(lower: 2, upper: 64, scaling: .logarithmic), 11),
            (Row(lower: 1, upper: 2, scaling: .logarithmic), 1),
            (Row(lower: 3, upper: 3, scaling: .logarithmic), 3),
            (Row(lower: .max, upper: .max, scaling: .logarithmic), .max),
            (Row(lower: 1, upper: 500, scaling: .auto), 22),
        ] as [(Row, Int)])
    func middle(row: Row, value: Int) throws {
        #expect(try row.range().middle == value)
    }

    @Test("The middle is never outside the bounds", arguments: small + huge)
    func middleInside(row: Row) throws {
        let middle = try row.range().middle
        #expect(row.lower <= middle && middle <= row.upper)
    }

    static let huge = [
        Row(lower: .min, upper: .max), Row(lower: 0, upper: .max), Row(lower: -1, upper: .max),
        Row(lower: 1, upper: .max, scaling: .logarithmic),
        Row(lower: -(1 << 53), upper: 1 << 53), Row(lower: .min, upper: 0),
        Row(lower: 1, upper: 1_000_000_000_000, scaling: .logarithmic),
    ]

    @Test("Both ends are reached and never passed", arguments: small + huge)
    func ends(row: Row) throws {
        let range = try row.range()
        #expect(range.value(at: 0) == row.lower)
        #expect(range.value(at: 1) == row.upper)
        #expect(range.value(at: -0.5) == row.lower)
        #expect(range.value(at: 1.5) == row.upper)
        #expect(range.value(at: range.coordinate(of: row.lower)) == row.lower)
        #expect(range.value(at: range.coordinate(of: row.upper)) == row.upper)
        var random = SeededGenerator(seed: 11)
        for _ in 0..<2000 {
            let value = range.value(at: random.nextUnit())
            #expect(row.lower <= value && value <= row.upper)
        }
        #expect(range.value(at: 1.0.nextDown) <= row.upper)
        #expect(range.value(at: .leastNonzeroMagnitude) >= row.lower)
    }

    @Test(
        "Values in ranges of up to 2^45 values decode from their own coordinates",
        arguments: [
            Row(lower: 0, upper: 1 << 45), Row(lower: .max - 1 << 45, upper: .max),
            Row(lower: 1, upper: 1 << 45, scaling: .logarithmic),
            Row(lower: -(1 << 44), upper: 1 << 44),
        ])
    func wideIdentity(row: Row) throws {
        let range = try row.range()
        var random = SeededGenerator(seed: 12)
        for _ in 0..<20_000 {
            let value = Int.random(in: row.lower...row.upper, using: &random)
            #expect(range.value(at: range.coordinate(of: value)) == value, "seed 12")
        }
    }

    @Test("A larger coordinate never gives a smaller value", arguments: small + huge)
    func monotone(row: Row) throws {
        let range = try row.range()
        let values = (0...1000).map { range.value(at: Double($0) / 1000) }
        #expect(values == values.sorted())
    }

    @Test("On the linear scale all values have equal shares")
    func equalShares() throws {
        let range = try IntegerRange(lower: -2, upper: 4, scaling: .linear, name: "n")
        var counts: [Int: Int] = [:]
        for step in 0..<7000 {
            counts[range.value(at: (Double(step) + 0.5) / 7000), default: 0] += 1
        }
        #expect(counts == Dictionary(uniqueKeysWithValues: (-2...4).map { ($0, 1000) }))
    }

    @Test("On the logarithmic scale value k has the share from log(k − ½) to log(k + ½)")
    func logarithmicShares() throws {
        let range = try IntegerRange(lower: 1, upper: 8, scaling: .logarithmic, name: "n")
        // log(1.5 / 0.5) / log(8.5 / 0.5) = 0.38776...
        #expect(range.value(at: 0.3877) == 1)
        #expect(range.value(at: 0.3878) == 2)
    }

    @Test("Bounds in the wrong order and impossible scalings are refused")
    func refusals() {
        #expect(throws: SearchSpaceError.boundsDecreasing("n", lower: "2", upper: "1")) {
            try IntegerRange(lower: 2, upper: 1, name: "n")
        }
        #expect(throws: SearchSpaceError.logarithmicNotAboveZero("n", lower: "0")) {
            try IntegerRange(lower: 0, upper: 9, scaling: .logarithmic, name: "n")
        }
        #expect(throws: SearchSpaceError.reverseLogarithmicInteger("n")) {
            try IntegerRange(lower: 0, upper: 9, scaling: .reverseLogarithmic, name: "n")
        }
    }

    @Test("The number of values is known unless an Int cannot hold it")
    func counts() throws {
        #expect(try Row(lower: -3, upper: 3).range().count == 7)
        #expect(try Row(lower: 0, upper: .max).range().count == nil)
        #expect(try Row(lower: 1, upper: .max).range().count == .max)
        #expect(try Row(lower: .min, upper: .max).range().count == nil)
    }
}
