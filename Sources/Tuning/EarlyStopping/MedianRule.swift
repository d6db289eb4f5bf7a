/// Stops training jobs that are worse than the median of those before them.
///
/// After each report, the cost is compared with the median, over the completed training jobs, of
/// the average of each one's costs up to the same report. What is not finite is in no average and
/// is never judged. Training jobs that failed or were stopped are in no median.
package struct MedianRule: Sendable {
    /// How many completed training jobs must have come as far before any is stopped.
    package static let completedCountMin = 5
    /// The first report that is judged.
    package static let stepMin = 3

    private var running: [Trial.ID: TrainingCurve] = [:]
    /// For each step, the averages of the completed training jobs, in ascending order.
    private var averages: [[Double]] = []

    /// A rule that has seen nothing.
    package init() {}

    /// Takes in one event.
    package mutating func observe(_ event: TrialEvent) {
        switch event.change {
        case .reported(let reports, _):
            // Taken out of the dictionary, so that it is changed and not copied.
            var curve = running.removeValue(forKey: event.trial) ?? TrainingCurve()
            for report in reports { curve.append(report) }
            running[event.trial] = curve
        case .finished(let outcome):
            let curve = running.removeValue(forKey: event.trial)
            if case .completed = outcome, let curve { insert(curve) }
        case .created, .started, .entered, .stopRequested, .attemptFailed, .paused: break
        }
    }

    /// Whether a training job that has just reported goes on.
    package func verdict(on trial: Trial.ID) -> Verdict {
        guard let curve = running[trial], let cost = curve.last,
            let median = median(at: curve.stepCount)
        else { return .proceed }
        return median < cost ? .stop : .proceed
    }

    /// What a stop rests on.
    package func explanation(ofVerdictOn trial: Trial.ID) -> VerdictExplanation? {
        guard let curve = running[trial], let median = median(at: curve.stepCount) else {
            return nil
        }
        let count = averages[curve.stepCount - 1].count
        return VerdictExplanation(
            rule: "median rule", resource: Resource(curve.stepCount), cost: curve.last,
            bound: median, boundMeaning: "the median of \(count) completed training jobs")
    }

    /// The median at a step; `nil` where it would rest on too little.
    private func median(at step: Int) -> Cost? {
        guard step >= Self.stepMin, step <= averages.count else { return nil }
        let sorted = averages[step - 1]
        guard sorted.count >= Self.completedCountMin else { return nil }
        let middle = sorted.count / 2
        if sorted.count.isMultiple(of: 2) {
            return Cost(sorted[middle - 1] / 2 + sorted[middle] / 2)
        }
        return Cost(sorted[middle])
    }

    private mutating func insert(_ curve: TrainingCurve) {
        while averages.count < curve.stepCount { averages.append([]) }
        for step in 0..<curve.stepCount {
            guard let mean = curve.mean(upTo: step + 1)?.value else { continue }
            averages[step].insert(mean, at: averages[step].insertionIndex(of: mean))
        }
    }
}

extension [Double] {
    /// Where a number belongs in an array in ascending order, behind its equals.
    package func insertionIndex(of number: Double) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if self[middle] <= number { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
