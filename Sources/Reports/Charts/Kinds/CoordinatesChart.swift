import Tuning

// The script finds by classes and data attributes what it needs for brushing: each `.dimension`
// says where its axis is, and line k of the picture has a vertex on axis k.

extension TuningRecord {
    /// The most lines that are drawn, and the most vertices of all of them.
    private static let lineCountMax = 500
    private static let vertexCountMax = 6_000

    /// All hyperparameters and the objective of each training job as one line.
    func coordinatesFigure(_ definition: Int) -> Figure? {
        let space = specification.definitions[definition].searchSpace
        let all = trials.filter { $0.definition == definition }.map(\.id)
        guard space.dimension > 0, !all.isEmpty else { return nil }
        let axes = space.parameters.map { ParameterAxis($0) }
        let usable = usableTrials(of: definition)
        let objectiveAxis = ObjectiveAxis(usable.map(\.cost), of: objective)
        let limit = min(Self.lineCountMax, Self.vertexCountMax / (axes.count + 1))
        let best = usable.min { $0.cost < $1.cost }?.trial.id
        let drawn = sample(
            of: all, limit: limit, important: improvements.map(\.trial).filter(Set(all).contains))
        let summary = coordinatesSummary(
            axes.count, objectiveAxis, drawn: drawn.count, of: all.count)
        let width = max(720, Double(axes.count + 1) * 104 + 40)
        let spacing = (width - 150) / Double(axes.count)
        let panel = Panel(left: 70, top: 44, width: width - 150, height: 270)
        var markup = Markup(capacity: 200_000)
        markup.openPicture(
            .coordinates, width: width, height: 336, title: ChartKind.coordinates.title,
            summary: summary, classes: width > 720 ? " wide interactive" : " interactive")
        for ordinal in drawn.sorted(by: { isDrawnBefore($0, $1) }) {
            var vertices: [Markup.Point] = []
            for (index, axis) in axes.enumerated() {
                let position = axis.position(of: trials[ordinal].tuned) ?? 0
                vertices.append(
                    .init(
                        x: panel.left + Double(index) * spacing, y: panel.point(0, position).y))
            }
            var colour = ""
            if let cost = trials[ordinal].cost, trials[ordinal].isUsable, let objectiveAxis {
                vertices.append(
                    .init(x: panel.right, y: panel.point(0, objectiveAxis.position(of: cost)).y))
                colour = " \(objectiveAxis.colour(of: cost))"
            }
            markup.trialLine(
                vertices, trials[ordinal], classes: colour + (ordinal == best ? " best" : ""),
                tooltip: words(for: trials[ordinal]))
        }
        for (index, axis) in axes.enumerated() {
            markup.dimension(
                axis.ticks, title: axis.title, number: index,
                Panel(
                    left: panel.left + Double(index) * spacing, top: panel.top, width: spacing,
                    height: panel.height))
        }
        if let objectiveAxis {
            markup.dimension(
                objectiveAxis.axis.ticks(), title: objective?.metric ?? "objective",
                number: axes.count,
                Panel(left: panel.right, top: panel.top, width: spacing, height: panel.height))
        }
        markup.closePicture()
        return Figure(
            kind: .coordinates, title: ChartKind.coordinates.title, summary: summary,
            svg: markup.string)
    }

    /// Training jobs without a value are drawn first, then the worse before the better.
    private func isDrawnBefore(_ left: Trial.ID, _ right: Trial.ID) -> Bool {
        let one = trials[left].isUsable ? trials[left].cost?.value ?? .infinity : .infinity
        let other = trials[right].isUsable ? trials[right].cost?.value ?? .infinity : .infinity
        return (one, left) > (other, right)
    }

    private func coordinatesSummary(
        _ count: Int, _ axis: ObjectiveAxis?, drawn: Int, of total: Int
    ) -> String {
        let parameters = count == 1 ? "1 hyperparameter" : "\(count) hyperparameters"
        return "Each line is a training job through its \(parameters)"
            + (axis.map { " and \($0.title); the more striking the line, the better" } ?? "")
            + ". Dotted ones failed, dashed ones are not over. Drag along an axis to keep the "
            + "lines that pass there, or use the arrow keys."
            + (axis?.remark ?? "") + remark(drawn: drawn, of: total)
    }
}

extension Markup {
    /// Writes one training job's line.
    fileprivate mutating func trialLine(
        _ vertices: [Point], _ trial: TrialRecord, classes: String, tooltip: String
    ) {
        raw("<polyline class=\"mark line \(TrialState(trial).rawValue)\(classes)\" data-trial=\"")
        integer(trial.id)
        raw("\" points=\"")
        for (index, vertex) in vertices.enumerated() {
            if index > 0 { raw(" ") }
            number(vertex.x)
            raw(",")
            number(vertex.y)
        }
        raw("\"><title>")
        text(tooltip)
        raw("</title></polyline>")
    }

    /// Writes an axis with its labels and its name.
    fileprivate mutating func dimension(
        _ ticks: [Tick], title: String, number index: Int, _ panel: Panel
    ) {
        raw("<g class=\"dimension\" data-index=\"")
        integer(index)
        raw("\" data-x=\"")
        number(panel.left)
        raw("\" data-top=\"")
        number(panel.top)
        raw("\" data-bottom=\"")
        number(panel.bottom)
        raw("\" data-name=\"")
        text(title)
        raw("\">")
        line("axis", from: panel.point(0, 0), to: panel.point(0, 1))
        for tick in ticks {
            let point = panel.point(0, tick.position)
            line("axis", from: point, to: Point(x: point.x + 4, y: point.y))
            label(
                tick.label, at: Point(x: point.x - 7, y: point.y + 4), anchor: .end,
                name: "tick", lengthMax: 10)
        }
        label(
            title, at: Point(x: panel.left, y: panel.top - 16), anchor: .middle,
            name: "axis-title", lengthMax: max(10, Int(panel.width / 7.5)))
        raw("</g>")
    }
}
