/// The metric to optimise and which way is better.
public struct Objective: Hashable, Codable, Sendable {
    /// Which way is better; the wire's `Type`.
    public enum Direction: String, Hashable, Codable, Sendable {
        /// Less is better.
        case minimize = "Minimize"
        /// More is better.
        case maximize = "Maximize"
    }

    /// Which way is better.
    public let direction: Direction
    /// The name of the metric.
    public let metric: MetricName

    /// Names the metric and the direction.
    public init(_ direction: Direction, _ metric: MetricName) {
        self.direction = direction
        self.metric = metric
    }

    /// The only number strategies see: less is better; `nil` when the value is not finite.
    public func cost(of value: Double) -> Cost? {
        Cost(direction == .minimize ? value : -value)
    }

    /// The metric's value that has a cost.
    public func value(of cost: Cost) -> Double {
        direction == .minimize ? cost.value : -cost.value + 0
    }
}

/// The name of a metric, as its definition gives it.
public typealias MetricName = String

/// What strategies minimise: a finite number.
public struct Cost: Hashable, Comparable, Codable, Sendable {
    /// The number; less is better.
    public let value: Double

    /// Takes a number; `nil` when it is not finite.
    public init?(_ value: Double) {
        guard value.isFinite else { return nil }
        self.value = value
    }

    /// Whether one cost is better than another.
    public static func < (left: Cost, right: Cost) -> Bool { left.value < right.value }
}
