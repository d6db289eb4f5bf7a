import Foundation

// Notation
//   cell     one character of the terminal
//   dot      where something can be seen: 2 × 4 in a cell of Braille, one in a cell of ASCII

/// The course of a tuning job as lines of text: what each training job came to, and the best so
/// far.
package struct HistoryPlot: Sendable {
    /// The characters a terminal can show.
    package enum Characters: Sendable {
        /// Braille patterns, of eight dots each.
        case braille
        /// `*` for the best so far and `.` for others.
        case ascii
    }

    /// The values by training job; `nil` where there is none.
    package let values: [Double?]
    /// Whether more is better.
    package let isMaximum: Bool
    /// What may be printed.
    package let characters: Characters
    /// Whether the best so far is drawn in green and the axis dimly.
    package let hasColours: Bool

    /// Describes a plot.
    package init(
        values: [Double?], isMaximum: Bool, characters: Characters, hasColours: Bool = false
    ) {
        self.values = values
        self.isMaximum = isMaximum
        self.characters = characters
        self.hasColours = hasColours
    }

    /// Cells for the number of the highest and the lowest value.
    static let labelWidth = 11
    /// The narrowest plot that says anything.
    static let widthMin = labelWidth + 12

    /// Draws the plot.
    ///
    /// The scale goes from the best to the worst value, but never further from the best than three
    /// times as far as the value that three quarters of all are better than: what is worse is drawn
    /// at the edge.
    ///
    /// - Parameters:
    ///   - width: The cells of each line, at most.
    ///   - height: The number of lines.
    /// - Returns: None where there are fewer than two values, or no room.
    package func lines(width: Int, height: Int) -> [String] {
        guard width >= Self.widthMin, height >= 2, let scale = Scale(values, isMaximum) else {
            return []
        }
        let columns = width - Self.labelWidth - 2
        var canvas = Canvas(columns: columns, rows: height, characters)
        draw(on: &canvas, scale)
        let rows = canvas.rows(highlighting: hasColours)
        return rows.indices.map { row in
            var label = ""
            if row == 0 { label = Self.short(scale.top) }
            if row == height - 1 { label = Self.short(scale.bottom) }
            let padding = String(repeating: " ", count: max(0, Self.labelWidth - label.count))
            let axis = padding + label + (characters == .braille ? " \u{2502}" : " |")
            return (hasColours ? "\u{1B}[2m\(axis)\u{1B}[0m" : axis) + rows[row]
        }
    }

    private static func short(_ value: Double) -> String {
        String(format: "%.4g", value)
    }

    private func draw(on canvas: inout Canvas, _ scale: Scale) {
        let (width, height) = (canvas.width, canvas.height)
        var best: (value: Double, x: Int)?
        for (index, value) in values.enumerated() {
            let x = index * (width - 1) / max(1, values.count - 1)
            if let best {
                // Where there are fewer values than dots the best so far holds until the next.
                let y = scale.position(of: best.value, in: height)
                for between in best.x..<max(best.x, x) { canvas.set(between, y, isBest: true) }
            }
            if let value, value.isFinite {
                canvas.set(x, scale.position(of: value, in: height), isBest: false)
                let isBetter = best.map { isMaximum ? value > $0.value : value < $0.value } ?? true
                best = (isBetter ? value : best?.value ?? value, x)
            } else if let found = best {
                best = (found.value, x)
            }
            guard let best else { continue }
            canvas.set(x, scale.position(of: best.value, in: height), isBest: true)
        }
    }
}

extension HistoryPlot {
    /// From the value at the top to that at the bottom.
    private struct Scale {
        let top, bottom: Double

        init?(_ values: [Double?], _ isMaximum: Bool) {
            let ranked = values.compactMap { $0 }.filter(\.isFinite)
                .sorted { isMaximum ? $0 > $1 : $0 < $1 }
            guard ranked.count >= 2, let best = ranked.first, let worst = ranked.last else {
                return nil
            }
            let usual = ranked[ranked.count * 3 / 4] - best
            let reach = usual == 0 ? worst - best : 3 * usual
            let edge = isMaximum ? max(worst, best + reach) : min(worst, best + reach)
            (top, bottom) = isMaximum ? (best, edge) : (edge, best)
        }

        /// The dot of a value, from 0 at the top.
        func position(of value: Double, in height: Int) -> Int {
            // Halves, as the difference of the largest numbers overflows.
            let (range, distance) = (top / 2 - bottom / 2, top / 2 - value / 2)
            guard range > 0 else { return height / 2 }
            return Int((min(max(distance / range, 0), 1) * Double(height - 1)).rounded())
        }
    }

    /// Dots that become characters.
    private struct Canvas {
        /// The number of dots.
        let width, height: Int
        private let columns: Int
        private let characters: Characters
        private var dots: [UInt8]
        private var isBest: [Bool]

        init(columns: Int, rows: Int, _ characters: Characters) {
            self.columns = columns
            self.characters = characters
            width = characters == .braille ? 2 * columns : columns
            height = characters == .braille ? 4 * rows : rows
            dots = Array(repeating: 0, count: columns * rows)
            isBest = Array(repeating: false, count: columns * rows)
        }

        mutating func set(_ x: Int, _ y: Int, isBest: Bool) {
            switch characters {
            case .braille:
                let cell = y / 4 * columns + x / 2
                dots[cell] |= Self.bits[y % 4][x % 2]
                if isBest { self.isBest[cell] = true }
            case .ascii:
                let cell = y * columns + x
                dots[cell] = 1
                if isBest { self.isBest[cell] = true }
            }
        }

        /// The lines, without the space at their ends.
        func rows(highlighting: Bool) -> [String] {
            stride(from: 0, to: dots.count, by: columns).map { start in
                let cells = start..<start + columns
                guard let last = cells.last(where: { dots[$0] != 0 }) else { return "" }
                var line = ""
                var isLit = false
                for cell in start...last {
                    if highlighting, isBest[cell] != isLit {
                        isLit.toggle()
                        line += isLit ? "\u{1B}[32m" : "\u{1B}[0m"
                    }
                    line += character(cell)
                }
                return line + (isLit ? "\u{1B}[0m" : "")
            }
        }

        private func character(_ cell: Int) -> String {
            guard dots[cell] != 0 else { return " " }
            switch characters {
            case .braille: return String(Unicode.Scalar(0x2800 + UInt32(dots[cell])) ?? " ")
            case .ascii: return isBest[cell] ? "*" : "."
            }
        }

        /// The bits of the dots of a Braille pattern, by row and column.
        private static let bits: [[UInt8]] = [
            [0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80],
        ]
    }
}
