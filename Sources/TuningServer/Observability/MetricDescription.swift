/// What a metric is: all that Prometheus is told of it beside its values.
package struct MetricDescription: Hashable, Sendable {
    /// How values of a metric behave.
    package enum Kind: Hashable, Sendable {
        /// It only grows, until the process ends.
        case counter
        /// It goes up and down.
        case gauge
        /// It counts values up to bounds that grow; one above the last is there without saying.
        case histogram(bounds: [Double])

        /// The kind as the text format names it.
        var name: String {
            switch self {
            case .counter: "counter"
            case .gauge: "gauge"
            case .histogram: "histogram"
            }
        }
    }

    /// Its name; ends in its unit, a counter's in `_total`.
    package let name: String
    /// How its values behave.
    package let kind: Kind
    /// The names of its labels. Their values come from closed sets, never from what clients send.
    package let labels: [String]
    /// What it says, in one sentence.
    package let help: String

    /// Describes a metric.
    package init(_ name: String, _ kind: Kind, labels: [String] = [], _ help: String) {
        self.name = name
        self.kind = kind
        self.labels = labels
        self.help = help
    }
}

/// One value of a metric at one time.
package struct MetricValue: Sendable {
    /// The metric's name.
    package let name: String
    /// The values of its labels, in the order of its description.
    package let labelValues: [String]
    /// The value.
    package let value: Double

    /// States a value.
    package init(_ name: String, _ labelValues: [String] = [], _ value: Double) {
        self.name = name
        self.labelValues = labelValues
        self.value = value
    }
}
