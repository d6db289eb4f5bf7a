import Testing
import Tuning

@testable import Reports

@Suite("Numbers and axes of charts")
struct ChartsDrawingTests {
    struct Number: Sendable {
        let value: Double
        let text: String
    }

    @Test(
        "A number is written as short as its digits allow",
        arguments: [
            Number(value: 0, text: "0"), Number(value: -0.0, text: "0"),
            Number(value: 0.123456, text: "0.1235"), Number(value: 12, text: "12"),
            Number(value: -1.5, text: "-1.5"), Number(value: 123_456, text: "123456"),
            Number(value: 0.0001, text: "0.0001"), Number(value: 1e-5, text: "1e-5"),
            Number(value: 1.23456e7, text: "1.235e7"), Number(value: 9.99999e9, text: "1e10"),
            Number(value: -1e308, text: "-1e308"),
            Number(value: .leastNonzeroMagnitude, text: "4.941e-324"),
            Number(value: .infinity, text: "∞"), Number(value: .nan, text: "NaN"),
        ])
    func short(row: Number) {
        #expect(NumberText.short(row.value) == row.text)
    }

    @Test(
        "A position in a drawing has at most one decimal, whatever comes",
        arguments: [
            Number(value: 0, text: "0"), Number(value: 1.25, text: "1.3"),
            Number(value: -0.04, text: "0"), Number(value: -12.34, text: "-12.3"),
            Number(value: 100.96, text: "101"), Number(value: 1e300, text: "1000000"),
            Number(value: -.infinity, text: "-1000000"), Number(value: .nan, text: "0"),
        ])
    func drawn(row: Number) {
        var markup = Markup()
        markup.number(row.value)
        #expect(markup.string == row.text)
    }

    @Test("Text that users chose is text, in XML and in HTML")
    func escaping() {
        var markup = Markup()
        markup.text("</svg><script>\"'&\u{0}\u{B}\u{202E}é🎉")
        #expect(
            markup.string
                == "&lt;/svg&gt;&lt;script&gt;&quot;&#39;&amp;\u{FFFD}\u{FFFD}\u{FFFD}é🎉")
    }

    struct Span: Sendable {
        let lower: Double
        let upper: Double
        var scale = Scale.linear
        var labels: [String]?
    }

    @Test(
        "Ticks are round, inside, in order, and few",
        arguments: [
            Span(lower: 0, upper: 1, labels: ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]),
            Span(lower: -5, upper: 10, labels: ["-5", "0", "5", "10"]),
            Span(lower: 1, upper: 1),
            Span(lower: 0, upper: 0),
            Span(lower: 1e-6, upper: 0.1, scale: .logarithmic),
            Span(
                lower: 1, upper: 1000, scale: .logarithmic, labels: ["1", "10", "100", "1000"]),
            Span(lower: 1e-20, upper: 1e10, scale: .logarithmic),
            Span(lower: .leastNonzeroMagnitude, upper: 1.7e308, scale: .logarithmic),
            Span(lower: 3, upper: 4, scale: .logarithmic),
            Span(lower: -.greatestFiniteMagnitude, upper: .greatestFiniteMagnitude),
            Span(lower: 0, upper: .leastNonzeroMagnitude),
            Span(lower: 1e16, upper: 1e16 + 2),
            Span(
                lower: 0, upper: 0.9999, scale: .reverseLogarithmic,
                labels: ["0", "0.5", "0.9", "0.99", "0.999", "0.9999"]),
            Span(lower: -1, upper: 2, scale: .logarithmic),
        ])
    func ticks(row: Span) {
        let axis = NumberAxis(row.lower, row.upper, scale: row.scale)
        let ticks = axis.ticks()
        #expect(axis.lower < axis.upper)
        #expect((2...14).contains(ticks.count), "\(ticks)")
        #expect(ticks.allSatisfy { (0...1).contains($0.position) }, "\(ticks)")
        #expect(zip(ticks, ticks.dropFirst()).allSatisfy { $0.position < $1.position })
        #expect(Set(ticks.map(\.label)).count == ticks.count, "\(ticks)")
        if let labels = row.labels { #expect(ticks.map(\.label) == labels) }
    }

    @Test("A few values that are far worse do not press the others together")
    func outliers() throws {
        let values = (0..<50).map { Double($0) - 20 } + [1e12]
        for direction in [Objective.Direction.minimize, .maximize] {
            let objective = Objective(direction, "loss")
            let axis = try #require(
                ObjectiveAxis(values.compactMap { Cost($0) }, of: objective))
            #expect(axis.beyondCount == 1)
            #expect(axis.axis.upper - axis.axis.lower < 200)
            #expect(axis.quality(of: try #require(Cost(1e12))) == 0)
            #expect(axis.quality(of: try #require(Cost(-20))) > 0.9)
        }
    }

    @Test("Lanes hold stays that do not overlap, in as many slots as were in use")
    func lanes() throws {
        var recorded = RecordedTrials([.empty])
        // Each starts a second after the one before and lasts one and a half.
        for _ in 0..<10 { try recorded.append(.init(checked: [:]), cost: 1) }
        let lanes = SlotLanes(recorded.record.trials, now: RecordedTrials.start)
        #expect(lanes.lanes.count == 2)
        #expect(lanes.lanes.map(\.bars.count) == [5, 5])
        #expect(lanes.busySeconds == 15)
        let merged = lanes.lanes[0].merged(narrowest: 100)
        #expect(merged.map(\.count) == [5])
    }
}
