import Foundation
import Tuning

/// What early stopping has done to the time that training jobs took.
///
/// Of training jobs that were stopped early it is assumed that they would have gone on as long as
/// those did in the median that were completed, or trained as far as the longest.
struct Savings {
    /// Seconds that training jobs took which were not stopped early.
    private(set) var fullSeconds = 0.0
    /// Seconds that training jobs took until they were stopped early.
    private(set) var stoppedSeconds = 0.0
    /// About how many seconds the stops have saved.
    private(set) var savedSeconds = 0.0
    /// How many training jobs were stopped early.
    private(set) var stoppedCount = 0

    /// Adds up the stays of training jobs.
    init(_ trials: [TrialRecord], longest: Resource, now: Date) {
        var completed: [Double] = []
        var stopped: [Double] = []
        for trial in trials {
            let seconds = trial.stays.reduce(0) {
                $0 + max(0, ($1.end ?? now).timeIntervalSince($1.start))
            }
            if trial.isStoppedEarly(of: longest) {
                stopped.append(seconds)
            } else {
                fullSeconds += seconds
                let isFull = trial.status == .completed || trial.stopReason == .earlyStopping
                if isFull { completed.append(seconds) }
            }
        }
        stoppedCount = stopped.count
        stoppedSeconds = stopped.reduce(0, +)
        let typical = completed.isEmpty ? 0 : completed.sorted()[completed.count / 2]
        savedSeconds = stopped.reduce(0) { $0 + max(0, typical - $1) }
    }
}

extension TuningRecord {
    /// The most bars of the distribution.
    private static let binCountMax = 27

    /// How far training jobs got, and what stopping them has saved; `nil` when nothing is stopped.
    func savingsFigure(_ now: Date) -> Figure? {
        let savings = Savings(trials, longest: longestResource, now: now)
        let finished = trials.filter(\.status.isFinished)
        if case .fullTraining = specification.plan, savings.stoppedCount == 0 { return nil }
        guard !finished.isEmpty else { return nil }
        let summary = savingsSummary(savings, finished.count)
        var markup = Markup(capacity: 20_000)
        markup.openPicture(
            .savings, width: 720, height: 352, title: ChartKind.savings.title, summary: summary)
        markup.raw("<defs>")
        markup.stripes("savings-stopped")
        markup.raw("</defs>")
        markup.timeBar(savings)
        let panel = Panel(left: 66, top: 128, width: 638, height: 170)
        distribution(finished, panel, into: &markup)
        markup.closePicture()
        return Figure(
            kind: .savings, title: ChartKind.savings.title, summary: summary, svg: markup.string)
    }

    private func savingsSummary(_ savings: Savings, _ finished: Int) -> String {
        let share = Double(savings.stoppedCount) / Double(finished) * 100
        let used = savings.fullSeconds + savings.stoppedSeconds
        let saved = savings.savedSeconds
        let effect =
            used + saved > 0
            ? ", which saved about \(NumberText.duration(saved)) of training, "
                + "\(NumberText.short(saved / (used + saved) * 100, digits: 2)) % of what it would "
                + "have taken" : ""
        return "\(NumberText.count(savings.stoppedCount)) of \(NumberText.count(finished)) "
            + "finished training jobs (\(NumberText.short(share, digits: 2)) %) were stopped early"
            + (savings.stoppedCount > 0 ? effect : "") + "."
    }

    /// Draws how many training jobs ended after how many reports.
    private func distribution(
        _ finished: [TrialRecord], _ panel: Panel, into markup: inout Markup
    ) {
        let longestResource = longestResource
        let longest = max(1, longestResource.units)
        let width = (longest + Self.binCountMax) / Self.binCountMax
        let binCount = longest / width + 1
        var full = [Int](repeating: 0, count: binCount)
        var stopped = full
        for trial in finished {
            let bin = min(trial.resource.units / width, binCount - 1)
            if trial.isStoppedEarly(of: longestResource) {
                stopped[bin] += 1
            } else {
                full[bin] += 1
            }
        }
        let most = zip(full, stopped).map(+).max() ?? 1
        let counts = NumberAxis(0, Double(max(most, 1)) * 1.05)
        markup.label(
            "training jobs by how far they got", at: .init(x: 8, y: panel.top - 16),
            name: "axis-title")
        markup.leftAxis(panel, counts.ticks(5).filter(\.isWhole))
        let every = (binCount + 13) / 14
        markup.bottomAxis(
            panel,
            (0..<binCount).filter { $0.isMultiple(of: every) }.map { bin in
                Tick(
                    position: (Double(bin) + 0.5) / Double(binCount),
                    label: width == 1 ? "\(bin)" : "\(bin * width)–\(bin * width + width - 1)")
            })
        markup.label(
            "reports of the objective", at: .init(x: panel.right, y: panel.bottom + 36),
            anchor: .end, name: "axis-title")
        for bin in 0..<binCount {
            let left = panel.left + panel.width * (Double(bin) + 0.12) / Double(binCount)
            let barWidth = panel.width * 0.76 / Double(binCount)
            let fullTop = panel.point(0, counts.position(of: Double(full[bin]))).y
            let top = panel.point(0, counts.position(of: Double(full[bin] + stopped[bin]))).y
            let place = width == 1 ? "\(bin)" : "\(bin * width) to \(bin * width + width - 1)"
            if full[bin] > 0 {
                markup.rectangle(
                    "bar", at: .init(x: left, y: fullTop), width: barWidth,
                    height: panel.bottom - fullTop,
                    tooltip: "after \(place) reports: \(full[bin]) not stopped early")
            }
            if stopped[bin] > 0 {
                markup.stoppedBar(
                    at: .init(x: left, y: top), width: barWidth, height: fullTop - top,
                    tooltip: "after \(place) reports: \(stopped[bin]) stopped early")
            }
        }
    }
}

extension Markup {
    fileprivate mutating func stoppedBar(
        at corner: Point, width: Double, height: Double, tooltip: String
    ) {
        raw("<rect class=\"saved\" fill=\"url(#savings-stopped)\" x=\"")
        number(corner.x)
        raw("\" y=\"")
        number(corner.y)
        raw("\" width=\"")
        number(width)
        raw("\" height=\"")
        number(height)
        raw("\"><title>")
        text(tooltip)
        raw("</title></rect>")
    }

    /// Writes the time that was used and saved as parts of one bar, with their lengths below.
    fileprivate mutating func timeBar(_ savings: Savings) {
        label("training time", at: .init(x: 8, y: 18), name: "axis-title")
        let parts = [
            ("trained", savings.fullSeconds), ("stopped early", savings.stoppedSeconds),
            ("saved", savings.savedSeconds),
        ]
        let all = parts.reduce(0) { $0 + $1.1 }
        var x = 8.0
        for (index, part) in parts.enumerated() {
            let width = all > 0 ? 696 * part.1 / all : 0
            let text = "\(part.0): \(NumberText.duration(part.1))"
            let corner = Point(x: x, y: 30)
            let key = Point(x: 8 + Double(index) * 200, y: 66)
            switch index {
            case 0:
                rectangle("bar", at: corner, width: width, height: 24, tooltip: text)
                rectangle("bar", at: key, width: 18, height: 11)
            case 1:
                stoppedBar(at: corner, width: width, height: 24, tooltip: text)
                stoppedBar(at: key, width: 18, height: 11, tooltip: text)
            default:
                rectangle("spared", at: corner, width: width, height: 24, tooltip: text)
                rectangle("spared", at: key, width: 18, height: 11)
            }
            label(text, at: .init(x: key.x + 25, y: 76), name: "number")
            x += width
        }
    }
}
