import Testing
import Tuning

@Suite("Continuous range")
struct ContinuousRangeTests {
    static let belowOne = 1 - 0x1p-53
    static let least = Double.leastNonzeroMagnitude

    struct Row: CustomTestStringConvertible {
        let lower, upper: Double
        let scaling: ScalingType

        init(_ lower: Double, _ upper: Double, _ scaling: ScalingType = .linear) {
            self.lower = lower
            self.upper = upper
            self.scaling = scaling
        }

        var testDescription: String { "\(scaling) \(lower)...\(upper)" }

        func range() throws -> ContinuousRange {
            try ContinuousRange(lower: lower, upper: upper, scaling: scaling, name: "x")
        }
    }

    static let rows = [
        Row(0, 1), Row(-1e308, 1e308), Row(-.greatestFiniteMagnitude, .greatestFiniteMagnitude),
        Row(1e-12, 1), Row(1e-12, 1, .logarithmic), Row(1e-6, 1e6, .logarithmic),
        Row(least, 1e308, .logarithmic), Row(0.1, 0.1), Row(0.1, 0.1, .logarithmic),
        Row(0, 0), Row(-0.0, 0.0), Row(0, least), Row(0, 4 * least), Row(1, 1.0.nextUp),
        Row(0, 0.999_999, .reverseLogarithmic), Row(0.5, 0.9, .reverseLogarithmic),
        Row(0.2, 0.2, .reverseLogarithmic), Row(1e-5, 1, .auto), Row(0.1, 0.3),
        Row(-7.5, -0.1), Row(0.9, belowOne, .reverseLogarithmic),
    ]

    @Test("Both ends are reached exactly and never passed", arguments: rows)
    func ends(row: Row) throws {
        let range = try row.range()
        #expect(range.value(at: 0) == row.lower)
        #expect(range.value(at: 1) == row.upper)
        var random = SeededGenerator(seed: 21)
        let coordinates: [Double] = [Self.belowOne, .leastNonzeroMagnitude, 0.5, -1, 2]
        for coordinate in coordinates + (0..<5000).map({ _ in random.nextUnit() }) {
            let value = range.value(at: coordinate)
            #expect(row.lower <= value && value <= row.upper, "coordinate \(coordinate), seed 21")
        }
    }

    @Test("Encoding a decoded value gives the coordinate back, up to rounding", arguments: rows)
    func roundTrip(row: Row) throws {
        let range = try row.range()
        #expect(range.coordinate(of: row.lower) == (row.lower == row.upper ? 0.5 : 0))
        #expect(range.coordinate(of: row.upper) == (row.lower == row.upper ? 0.5 : 1))
        guard row.upper - row.lower > 1e-300 else { return }
        let spacing = max(row.lower.magnitude, row.upper.magnitude).ulp / (row.upper - row.lower)
        var random = SeededGenerator(seed: 22)
        for _ in 0..<2000 {
            let coordinate = random.nextUnit()
            let value = range.value(at: coordinate)
            // Subnormal numbers are too coarse to have coordinates of their own.
            guard value == 0 || value.magnitude > .leastNormalMagnitude else { continue }
            let back = range.coordinate(of: value)
            let tolerance = max(1e-9, row.scaling == .linear ? 4 * spacing : 0)
            if row.upper < Self.belowOne || row.scaling != .reverseLogarithmic {
                #expect(abs(back - coordinate) <= tolerance, "\(value), seed 22")
            }
            #expect(0 <= back && back <= 1)
        }
    }

    @Test("The text of a value reads back as the same value", arguments: rows)
    func text(row: Row) throws {
        let domain = ParameterDomain.continuous(try row.range())
        var random = SeededGenerator(seed: 23)
        for _ in 0..<2000 {
            let coordinate = random.nextUnit()
            let text = domain.text(at: coordinate)
            #expect(Double(wire: text) == (try row.range()).value(at: coordinate), "seed 23")
            #expect(domain.canonicalText(of: text) == text)
        }
    }

    @Test("Minus zero is written as zero")
    func minusZero() throws {
        let range = try ContinuousRange(lower: -0.0, upper: 1, name: "x")
        #expect(range.lower.sign == .plus)
        let domain = ParameterDomain.continuous(range)
        #expect(domain.text(at: 0) == "0.0")
        #expect(domain.canonicalText(of: "-0") == "0.0")
        let symmetric = ParameterDomain.continuous(
            try ContinuousRange(lower: -1, upper: 1, scaling: .linear, name: "x"))
        #expect(symmetric.text(at: 0.5) == "0.0")
    }

    @Test(
        "Auto is logarithmic from a ratio of a hundred on",
        arguments: [
            (1.0, 100.0, Scale.logarithmic), (1, 99, .linear), (0, 1e9, .linear),
            (1e-9, 1e-7, .logarithmic), (0.07, 7, .logarithmic), (1e-3, 0.1, .logarithmic),
            (-1, 1, .linear),
            (least, 1e308, .logarithmic),
        ] as [(Double, Double, Scale)])
    func auto(lower: Double, upper: Double, scale: Scale) throws {
        #expect(try ContinuousRange(lower: lower, upper: upper, name: "x").scale == scale)
    }

    @Test(
        "The middle is the mean on the range's scale",
        arguments: [
            (Row(0, 10), 5.0), (Row(1e-4, 1, .logarithmic), 0.01),
            (Row(0, 0.9999, .reverseLogarithmic), 0.99), (Row(-1e308, 1e308), 0),
        ] as [(Row, Double)])
    func middle(row: Row, value: Double) throws {
        #expect(abs((try row.range().value(at: 0.5)) - value) < 1e-9)
    }

    @Test("Bounds that cannot be searched are refused")
    func refusals() {
        #expect(throws: SearchSpaceError.boundNotFinite("x")) { try Row(0, .infinity).range() }
        #expect(throws: SearchSpaceError.boundNotFinite("x")) { try Row(.nan, 1).range() }
        #expect(throws: SearchSpaceError.boundsDecreasing("x", lower: "1.0", upper: "0.5")) {
            try Row(1, 0.5).range()
        }
        #expect(throws: SearchSpaceError.logarithmicNotAboveZero("x", lower: "0.0")) {
            try Row(0, 1, .logarithmic).range()
        }
        #expect(
            throws: SearchSpaceError.reverseLogarithmicOutsideUnit("x", lower: "0.5", upper: "1.0")
        ) {
            try Row(0.5, 1, .reverseLogarithmic).range()
        }
        #expect(
            throws: SearchSpaceError.reverseLogarithmicOutsideUnit("x", lower: "-0.1", upper: "0.5")
        ) {
            try Row(-0.1, 0.5, .reverseLogarithmic).range()
        }
    }
}
