import Tuning

extension TuningRecord {
    /// The most training jobs that the history marks.
    private static let historyCountMax = 800

    /// The objective of each training job in the order they were created, and the best so far.
    func historyFigure() -> Figure? {
        let usable = usableTrials()
        guard !trials.isEmpty else { return nil }
        let axis = ObjectiveAxis(usable.map(\.cost), of: objective)
        let improvements = improvements
        let drawn = sample(
            of: Array(trials.indices), limit: Self.historyCountMax,
            important: improvements.map(\.trial))
        let summary = historySummary(axis, drawn: drawn.count)
        let panel = Panel(left: 66, top: 40, width: 638, height: axis == nil ? 20 : 250)
        // Training jobs without a value stand below the others.
        let rail = panel.bottom + 16
        let numbers = NumberAxis(1, Double(max(trials.count, 2)))
        var markup = Markup(capacity: 200_000)
        markup.openPicture(
            .history, width: 720, height: rail + 58, title: ChartKind.history.title,
            summary: summary)
        if let axis { markup.leftAxis(panel, axis.axis.ticks()) }
        markup.bottomAxis(
            Panel(left: panel.left, top: rail, width: panel.width, height: 12),
            numbers.ticks(8).filter(\.isWhole))
        markup.label(
            axis?.title ?? "no value yet", at: .init(x: 8, y: 18), name: "axis-title", lengthMax: 50
        )
        markup.label(
            "training job", at: .init(x: panel.right, y: rail + 48), anchor: .end,
            name: "axis-title")
        let states = Set(trials.map(TrialState.init))
        markup.legend(
            TrialState.allCases.filter(states.contains), endingAt: .init(x: panel.right, y: 14))
        for ordinal in drawn {
            let trial = trials[ordinal]
            let x = numbers.position(of: Double(ordinal + 1))
            var point = panel.point(x, 0)
            if trial.isUsable, let cost = trial.cost, let axis {
                point.y = panel.point(x, axis.position(of: cost)).y
            } else {
                point.y = rail
            }
            markup.mark(TrialState(trial), at: point, trial: ordinal, tooltip: words(for: trial))
        }
        if let axis { markup.bestLine(improvements, panel, numbers, axis, count: trials.count) }
        markup.closePicture()
        return Figure(
            kind: .history, title: ChartKind.history.title, summary: summary, svg: markup.string)
    }

    private func historySummary(_ axis: ObjectiveAxis?, drawn: Int) -> String {
        guard let axis, let best, let cost = best.cost else {
            return "\(NumberText.trainingJobs(trials.count)), none with a value yet."
        }
        let metric = specification.definitions[best.definition].objective?.metric ?? "objective"
        let value = NumberText.short(value(of: cost, to: best), digits: 6)
        return "The best of \(NumberText.trainingJobs(trials.count)) is number \(best.id + 1), "
            + "with \(metric) \(value). The line is the "
            + "best so far." + axis.remark + remark(drawn: drawn, of: trials.count)
    }
}

extension Markup {
    /// Writes the best so far as steps, and a ring around the best of all.
    fileprivate mutating func bestLine(
        _ improvements: [(trial: Trial.ID, cost: Cost)], _ panel: Panel, _ numbers: NumberAxis,
        _ axis: ObjectiveAxis, count: Int
    ) {
        guard let last = improvements.last else { return }
        raw("<path class=\"best-line\" d=\"")
        var x = -Double.infinity
        for (trial, cost) in improvements {
            let point = panel.point(
                numbers.position(of: Double(trial + 1)), axis.position(of: cost))
            // Steps narrower than can be seen are left out, but not the last.
            guard point.x >= x + 0.5 || trial == last.trial else { continue }
            raw(x == -.infinity ? "M" : "H")
            number(point.x)
            raw(x == -.infinity ? " " : "V")
            number(point.y)
            x = point.x
        }
        raw("H")
        number(panel.point(numbers.position(of: Double(count)), 0).x)
        raw("\"/><circle class=\"best-ring\" cx=\"")
        let best = panel.point(
            numbers.position(of: Double(last.trial + 1)), axis.position(of: last.cost))
        number(best.x)
        raw("\" cy=\"")
        number(best.y)
        raw("\" r=\"7\"/>")
    }
}
