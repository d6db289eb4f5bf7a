/// Observations to condition on: points, their standardised costs, how noisy each is.
public struct TrainingData: Sendable {
    /// The points, n.
    public private(set) var points: PointSet
    /// The costs y, standardised: mean about 0, deviation about 1; length n.
    public private(set) var costs: [Double]
    /// How many times the noise variance of an ordinary observation each has; above zero, length n.
    public private(set) var noiseFactors: [Double]
    /// What is added to that; zero for ordinary observations, length n.
    public private(set) var extraVariances: [Double]

    /// Nothing observed yet.
    public init(numericCount: Int, categoricalCount: Int, capacity: Int = 16) {
        points = PointSet(
            numericCount: numericCount, categoricalCount: categoricalCount, capacity: capacity)
        costs = []
        noiseFactors = []
        extraVariances = []
    }

    /// n.
    public var count: Int { costs.count }

    /// Adds an observation.
    public mutating func append(
        _ point: [Double], cost: Double, noiseFactor: Double = 1, extraVariance: Double = 0
    ) {
        precondition(
            cost.isFinite && noiseFactor > 0 && extraVariance >= 0,
            "cost \(cost), noise × \(noiseFactor) + \(extraVariance)")
        points.append(point)
        costs.append(cost)
        noiseFactors.append(noiseFactor)
        extraVariances.append(extraVariance)
    }
}
