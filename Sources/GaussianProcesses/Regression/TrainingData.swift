/// Observations to condition on: points, their standardised costs, how noisy each is.
public struct TrainingData: Sendable {
    /// The points, n.
    public private(set) var points: PointSet
    /// The costs y, standardised: mean about 0, deviation about 1; length n.
    public private(set) var costs: [Double]
    /// How many times the noise variance of an ordinary observation each has; above zero, length n.
    public private(set) var noiseFactors: [Double]

    /// Nothing observed yet.
    public init(numericCount: Int, categoricalCount: Int, capacity: Int = 16) {
        points = PointSet(
            numericCount: numericCount, categoricalCount: categoricalCount, capacity: capacity)
        costs = []
        noiseFactors = []
    }

    /// n.
    public var count: Int { costs.count }

    /// Adds an observation.
    public mutating func append(_ point: [Double], cost: Double, noiseFactor: Double = 1) {
        precondition(cost.isFinite && noiseFactor > 0, "cost \(cost), noise × \(noiseFactor)")
        points.append(point)
        costs.append(cost)
        noiseFactors.append(noiseFactor)
    }
}
