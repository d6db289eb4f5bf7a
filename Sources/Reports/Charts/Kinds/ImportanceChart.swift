import Tuning

extension TuningRecord {
    /// How much of the objective's variance each hyperparameter explains by itself, as bars.
    func importanceFigure(_ definition: Int) -> Figure? {
        let space = specification.definitions[definition].searchSpace
        guard space.dimension > 1, let importances = importances(definition: definition),
            let first = importances.first
        else { return nil }
        let summary =
            "How much of the differences in \(objective?.metric ?? "the objective") each "
            + "hyperparameter explains by itself; most: \(first.parameter), "
            + "\(NumberText.fixed(first.share * 100, decimals: 1)) %."
        let height = 26.0
        let panel = Panel(
            left: 190, top: 12, width: 450, height: Double(importances.count) * height)
        let axis = NumberAxis(0, max(first.share * 100, 1))
        var markup = Markup(capacity: 16_000)
        markup.openPicture(
            .importance, width: 720, height: panel.bottom + 44, title: ChartKind.importance.title,
            summary: summary)
        markup.bottomAxis(
            panel,
            axis.ticks().map { Tick(position: $0.position, label: "\($0.label) %") })
        for (index, importance) in importances.enumerated() {
            let top = panel.top + Double(index) * height
            let share = NumberText.fixed(importance.share * 100, decimals: 1) + " %"
            let width = axis.position(of: importance.share * 100) * panel.width
            markup.label(
                importance.parameter, at: .init(x: panel.left - 10, y: top + 17), anchor: .end,
                name: "number", lengthMax: 26)
            markup.rectangle(
                "bar", at: .init(x: panel.left, y: top + 4), width: max(width, 1),
                height: height - 8, tooltip: "\(importance.parameter): \(share)")
            markup.label(
                share, at: .init(x: panel.left + width + 8, y: top + 17), name: "number")
        }
        markup.closePicture()
        return Figure(
            kind: .importance, title: ChartKind.importance.title, summary: summary,
            svg: markup.string)
    }
}
