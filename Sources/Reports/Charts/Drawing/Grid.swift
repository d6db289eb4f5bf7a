/// Numbers from 0 to 1 on a grid of cells, drawn as areas of ten colours with lines between them.
struct Grid {
    /// How many colours there are.
    private static let levelCount = 10

    /// The first letter of the areas' classes.
    let ramp: String
    private let columns: Int
    private let rows: Int
    private let heights: [Double]

    /// Takes the heights of cells, row-major, row 0 lowest.
    init(columns: Int, rows: Int, _ heights: [Double], ramp: String) {
        precondition(heights.count == columns * rows, "\(heights.count) cells")
        self.columns = columns
        self.rows = rows
        self.heights = heights
        self.ramp = ramp
    }

    /// Draws the cells, and lines where heights come to the next colour.
    ///
    /// - Parameter hasLines: Whether neighbouring cells are neighbours in fact; categories are not.
    func draw(in panel: Panel, hasLines: Bool, into markup: inout Markup) {
        for level in 0..<Self.levelCount { drawCells(level, in: panel, into: &markup) }
        guard hasLines, rows > 1, columns > 1 else { return }
        markup.raw("<path class=\"level\" d=\"")
        for level in 1..<Self.levelCount {
            drawLines(Double(level) / Double(Self.levelCount), in: panel, into: &markup)
        }
        markup.raw("\"/>")
    }

    private func level(_ column: Int, _ row: Int) -> Int {
        let level = heights[row * columns + column] * Double(Self.levelCount)
        return min(max(Int(level), 0), Self.levelCount - 1)
    }

    /// Draws the cells of one colour; neighbours in a row are one rectangle.
    private func drawCells(_ level: Int, in panel: Panel, into markup: inout Markup) {
        let (width, height) = (panel.width / Double(columns), panel.height / Double(rows))
        markup.raw("<path class=\"area \(ramp)\(level)\" d=\"")
        for row in 0..<rows {
            var column = 0
            while column < columns {
                var end = column
                while end < columns, self.level(end, row) == level { end += 1 }
                if end > column {
                    markup.raw("M")
                    markup.coordinates(
                        .init(
                            x: panel.left + Double(column) * width,
                            y: panel.bottom - Double(row + 1) * height))
                    markup.raw("h")
                    markup.number(Double(end - column) * width)
                    markup.raw("v")
                    markup.number(height)
                    markup.raw("h")
                    markup.number(Double(column - end) * width)
                    markup.raw("z")
                }
                column = max(end, column + 1)
            }
        }
        markup.raw("\"/>")
    }

    /// Draws where the heights between the middles of cells are at a threshold: marching squares.
    private func drawLines(_ threshold: Double, in panel: Panel, into markup: inout Markup) {
        for row in 0..<rows - 1 {
            for column in 0..<columns - 1 {
                let crossings = crossings(of: threshold, column, row)
                // Four crossings are a saddle; either way of joining them is right.
                for pair in stride(from: 0, to: crossings.count - 1, by: 2) {
                    markup.raw("M")
                    markup.coordinates(point(crossings[pair], in: panel))
                    markup.raw("L")
                    markup.coordinates(point(crossings[pair + 1], in: panel))
                }
            }
        }
    }

    /// Where a threshold is crossed on the edges of the square above and to the right of a cell's
    /// middle, in cells.
    private func crossings(of threshold: Double, _ column: Int, _ row: Int) -> [(Double, Double)] {
        let corners = [(0, 0), (1, 0), (1, 1), (0, 1)].map { (column + $0.0, row + $0.1) }
        let values = corners.map { heights[$0.1 * columns + $0.0] }
        guard values.contains(where: { $0 < threshold }),
            values.contains(where: { $0 >= threshold })
        else { return [] }
        var found: [(Double, Double)] = []
        for edge in 0..<4 {
            let next = (edge + 1) % 4
            let (one, other) = (values[edge], values[next])
            guard (one < threshold) != (other < threshold) else { continue }
            let share = (threshold - one) / (other - one)
            let (start, end) = (corners[edge], corners[next])
            found.append(
                (
                    Double(start.0) + share * Double(end.0 - start.0),
                    Double(start.1) + share * Double(end.1 - start.1)
                ))
        }
        return found
    }

    private func point(_ cell: (Double, Double), in panel: Panel) -> Markup.Point {
        panel.point((cell.0 + 0.5) / Double(columns), (cell.1 + 0.5) / Double(rows))
    }
}
