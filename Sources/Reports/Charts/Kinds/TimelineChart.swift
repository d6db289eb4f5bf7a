import Foundation
import Tuning

extension TuningRecord {
    /// The most slots and the most bars that are drawn.
    private static let laneCountMax = 48
    private static let barCountMax = 900

    /// When training jobs held a slot; bars too narrow to be seen are drawn together.
    func timelineFigure(_ now: Date) -> Figure? {
        let lanes = SlotLanes(trials, now: now)
        guard let start = lanes.start, let end = lanes.end else { return nil }
        let seconds = max(end.timeIntervalSince(start), 1e-3)
        let shown = min(lanes.lanes.count, Self.laneCountMax)
        let summary = timelineSummary(lanes, seconds: seconds, shown: shown)
        let height = shown <= 12 ? 22.0 : shown <= 24 ? 15 : 10
        let panel = Panel(left: 66, top: 34, width: 638, height: Double(shown) * height)
        let axis = NumberAxis(0, seconds)
        let narrowest = max(1, panel.width * Double(shown) / Double(Self.barCountMax))
        var markup = Markup(capacity: 200_000)
        markup.openPicture(
            .timeline, width: 720, height: panel.bottom + 44, title: ChartKind.timeline.title,
            summary: summary)
        markup.patterns()
        markup.bottomAxis(panel, DurationTicks.ticks(axis))
        markup.label("slot", at: .init(x: 8, y: 18), name: "axis-title")
        markup.label(
            "time since the first start", at: .init(x: panel.right, y: panel.bottom + 36),
            anchor: .end, name: "axis-title")
        let states = Set(trials.filter { !$0.stays.isEmpty }.map(TrialState.init))
        markup.barLegend(
            TrialState.allCases.filter(states.contains), endingAt: .init(x: panel.right, y: 14))
        for (number, lane) in lanes.lanes.prefix(shown).enumerated() {
            let top = panel.top + Double(number) * height
            if shown <= 24 || number.isMultiple(of: 4) {
                markup.label(
                    "\(number + 1)", at: .init(x: panel.left - 8, y: top + height / 2 + 4),
                    anchor: .end)
            }
            for bar in lane.merged(narrowest: narrowest / panel.width * seconds) {
                let left = axis.position(of: bar.start.timeIntervalSince(start))
                let right = axis.position(of: bar.end.timeIntervalSince(start))
                markup.bar(
                    bar, at: .init(x: panel.left + left * panel.width, y: top + 1.5),
                    width: max((right - left) * panel.width - 0.6, 0.8), height: height - 3,
                    tooltip: tooltip(of: bar))
            }
        }
        markup.closePicture()
        return Figure(
            kind: .timeline, title: ChartKind.timeline.title, summary: summary, svg: markup.string)
    }

    private func timelineSummary(_ lanes: SlotLanes, seconds: Double, shown: Int) -> String {
        let share = lanes.busySeconds / (seconds * Double(lanes.lanes.count))
        return "\(NumberText.trainingJobs(trials.count)) over \(lanes.lanes.count) "
            + (lanes.lanes.count == 1 ? "slot" : "slots")
            + " in \(NumberText.duration(seconds)); slots were busy "
            + "\(NumberText.short(min(share, 1) * 100, digits: 3)) % of the time."
            + (shown < lanes.lanes.count
                ? " Drawn: \(shown) of \(NumberText.count(lanes.lanes.count)) slots." : "")
    }

    private func tooltip(of bar: SlotBar) -> String {
        let time = NumberText.duration(bar.end.timeIntervalSince(bar.start))
        return bar.count == 1
            ? "\(words(for: trials[bar.trial])), \(time)"
            : "\(NumberText.trainingJobs(bar.count)), \(time)"
    }
}

/// Labels of times since a start, in the unit that fits.
enum DurationTicks {
    /// The ticks of an axis of seconds.
    static func ticks(_ axis: NumberAxis) -> [Tick] {
        let units: [(least: Double, seconds: Double, name: String)] = [
            (172_800, 86_400, "d"), (7_200, 3_600, "h"), (120, 60, "min"), (2, 1, "s"),
        ]
        let unit = units.first { axis.upper >= $0.least } ?? (0, 0.001, "ms")
        return NumberAxis(axis.lower / unit.seconds, axis.upper / unit.seconds).ticks().map {
            Tick(position: $0.position, label: "\($0.label) \(unit.name)")
        }
    }
}

extension Markup {
    /// Writes the patterns of bars.
    fileprivate mutating func patterns() {
        raw("<defs>")
        stripes("timeline-stopped")
        raw("<pattern id=\"timeline-failed\" width=\"6\" height=\"6\" ")
        raw("patternUnits=\"userSpaceOnUse\"><path class=\"cross\" d=\"M0 0L6 6M6 0L0 6\"/>")
        raw("</pattern></defs>")
    }

    /// Writes a bar.
    fileprivate mutating func bar(
        _ bar: SlotBar, at corner: Point, width: Double, height: Double, tooltip: String
    ) {
        let name = bar.state?.rawValue ?? "mixed"
        raw("<rect class=\"mark stay stay-\(name)\" data-trial=\"")
        integer(bar.trial)
        raw("\" x=\"")
        number(corner.x)
        raw("\" y=\"")
        number(corner.y)
        raw("\" width=\"")
        number(width)
        raw("\" height=\"")
        number(height)
        if name == "stopped" || name == "failed" { raw("\" fill=\"url(#timeline-\(name))") }
        raw("\"><title>")
        text(tooltip)
        raw("</title></rect>")
    }

    /// Writes what patterns mean, to the left of a point.
    fileprivate mutating func barLegend(_ states: [TrialState], endingAt end: Point) {
        var x = end.x
        for state in states.reversed() {
            x -= Double(state.rawValue.count) * 6.6
            label(state.rawValue, at: Point(x: x, y: end.y + 4))
            raw("<rect class=\"stay stay-\(state.rawValue)\" x=\"")
            number(x - 24)
            raw("\" y=\"")
            number(end.y - 5)
            raw("\" width=\"19\" height=\"11\"")
            if state == .stopped || state == .failed {
                raw(" fill=\"url(#timeline-\(state.rawValue))\"")
            }
            raw("/>")
            x -= 40
        }
    }
}
