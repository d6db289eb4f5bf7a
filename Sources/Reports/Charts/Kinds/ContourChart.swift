import Strategies
import Tuning

extension TuningRecord {
    /// Cells of a numeric parameter.
    private static let contourCellCount = 36
    /// The most observed points that are drawn on either side.
    private static let observedCountMax = 300

    /// What the model believes over two parameters, the others being those of the best: what it
    /// expects on the left, how unsure it is on the right.
    ///
    /// - Complexity: The fit of a Gaussian process to a few hundred observations, about as long as
    ///   one suggestion of Bayesian optimisation.
    func contourFigure(
        _ definition: Int, _ parameters: (Parameter.Name, Parameter.Name)?
    ) -> Figure? {
        let space = specification.definitions[definition].searchSpace
        let usable = usableTrials(of: definition)
        guard let best = usable.min(by: { $0.cost < $1.cost })?.trial,
            let chosen = parameters ?? contourParameters(definition),
            let horizontal = space.parameters.first(where: { $0.name == chosen.0 }),
            let vertical = space.parameters.first(where: { $0.name == chosen.1 })
        else { return nil }
        let finished = trials.filter { $0.definition == definition && $0.status.isFinished }
        guard
            let surface = CostSurface(
                space: space,
                observations: finished.filter { $0.isUsable || $0.status == .failed }
                    .map { ($0.tuned, $0.isUsable ? $0.cost : nil) },
                horizontal: horizontal.name, vertical: vertical.name, at: best.tuned,
                columns: Self.contourCellCount, rows: Self.contourCellCount),
            let means = ObjectiveAxis(usable.map(\.cost), of: objective)
        else { return nil }
        let observed = sample(
            of: finished.map(\.id), limit: Self.observedCountMax, important: [best.id])
        let summary =
            "What a Gaussian process expects of \(means.title) over \(horizontal.name) and "
            + "\(vertical.name), left, and how unsure it is, right"
            + (space.dimension > 2 ? "; other hyperparameters as in the best" : "")
            + ". Marks are training jobs." + remark(drawn: observed.count, of: finished.count)
        var markup = Markup(capacity: 150_000)
        markup.openPicture(
            .contour, width: 720, height: 386, title: ChartKind.contour.title, summary: summary)
        let axes = (ParameterAxis(horizontal), ParameterAxis(vertical))
        let deviations = Self.deviationAxis(surface.deviations)
        let expected = surface.means.map { Cost($0).map { means.quality(of: $0) } ?? 0 }
        let sides: [(title: String, grid: Grid, labels: [String])] = [
            (
                "expected \(objective?.metric ?? "objective")",
                Grid(columns: surface.columns, rows: surface.rows, expected, ramp: "a"),
                means.labels
            ),
            (
                "deviation",
                Grid(
                    columns: surface.columns, rows: surface.rows,
                    surface.deviations.map { deviations.position(of: $0) }, ramp: "d"),
                [NumberText.short(deviations.lower), NumberText.short(deviations.upper, digits: 3)]
            ),
        ]
        for (index, side) in sides.enumerated() {
            let panel = Panel(
                left: 76 + Double(index) * 356, top: 36, width: 270, height: 270)
            markup.surface(side.grid, side.title, side.labels, axes, panel)
            for ordinal in observed where ordinal != best.id {
                markup.observed(trials[ordinal], axes, panel, "", words(for: trials[ordinal]))
            }
            markup.observed(best, axes, panel, " best", words(for: best))
        }
        markup.closePicture()
        return Figure(
            kind: .contour, title: ChartKind.contour.title, summary: summary, svg: markup.string)
    }

    /// The axis of deviations, logarithmic where they differ much.
    private static func deviationAxis(_ deviations: [Double]) -> NumberAxis {
        let (least, greatest) = (deviations.min() ?? 0, deviations.max() ?? 1)
        return least > 0 && greatest / least >= 1_000
            ? NumberAxis(least, greatest, scale: .logarithmic) : NumberAxis(0, greatest)
    }

    /// The two most important numeric parameters, or the first two.
    private func contourParameters(_ definition: Int) -> (Parameter.Name, Parameter.Name)? {
        let all = specification.definitions[definition].searchSpace.parameters.filter {
            $0.domain.valueCount != 1
        }
        let numeric = all.filter { ParameterAxis($0).isNumeric }
        var names = (numeric.count >= 2 ? numeric : all).map(\.name)
        guard names.count >= 2 else { return nil }
        if names.count > 2, let importances = importances(definition: definition) {
            let known = Set(names)
            let ranked = importances.map(\.parameter).filter(known.contains)
            if ranked.count >= 2 { names = ranked }
        }
        return (names[0], names[1])
    }
}

extension ParameterAxis {
    /// Whether values are numbers.
    fileprivate var isNumeric: Bool {
        if case .categorical = parameter.domain { return false }
        return true
    }
}

extension ObjectiveAxis {
    /// The values at the worst end and at the best.
    fileprivate var labels: [String] {
        [worstShown, best].map { NumberText.short($0, digits: 3) }
    }
}

extension Markup {
    /// Writes a surface with its axes, its title and what its colours mean.
    fileprivate mutating func surface(
        _ grid: Grid, _ title: String, _ labels: [String], _ axes: (ParameterAxis, ParameterAxis),
        _ panel: Panel
    ) {
        label(title, at: .init(x: panel.left, y: 18), name: "axis-title", lengthMax: 30)
        grid.draw(in: panel, hasLines: axes.0.isNumeric && axes.1.isNumeric, into: &self)
        leftAxis(panel, axes.1.ticks, hasLines: false)
        bottomAxis(panel, axes.0.ticks, lengthMax: 8)
        uprightLabel(
            axes.1.title, at: .init(x: panel.left - 54, y: panel.top + panel.height / 2),
            lengthMax: 30)
        label(
            axes.0.title, at: .init(x: panel.left + panel.width / 2, y: panel.bottom + 36),
            anchor: .middle, name: "axis-title", lengthMax: 30)
        areaRamp(grid.ramp, labels, at: .init(x: panel.left, y: panel.bottom + 56))
    }

    /// Writes the mark of a training job on a surface.
    fileprivate mutating func observed(
        _ trial: TrialRecord, _ axes: (ParameterAxis, ParameterAxis), _ panel: Panel,
        _ classes: String, _ tooltip: String
    ) {
        guard let x = axes.0.position(of: trial.tuned), let y = axes.1.position(of: trial.tuned)
        else { return }
        mark(
            trial.isUsable ? .completed : .failed, at: panel.point(x, y), trial: trial.id,
            classes: " observed\(classes)", tooltip: tooltip)
    }

    /// Writes what the colours of a surface mean.
    fileprivate mutating func areaRamp(_ name: String, _ labels: [String], at corner: Point) {
        for index in 0..<10 {
            let x = corner.x + 60 + Double(index) * 14
            raw("<path class=\"area \(name)\(index)\" d=\"M")
            coordinates(.init(x: x, y: corner.y))
            raw("h14v10h-14z\"/>")
        }
        label(labels[0], at: .init(x: corner.x + 54, y: corner.y + 9), anchor: .end)
        label(labels[1], at: .init(x: corner.x + 206, y: corner.y + 9))
    }
}
