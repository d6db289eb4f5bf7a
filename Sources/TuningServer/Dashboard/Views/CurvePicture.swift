import Foundation

/// A small picture of what one training job reported of its objective.
enum CurvePicture {
    private static let width = 640.0
    private static let height = 200.0
    private static let left = 64.0
    private static let bottom = 28.0
    private static let margin = 10.0

    /// Draws values by resource; `nil` with less than two.
    static func svg(_ points: [(resource: Int, value: Double)]) -> String? {
        guard points.count > 1, let first = points.first, let last = points.last,
            let low = points.map(\.value).min(), let high = points.map(\.value).max(),
            (high - low).isFinite
        else { return nil }
        let span = high > low ? high - low : 1
        let reach = Double(max(last.resource - first.resource, 1))
        func x(_ resource: Int) -> Double {
            left + Double(resource - first.resource) / reach * (width - left - margin)
        }
        func y(_ value: Double) -> Double {
            let share = high > low ? (high - value) / span : 0.5
            return margin + share * (height - bottom - 2 * margin)
        }
        func text(_ number: Double) -> String { String(format: "%.1f", number) }
        let corners = points.map { "\(text(x($0.resource))),\(text(y($0.value)))" }
        let base = text(height - bottom)
        let size = "0 0 \(Int(width)) \(Int(height))"
        let words = "from \(first.value.shortText) to \(last.value.shortText)"
        var svg = "<svg class=\"picture curve-picture\" viewBox=\"\(size)\" role=\"img\" "
        svg += "aria-label=\"\(points.count) reports, \(words)\">"
        for value in high > low ? [low, high] : [low] {
            svg += "<path class=\"grid\" d=\"M\(text(left)) \(text(y(value)))"
            svg += "H\(text(width - margin))\"/>"
            svg += "<text class=\"number\" x=\"\(text(left - 8))\" y=\"\(text(y(value) + 4))\" "
            svg += "text-anchor=\"end\">\(value.shortText)</text>"
        }
        svg += "<path class=\"axis\" d=\"M\(text(left)) \(base)H\(text(width - margin))\"/>"
        for (resource, anchor) in [(first.resource, "start"), (last.resource, "end")] {
            svg += "<text class=\"number\" x=\"\(text(x(resource)))\" y=\"\(text(height - 10))\" "
            svg += "text-anchor=\"\(anchor)\">\(resource)</text>"
        }
        svg += "<text x=\"\(text((left + width) / 2))\" y=\"\(text(height - 10))\" "
        svg += "text-anchor=\"middle\">report</text>"
        return svg
            + "<polyline class=\"best-line\" points=\"\(corners.joined(separator: " "))\"/></svg>"
    }
}
