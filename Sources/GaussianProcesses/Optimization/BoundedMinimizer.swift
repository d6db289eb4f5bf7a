// Notation
//   x, g      a point and the gradient there
//   s, y      steps x' − x and gradient changes g' − g
//   m         how many pairs (s, y) are remembered
//
// L-BFGS with bounds: coordinates that are at a bound and would leave it are held for one step; the
// others move along the two-loop direction, and each step is projected back into the box.
// Backtracking until the decrease is sufficient; a pair without positive curvature is skipped. A
// point where the function is not finite counts as infinitely high, so a step retreats from it.
// Source: Nocedal and Wright, *Numerical Optimization*, algorithms 7.4 and 3.1; projection as in
// Bertsekas, "Projected Newton Methods", 1982.

/// Finds a local minimum of a smooth function inside a box.
public struct BoundedMinimizer: Sendable {
    /// Pairs remembered, m.
    var memory = 10
    /// Steps at most.
    public var iterationMax: Int
    /// Ends when no free coordinate of the gradient is larger.
    public var gradientTolerance: Double
    /// Ends when a step improves the value by no more than this much of its magnitude.
    var relativeImprovementMin = 1e-9

    /// Sets the limits.
    public init(iterationMax: Int, gradientTolerance: Double) {
        self.iterationMax = iterationMax
        self.gradientTolerance = gradientTolerance
    }

    /// Where a search ended.
    public struct Result: Sendable {
        /// The point, inside the box.
        public var point: [Double]
        /// The value there.
        public var value: Double
        /// How often the function was evaluated.
        public var evaluationCount: Int
    }

    /// Searches from a point.
    ///
    /// - Parameters:
    ///   - start: Projected into the box first.
    ///   - lower: The least value of each coordinate.
    ///   - upper: The greatest value of each coordinate.
    ///   - function: The value at a point; writes the gradient.
    /// - Returns: Where the last step led, each of which went down; the start's value may be
    ///   infinite.
    public func minimum(
        from start: [Double], lower: [Double], upper: [Double],
        of function: (_ point: [Double], _ gradient: inout [Double]) -> Double
    ) -> Result {
        let count = start.count
        var x = start.indices.map { min(max(start[$0], lower[$0]), upper[$0]) }
        var gradient = Array(repeating: 0.0, count: count)
        var value = function(x, &gradient)
        var result = Result(point: x, value: value, evaluationCount: 1)
        guard value.isFinite else { return result }
        var history = CurvatureHistory(capacity: memory)
        for _ in 0..<iterationMax {
            let isFree = x.indices.map { index in
                !(x[index] <= lower[index] && gradient[index] > 0
                    || x[index] >= upper[index] && gradient[index] < 0)
            }
            let largest = x.indices.reduce(0.0) { isFree[$1] ? max($0, abs(gradient[$1])) : $0 }
            if largest <= gradientTolerance { break }
            var direction = history.direction(gradient, isFree: isFree)
            var slope = dot(direction, gradient)
            if !(slope < 0) {
                history.removeAll()
                direction = x.indices.map { isFree[$0] ? -gradient[$0] : 0 }
                slope = dot(direction, gradient)
            }
            // The first step has no curvature to go by: it moves a tenth of a unit at most.
            var step = history.isEmpty ? min(1, 0.1 / max(largest, 1e-300)) : 1.0
            var accepted = false
            for _ in 0..<30 {
                let next = x.indices.map {
                    min(max(x[$0] + step * direction[$0], lower[$0]), upper[$0])
                }
                var nextGradient = Array(repeating: 0.0, count: count)
                let nextValue = function(next, &nextGradient)
                result.evaluationCount += 1
                let moved = x.indices.map { next[$0] - x[$0] }
                let expected = dot(moved, gradient)
                if nextValue.isFinite, nextValue <= value + 1e-4 * expected {
                    history.append(moved, x.indices.map { nextGradient[$0] - gradient[$0] })
                    let improvement = value - nextValue
                    (x, value, gradient) = (next, nextValue, nextGradient)
                    accepted = improvement > relativeImprovementMin * max(1, abs(value))
                    break
                }
                // The minimum of the parabola through what is known, within limits.
                var factor = 0.5
                if nextValue.isFinite {
                    let curvature = nextValue - value - step * slope
                    if curvature > 0 { factor = -0.5 * step * slope / curvature }
                }
                step *= min(max(factor, 0.1), 0.5)
            }
            if !accepted { break }
        }
        result.point = x
        result.value = value
        return result
    }
}

/// The last steps and what they did to the gradient.
private struct CurvatureHistory {
    private var pairs: [(step: [Double], change: [Double], inverse: Double)] = []
    private let capacity: Int

    init(capacity: Int) { self.capacity = capacity }

    var isEmpty: Bool { pairs.isEmpty }

    mutating func removeAll() { pairs.removeAll() }

    mutating func append(_ step: [Double], _ change: [Double]) {
        let curvature = dot(step, change)
        guard curvature > 1e-10 * dot(change, change) else { return }
        if pairs.count == capacity { pairs.removeFirst() }
        pairs.append((step, change, 1 / curvature))
    }

    /// −H g over the free coordinates.
    func direction(_ gradient: [Double], isFree: [Bool]) -> [Double] {
        var direction = gradient.indices.map { isFree[$0] ? gradient[$0] : 0 }
        var factors: [Double] = []
        for pair in pairs.reversed() {
            let factor = pair.inverse * dot(pair.step, direction)
            factors.append(factor)
            for index in direction.indices { direction[index] -= factor * pair.change[index] }
        }
        if let last = pairs.last {
            let scale = 1 / (last.inverse * dot(last.change, last.change))
            for index in direction.indices { direction[index] *= scale }
        }
        for (pair, factor) in zip(pairs, factors.reversed()) {
            let correction = factor - pair.inverse * dot(pair.change, direction)
            for index in direction.indices { direction[index] += correction * pair.step[index] }
        }
        return direction.indices.map { isFree[$0] ? -direction[$0] : 0 }
    }
}

private func dot(_ x: [Double], _ y: [Double]) -> Double {
    var sum = 0.0
    for index in x.indices { sum += x[index] * y[index] }
    return sum
}
