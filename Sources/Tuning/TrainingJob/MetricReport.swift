import Foundation

/// What a training program printed at one time: raw values, as a backend sees them.
public struct MetricSample: Hashable, Sendable {
    /// When it was printed, or seen.
    public let time: Date
    /// The values; may be NaN or infinite; not empty.
    public let values: [MetricName: Double]

    /// Collects values.
    public init(time: Date, values: [MetricName: Double]) {
        self.time = time
        self.values = values
    }
}

/// A sample after its objective has been found in it.
public struct MetricReport: Hashable, Sendable {
    /// When it was printed, or seen.
    public let time: Date
    /// How many reports of the objective there have been, with this one.
    public let resource: Resource
    /// Whether this is a report of the objective, rather than of other metrics alone.
    public let isObjective: Bool
    /// The objective's cost; `nil` without an objective, or when it is not finite.
    public let cost: Cost?
    /// The raw values; may be NaN or infinite.
    public let values: [MetricName: Double]

    /// Finds the objective in a sample.
    ///
    /// - Parameters:
    ///   - sample: What was printed.
    ///   - objective: What to look for; `nil` where nothing is optimised.
    ///   - previous: How many reports of the objective there were before.
    public init(_ sample: MetricSample, objective: Objective?, after previous: Resource) {
        time = sample.time
        values = sample.values
        let value = objective.flatMap { sample.values[$0.metric] }
        isObjective = value != nil
        cost = value.flatMap { objective?.cost(of: $0) }
        resource = Resource(previous.units + (isObjective ? 1 : 0))
    }

    /// Puts together a report that was made before, as a store does.
    package init(
        time: Date, resource: Resource, isObjective: Bool, cost: Cost?,
        values: [MetricName: Double]
    ) {
        self.time = time
        self.resource = resource
        self.isObjective = isObjective
        self.cost = cost
        self.values = values
    }
}

/// How far a backend has read an attempt's metrics; opaque to all but that backend.
///
/// A report carries the mark behind it. After a crash the backend gets the last stored mark back
/// and goes on from there, so that no metric is lost or counted twice.
public struct ReportMark: Hashable, Codable, Sendable {
    /// What the backend needs to go on.
    public let text: String

    /// Takes what the backend needs to go on.
    public init(_ text: String) {
        self.text = text
    }
}
