/// Lines of the text format that Prometheus reads, version 0.0.4.
struct PrometheusText {
    /// What the format is called in HTTP.
    static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    /// The lines so far.
    private(set) var text = ""

    /// Begins a metric.
    mutating func begin(_ metric: MetricDescription) {
        text += "# HELP \(metric.name) \(Self.escaped(metric.help, quote: false))\n"
        text += "# TYPE \(metric.name) \(metric.kind.name)\n"
    }

    /// Writes one value.
    ///
    /// - Parameter labels: As `labels(_:_:)` makes them; empty for none.
    mutating func append(_ name: String, _ labels: String, _ value: String) {
        text += name
        if !labels.isEmpty {
            text += "{"
            text += labels
            text += "}"
        }
        text += " "
        text += value
        text += "\n"
    }

    /// Labels as they stand between braces.
    static func labels(_ names: [String], _ values: [String]) -> String {
        zip(names, values)
            .map { "\($0)=\"\(escaped($1, quote: true))\"" }
            .joined(separator: ",")
    }

    /// A number as the format writes it.
    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        guard value.isFinite else { return value < 0 ? "-Inf" : "+Inf" }
        return value == value.rounded() && abs(value) < 1e15 ? "\(Int64(value))" : "\(value)"
    }

    /// A text that stays on its line, and in its quotes where it has some.
    private static func escaped(_ text: String, quote: Bool) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\"" where quote: result += "\\\""
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
