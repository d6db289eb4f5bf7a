import Tuning

extension TuningRecord {
    /// The most marks of one plot, and of all of them.
    private static let sliceCountMax = 1_000
    private static let sliceMarkCountMax = 2_000

    /// The objective by each hyperparameter, one small plot each; later ones are more striking.
    func sliceFigure(_ definition: Int) -> Figure? {
        let space = specification.definitions[definition].searchSpace
        let all = trials.filter { $0.definition == definition }.map(\.id)
        let usable = usableTrials(of: definition)
        guard space.dimension > 0,
            let objectiveAxis = ObjectiveAxis(usable.map(\.cost), of: objective)
        else { return nil }
        let finished = all.filter { trials[$0].status.isFinished }
        let members = Set(all)
        let drawn = sample(
            of: finished,
            limit: min(Self.sliceCountMax, Self.sliceMarkCountMax / space.dimension),
            important: improvements.map(\.trial).filter(members.contains))
        let best = usable.min { $0.cost < $1.cost }?.trial.id
        let summary =
            "\(objectiveAxis.title.uppercasedFirst) by each hyperparameter; the more striking the "
            + "mark, the later the training job, and the best has a ring. Failed ones are crosses "
            + "at the bottom." + objectiveAxis.remark
            + remark(drawn: drawn.count, of: finished.count)
        let columns = min(3, space.dimension)
        let rows = (space.dimension + columns - 1) / columns
        let cell = (width: 720 / Double(columns), height: columns == 1 ? 300.0 : 220.0)
        var markup = Markup(capacity: 300_000)
        markup.openPicture(
            .slice, width: 720, height: 30 + Double(rows) * cell.height,
            title: ChartKind.slice.title, summary: summary)
        markup.label(
            objectiveAxis.title, at: .init(x: 8, y: 18), name: "axis-title", lengthMax: 50)
        markup.ramp(from: "earlier", to: "later", endingAt: .init(x: 710, y: 18))
        for (index, parameter) in space.parameters.enumerated() {
            let panel = Panel(
                left: Double(index % columns) * cell.width + 56,
                top: 40 + Double(index / columns) * cell.height, width: cell.width - 76,
                height: cell.height - 70)
            slice(parameter, panel, objectiveAxis, drawn, best: best, into: &markup)
        }
        markup.closePicture()
        return Figure(
            kind: .slice, title: ChartKind.slice.title, summary: summary, svg: markup.string)
    }

    /// Draws the plot of one parameter.
    private func slice(
        _ parameter: Parameter, _ panel: Panel, _ objectiveAxis: ObjectiveAxis, _ drawn: [Trial.ID],
        best: Trial.ID?, into markup: inout Markup
    ) {
        var wanted = Int(panel.width / 50)
        var jitter = 0.0
        if case .categorical(let categories) = parameter.domain {
            wanted = max(1, Int(panel.width / 110))
            jitter = 0.5 / Double(categories.values.count)
        }
        let axis = ParameterAxis(parameter, ticks: wanted)
        markup.leftAxis(panel, objectiveAxis.axis.ticks(5), lengthMax: 7)
        let room = panel.width / Double(max(axis.ticks.count, 1)) / 6.5
        markup.bottomAxis(panel, axis.ticks, lengthMax: max(4, Int(room)))
        markup.label(
            axis.title, at: .init(x: panel.left + panel.width / 2, y: panel.bottom + 34),
            anchor: .middle, name: "axis-title", lengthMax: Int(panel.width / 7))
        for ordinal in drawn {
            let trial = trials[ordinal]
            guard var x = axis.position(of: trial.tuned) else { continue }
            // Equal categories lie beside one another, by the golden ratio and so evenly.
            x += ((Double(ordinal) * 0.618_034).truncatingRemainder(dividingBy: 1) - 0.5) * jitter
            let cost = trial.isUsable ? trial.cost : nil
            markup.dot(
                cost == nil ? .failed : TrialState(trial),
                at: panel.point(x, cost.map { objectiveAxis.position(of: $0) } ?? 0),
                trial: ordinal, colour: ordinal * 8 / max(trials.count, 1),
                isBest: ordinal == best, tooltip: words(for: trial))
        }
    }
}

extension String {
    fileprivate var uppercasedFirst: String { prefix(1).uppercased() + dropFirst() }
}

extension Markup {
    /// Writes a small mark.
    fileprivate mutating func dot(
        _ state: TrialState, at point: Point, trial: Int, colour: Int, isBest: Bool, tooltip: String
    ) {
        if isBest {
            raw("<circle class=\"best-ring\" cx=\"")
            number(point.x)
            raw("\" cy=\"")
            number(point.y)
            raw("\" r=\"6\"/>")
        }
        mark(
            state, at: point, trial: trial,
            classes: state == .failed ? "" : " dot q\(colour)", tooltip: tooltip)
    }

    /// Writes what colours mean, to the left of a point.
    mutating func ramp(from first: String, to last: String, endingAt end: Point) {
        let lastWidth = Double(last.count) * 6.6
        label(last, at: end, anchor: .end)
        for index in 0..<8 {
            rectangle(
                "swatch q\(index)",
                at: .init(x: end.x - lastWidth - 8 - Double(8 - index) * 12, y: end.y - 10),
                width: 12, height: 11)
        }
        label(first, at: .init(x: end.x - lastWidth - 112, y: end.y), anchor: .end)
    }
}
