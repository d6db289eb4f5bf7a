/// Markup that is being written: XML that is HTML as well.
///
/// What users chose goes through `text`, in elements and in attributes alike; all else is ours.
struct Markup: ~Copyable {
    private var bytes: [UInt8] = []

    /// Begins, with room for some bytes.
    init(capacity: Int = 4_096) {
        bytes.reserveCapacity(capacity)
    }

    /// What was written.
    var string: String { String(decoding: bytes, as: UTF8.self) }

    /// Writes markup as it is.
    mutating func raw(_ markup: String) {
        bytes.append(contentsOf: markup.utf8)
    }

    /// Writes text that may hold anything.
    ///
    /// Characters that XML does not have, and those that turn the direction of what follows, become
    /// U+FFFD.
    mutating func text(_ text: String) {
        for scalar in text.unicodeScalars {
            switch scalar {
            case "<": raw("&lt;")
            case ">": raw("&gt;")
            case "&": raw("&amp;")
            case "\"": raw("&quot;")
            case "'": raw("&#39;")
            default:
                bytes.append(contentsOf: UTF8.encode(scalar.isHarmless ? scalar : "\u{FFFD}")!)
            }
        }
    }

    /// Writes a number of a drawing with at most one decimal.
    ///
    /// - Parameter number: Within a million on either side of zero; beyond, and for no number, what
    ///   is nearest.
    mutating func number(_ number: Double) {
        let limited = number.isNaN ? 0 : min(max(number, -1e6), 1e6)
        var tenths = Int((limited * 10).rounded())
        if tenths < 0 {
            bytes.append(UInt8(ascii: "-"))
            tenths = -tenths
        }
        integer(tenths / 10)
        guard tenths % 10 != 0 else { return }
        bytes.append(UInt8(ascii: "."))
        bytes.append(UInt8(ascii: "0") + UInt8(tenths % 10))
    }

    /// Writes a whole number that is not below zero.
    mutating func integer(_ number: Int) {
        precondition(number >= 0, "\(number)")
        guard number > 9 else { return bytes.append(UInt8(ascii: "0") + UInt8(number)) }
        let start = bytes.count
        var rest = number
        while rest > 0 {
            bytes.append(UInt8(ascii: "0") + UInt8(rest % 10))
            rest /= 10
        }
        bytes[start...].reverse()
    }
}

extension Unicode.Scalar {
    /// Whether XML may hold it, and it does not turn the direction of the text around it.
    fileprivate var isHarmless: Bool {
        switch value {
        case 0x09, 0x0A, 0x0D: true
        case 0..<0x20, 0x7F..<0xA0, 0x202A...0x202E, 0x2066...0x2069, 0xFFFE, 0xFFFF: false
        default: true
        }
    }
}

// MARK: - Elements

extension Markup {
    /// A position in a drawing, in its units, from the upper left corner.
    struct Point {
        var x: Double
        var y: Double
    }

    /// Writes a straight line.
    mutating func line(_ name: String, from start: Point, to end: Point) {
        raw("<path class=\"\(name)\" d=\"M")
        coordinates(start)
        raw("L")
        coordinates(end)
        raw("\"/>")
    }

    /// Writes a rectangle; what stands after it in the drawing covers it.
    mutating func rectangle(_ name: String, at corner: Point, width: Double, height: Double) {
        openRectangle(name, at: corner, width: width, height: height)
        raw("/>")
    }

    /// Writes a rectangle with a tooltip.
    mutating func rectangle(
        _ name: String, at corner: Point, width: Double, height: Double, tooltip: String
    ) {
        openRectangle(name, at: corner, width: width, height: height)
        raw("><title>")
        text(tooltip)
        raw("</title></rect>")
    }

    private mutating func openRectangle(
        _ name: String, at corner: Point, width: Double, height: Double
    ) {
        raw("<rect class=\"\(name)\" x=\"")
        number(corner.x)
        raw("\" y=\"")
        number(corner.y)
        raw("\" width=\"")
        number(max(width, 0))
        raw("\" height=\"")
        number(max(height, 0))
        raw("\"")
    }

    /// Where a label stands around its point.
    enum Anchor: String {
        case start
        case middle
        case end
    }

    /// Writes a label; one that is cut has its whole text as a tooltip.
    ///
    /// - Parameter lengthMax: The most characters that are shown.
    mutating func label(
        _ label: String, at point: Point, anchor: Anchor = .start, name: String = "label",
        lengthMax: Int = .max
    ) {
        raw("<text class=\"\(name)\" x=\"")
        number(point.x)
        raw("\" y=\"")
        number(point.y)
        raw("\" text-anchor=\"\(anchor.rawValue)\">")
        if label.count > lengthMax {
            raw("<title>")
            text(label)
            raw("</title>")
            text(label.prefix(max(lengthMax - 1, 1)) + "…")
        } else {
            text(label)
        }
        raw("</text>")
    }

    /// Writes the name of a vertical axis, read from below; its middle is at the point.
    mutating func uprightLabel(_ label: String, at point: Point, lengthMax: Int) {
        raw("<g transform=\"translate(")
        coordinates(point)
        raw(") rotate(-90)\">")
        self.label(
            label, at: Point(x: 0, y: 0), anchor: .middle, name: "axis-title", lengthMax: lengthMax)
        raw("</g>")
    }

    /// Writes the two numbers of a point.
    mutating func coordinates(_ point: Point) {
        number(point.x)
        raw(" ")
        number(point.y)
    }
}

extension Markup {
    fileprivate mutating func text(_ part: Substring) { text(String(part)) }
}
