import Foundation
import Testing
import Tuning

@testable import Reports

@Suite("Charts")
struct ChartsTests {
    static let hostile = "</svg><script>alert(1)</script>\u{202E}\u{0}\"'&é🎉"
    static let selection = ChartSelection(now: RecordedTrials.start + 1e6)

    /// A space of every kind of parameter, with hostile names.
    static func space() throws -> SearchSpace {
        try SearchSpace([
            .continuous("x", min: "-5", max: "10"),
            .continuous("rate", min: "1e-20", max: "1", scaling: .logarithmic),
            .continuous("momentum", min: "0", max: "0.999", scaling: .reverseLogarithmic),
            .integer("layers", min: "1", max: "6"),
            .categorical(hostile, values: (0..<100).map { "\(hostile) \($0)" }),
        ])
    }

    /// A tuning job with training jobs at random points, from a seed of 7.
    static func record(_ values: [Double?], in space: SearchSpace) throws -> TuningRecord {
        var recorded = RecordedTrials([space], objective: Objective(.minimize, "loss"))
        var random = SeededGenerator(seed: 7, ordinal: 0)
        for value in values {
            let point = UnitPoint(
                space.parameters.map { _ in Double.random(in: 0...1, using: &random) })
            try recorded.append(space.hyperparameters(at: point), cost: value)
        }
        return recorded.record
    }

    static func markCount(_ figure: Figure) -> Int {
        figure.svg.ranges(of: "class=\"mark ").count
    }

    @Test("Every training job has its mark where there are few")
    func counts() throws {
        let space = try Self.space()
        var values = (0..<30).map { (index: Int) -> Double? in Double(index * 37 % 30) }
        for failed in [3, 10, 17, 24] { values[failed] = nil }
        let record = try Self.record(values, in: space)
        for kind in [ChartKind.history, .coordinates, .timeline] {
            let figure = try #require(record.figure(kind, Self.selection))
            #expect(Self.markCount(figure) == 30, "\(kind)")
        }
        let slice = try #require(record.figure(.slice, Self.selection))
        #expect(Self.markCount(slice) == 30 * space.dimension)
        var selection = Self.selection
        selection.parameters = ("x", "layers")
        let contour = try #require(record.figure(.contour, selection))
        #expect(Self.markCount(contour) == 60)
        #expect(contour.summary.contains("over x and layers"))
    }

    struct Course: Sendable {
        let name: String
        let values: [Double?]
    }

    @Test(
        "Whatever the values, what is drawn is markup of ours with finite numbers",
        arguments: [
            Course(name: "none", values: []), Course(name: "one", values: [1]),
            Course(name: "failed", values: [nil, nil]),
            Course(name: "equal", values: [Double](repeating: 0.5, count: 12)),
            Course(
                name: "huge",
                values: [-1.7e308, 1.7e308, 0, .leastNonzeroMagnitude, 1, 2, 3, 4, 5, 6, 7, 8]),
            Course(name: "tiny", values: [1e-300, 2e-300, .leastNonzeroMagnitude, nil]),
            Course(name: "close", values: [1e16, 1e16 + 2, 1e16 + 4, 1e16 + 6, 1e16 + 8]),
        ])
    func hostileCourses(row: Course) throws {
        let record = try Self.record(row.values, in: Self.space())
        for kind in ChartKind.allCases {
            guard let figure = record.figure(kind, Self.selection) else { continue }
            for bad in [
                "<script", "alert(1)</", "nan", "inf", "\u{202E}", "\u{0}", "style=", "onclick",
            ] {
                #expect(!figure.svg.lowercased().contains(bad), "\(row.name) \(kind) \(bad)")
            }
            #expect(figure.svg.hasPrefix("<svg ") && figure.svg.hasSuffix("</svg>"))
            #expect(figure.svg.contains("role=\"img\"><title>"))
            #expect(figure.document.contains("<style>"))
        }
        let report = record.report(Self.selection)
        #expect(report.ranges(of: "<script").count == 1)
        #expect(!report.contains("alert(1)</script>"))
    }

    @Test("There is no chart where there is nothing to draw")
    func nothing() throws {
        let one = try SearchSpace([.integer("k", min: "1", max: "3")])
        let record = try Self.record([1, 2, 3], in: one)
        for kind in [ChartKind.contour, .importance, .curves, .savings] {
            #expect(record.figure(kind, Self.selection) == nil, "\(kind)")
        }
        var unknown = Self.selection
        unknown.definition = 1
        #expect(record.figure(.slice, unknown) == nil)
        unknown = Self.selection
        unknown.parameters = ("k", "nonsense")
        #expect(record.figure(.contour, unknown) == nil)
        let empty = try Self.record([], in: one)
        #expect(ChartKind.allCases.allSatisfy { empty.figure($0, Self.selection) == nil })
        #expect(empty.report(Self.selection).contains("None yet."))
    }

    @Test("Charts of 10,000 training jobs with 30 parameters are under 1 MB, and have the best")
    func size() throws {
        let space = try SearchSpace(
            (0..<30).map { try .continuous("parameter-\($0)", min: "1e-4", max: "1") })
        var values = (0..<10_000).map { (index: Int) -> Double? in
            Double(index * 7_919 % 10_000 + 1)
        }
        values[6_543] = 0.5
        let record = try Self.record(values, in: space)
        var bytes = 0
        // The others have less than the rest of the megabyte, whatever the tuning job.
        for kind in [ChartKind.history, .coordinates, .slice, .timeline] {
            let figure = try #require(record.figure(kind, Self.selection))
            bytes += figure.html.utf8.count
            if kind != .timeline {
                #expect(figure.svg.contains("data-trial=\"6543\""), "\(kind)")
                #expect(figure.summary.contains(" of 10,000."), "\(figure.summary)")
            }
        }
        #expect(bytes < 800_000)
    }

    @Test("A sample has what matters, its limit, and an even spread")
    func sampling() throws {
        let record = try Self.record([1], in: .empty)
        let all = Array(0..<10_000)
        let sample = record.sample(of: all, limit: 100, important: [17, 9_999])
        #expect(sample.count == 100)
        #expect(sample == sample.sorted() && Set(sample).count == 100)
        #expect(sample.contains(17) && sample.contains(9_999))
        #expect(zip(sample, sample.dropFirst()).allSatisfy { $1 - $0 <= 103 })
        #expect(record.sample(of: all, limit: 10_000) == all)
        #expect(record.sample(of: all, limit: 10, important: all).suffix(5) == all.suffix(5))
    }

    @Test("The report's policy names the hashes of what is inline")
    func policy() {
        #expect(ReportAssets.pagePolicy.hasPrefix("default-src 'none'"))
        #expect(ReportAssets.pagePolicy.ranges(of: "'sha256-").count == 2)
        #expect(!ReportAssets.script.contains("</script"))
        #expect(!ReportAssets.stylesheet.contains("<"))
        #expect(!ReportAssets.stylesheet.contains("url("))
    }
}
