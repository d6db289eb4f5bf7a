/// The costs one training job has reported, as running averages.
struct TrainingCurve: Hashable, Sendable {
    /// Reports beyond this one are not kept.
    static let stepMax = 100_000

    /// What is known after one report.
    private struct Point: Hashable {
        var mean = 0.0
        var finiteCount = 0
    }

    private var points: [Point] = []
    /// The cost of the last report; `nil` when it was not finite.
    private(set) var last: Cost?

    /// How many reports there were.
    var stepCount: Int { points.count }

    /// The average of the finite costs up to a step, from 1; `nil` without any.
    func mean(upTo step: Int) -> Cost? {
        let point = points[step - 1]
        return point.finiteCount > 0 ? Cost(point.mean) : nil
    }

    /// Takes in a report. One whose number came before replaces it and what followed: the program
    /// has started again. Missing reports count as if they had been left out of the average.
    mutating func append(_ report: MetricReport) {
        let step = report.resource.units
        guard report.isObjective, 1...Self.stepMax ~= step else { return }
        if step <= points.count { points.removeLast(points.count - step + 1) }
        var point = points.last ?? Point()
        while points.count < step - 1 { points.append(point) }
        last = report.cost
        if let cost = report.cost {
            point.finiteCount += 1
            // In this order nothing overflows while the average itself does not.
            let share = 1 / Double(point.finiteCount)
            point.mean = point.mean * (1 - share) + cost.value * share
        }
        points.append(point)
    }
}
