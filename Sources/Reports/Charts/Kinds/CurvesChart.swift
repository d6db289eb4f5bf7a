import Tuning

extension TuningRecord {
    /// The most learning curves that are drawn, and the most points of each.
    private static let curveCountMax = 60
    private static let curvePointCountMax = 120

    /// What training jobs reported on their way: the best, the latest, and a spread of the others.
    func curvesFigure() -> Figure? {
        let all = trials.filter { !$0.curve.points.isEmpty }.map(\.id)
        let longest = all.map { trials[$0].resource.units }.max() ?? 0
        guard longest > 1 else { return nil }
        let ranked = all.sorted { isWorse($0, than: $1) }
        let best = best?.id ?? ranked[ranked.count - 1]
        let drawn = Set(
            sample(
                of: ranked.indices.map { $0 }, limit: Self.curveCountMax,
                important: ranked.indices.filter {
                    ranked[$0] == best || ranked[$0] >= trials.count - 10
                }
            ).map { ranked[$0] })
        // The better ones are drawn over the others.
        let order = ranked.filter { drawn.contains($0) && $0 != best } + [best]
        let points = order.map { trials[$0].curve.thinned(to: Self.curvePointCountMax) }
        guard let axis = ObjectiveAxis(points.flatMap(\.landmarks), of: objective) else {
            return nil
        }
        let numbers = NumberAxis(1, Double(longest))
        let summary = curvesSummary(all, drawn: order.count, best: best)
        let panel = Panel(left: 66, top: 40, width: 638, height: 280)
        var markup = Markup(capacity: 100_000)
        markup.openPicture(
            .curves, width: 720, height: 378, title: ChartKind.curves.title, summary: summary)
        markup.leftAxis(panel, axis.axis.ticks())
        markup.bottomAxis(panel, numbers.ticks(8).filter(\.isWhole))
        markup.label(
            axis.title, at: .init(x: 8, y: 18), name: "axis-title", lengthMax: 50)
        markup.label(
            "reports of the objective", at: .init(x: panel.right, y: 366), anchor: .end,
            name: "axis-title")
        markup.legend(
            TrialState.allCases.filter(Set(order.map { TrialState(trials[$0]) }).contains),
            endingAt: .init(x: panel.right, y: 14))
        for (trial, points) in zip(order, points) {
            markup.curve(
                points.map {
                    panel.point(
                        numbers.position(of: Double($0.resource)), axis.position(of: $0.cost))
                },
                of: trials[trial],
                colour: axis.colour(of: points[points.count - 1].cost), isBest: trial == best,
                tooltip: words(for: trials[trial]))
        }
        markup.closePicture()
        return Figure(
            kind: .curves, title: ChartKind.curves.title, summary: summary, svg: markup.string)
    }

    /// The order in which curves are drawn: those without a cost first, then by cost.
    private func isWorse(_ left: Trial.ID, than right: Trial.ID) -> Bool {
        let (one, other) = (trials[left].cost?.value, trials[right].cost?.value)
        return (one ?? .infinity, left) > (other ?? .infinity, right)
    }

    private func curvesSummary(_ all: [Trial.ID], drawn: Int, best: Trial.ID) -> String {
        let longest = longestResource
        let stopped = all.filter { trials[$0].isStoppedEarly(of: longest) }.count
        let remark = drawn == all.count ? "" : ": the best, the latest and a spread of the others"
        return "Each line is one training job; the strong one is the best, number \(best + 1). "
            + "\(NumberText.count(stopped)) of \(NumberText.count(all.count)) stopped early"
            + (stopped > 0 ? ", dashed and ending in a triangle." : ".")
            + (drawn == all.count
                ? ""
                : " Drawn: \(NumberText.count(drawn)) of \(NumberText.count(all.count))\(remark).")
    }
}

extension [LearningCurve.Point] {
    /// The costs that the axis is to show: the first, the best and the last.
    ///
    /// All of them would give curves a weight by their length.
    fileprivate var landmarks: [Cost] {
        [first?.cost, map(\.cost).min(), last?.cost].compactMap(\.self)
    }
}

extension LearningCurve {
    /// Some of the points, evenly spread, with the first and the last.
    fileprivate func thinned(to limit: Int) -> [Point] {
        guard points.count > limit else { return points }
        return (0..<limit).map { points[$0 * (points.count - 1) / (limit - 1)] }
    }
}

extension Markup {
    /// Writes a learning curve and how it ends.
    fileprivate mutating func curve(
        _ points: [Point], of trial: TrialRecord, colour: String, isBest: Bool, tooltip: String
    ) {
        let state = TrialState(trial)
        let classes = "\(state.rawValue) \(colour)\(isBest ? " best" : "")"
        raw("<path class=\"mark curve \(classes)\" data-trial=\"")
        integer(trial.id)
        raw("\" d=\"M")
        coordinates(points[0])
        for point in points.dropFirst() {
            raw("L")
            coordinates(point)
        }
        raw("\"><title>")
        text(tooltip)
        raw("</title></path><path class=\"end \(classes)\" d=\"M")
        coordinates(points[points.count - 1])
        raw(state.outline)
        raw("\"/>")
    }
}
