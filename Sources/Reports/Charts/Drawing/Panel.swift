/// A rectangle of a drawing in which something is plotted.
struct Panel {
    /// The left edge.
    let left: Double
    /// The upper edge.
    let top: Double
    /// The width.
    let width: Double
    /// The height.
    let height: Double

    /// The right edge.
    var right: Double { left + width }
    /// The lower edge.
    var bottom: Double { top + height }

    /// The point at a fraction of the width from the left and of the height from below.
    func point(_ horizontal: Double, _ vertical: Double) -> Markup.Point {
        Markup.Point(x: left + horizontal * width, y: bottom - vertical * height)
    }
}

extension Markup {
    /// Opens a picture with what it shows in words.
    ///
    /// - Parameter classes: More classes, with a space before each.
    mutating func openPicture(
        _ kind: ChartKind, width: Double, height: Double, title: String, summary: String,
        classes: String = ""
    ) {
        raw(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"picture \(kind.rawValue)\(classes)\""
        )
        raw(" data-chart=\"\(kind.rawValue)\" viewBox=\"0 0 ")
        number(width)
        raw(" ")
        number(height)
        raw("\" width=\"")
        number(width)
        raw("\" height=\"")
        number(height)
        raw("\" role=\"img\"><title>")
        text(title)
        raw("</title><desc>")
        text(summary)
        raw("</desc>")
    }

    /// Closes a picture.
    mutating func closePicture() { raw("</svg>") }

    /// Writes labels to the left of a panel, and horizontal lines unless these would cover it.
    mutating func leftAxis(
        _ panel: Panel, _ ticks: [Tick], lengthMax: Int = 9, hasLines: Bool = true
    ) {
        for tick in ticks {
            let start = panel.point(0, tick.position)
            line(
                hasLines ? "grid" : "axis", from: hasLines ? panel.point(1, tick.position) : start,
                to: hasLines ? start : Point(x: start.x - 4, y: start.y))
            label(
                tick.label, at: Point(x: start.x - 7, y: start.y + 4), anchor: .end,
                lengthMax: lengthMax)
        }
        line("axis", from: panel.point(0, 0), to: panel.point(0, 1))
    }

    /// Writes labels below a panel.
    mutating func bottomAxis(_ panel: Panel, _ ticks: [Tick], lengthMax: Int = 12) {
        line("axis", from: panel.point(0, 0), to: panel.point(1, 0))
        for tick in ticks {
            let start = panel.point(tick.position, 0)
            line("axis", from: start, to: Point(x: start.x, y: start.y + 4))
            label(
                tick.label, at: Point(x: start.x, y: start.y + 17), anchor: .middle,
                lengthMax: lengthMax)
        }
    }
}
