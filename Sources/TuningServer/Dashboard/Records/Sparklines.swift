import Reports
import Synchronization
import Tuning

/// Small pictures of how the best value of tuning jobs went.
///
/// A picture changes only when another training job has an objective, so it is kept when the
/// tuning job behind it is not.
final class Sparklines: Sendable {
    private struct Key: Hashable {
        let job: TuningJob.ID
        let succeededCount: Int
    }

    /// With more than this it starts anew.
    private static let countMax = 2_000
    /// The most corners of a line.
    private static let cornerCountMax = 120

    private let known = Mutex<[Key: String]>([:])

    /// The picture of a tuning job as it is now, if it is known.
    subscript(job: TuningJob) -> String? {
        known.withLock {
            $0[Key(job: job.id, succeededCount: job.objectiveCounts.succeeded)]
        }
    }

    /// Draws a tuning job; one `svg` element, which also stands as a file of its own.
    func draw(_ record: TuningRecord) -> String {
        let job = record.job
        let svg = Self.svg(record)
        known.withLock { known in
            if known.count >= Self.countMax { known = [:] }
            known[Key(job: job.id, succeededCount: job.objectiveCounts.succeeded)] = svg
        }
        return svg
    }

    private static func svg(_ record: TuningRecord) -> String {
        let values = bests(of: record)
        let head = """
            <svg xmlns="http://www.w3.org/2000/svg" class="sparkline" viewBox="0 0 120 28" \
            width="120" height="28" preserveAspectRatio="none" aria-hidden="true">
            """
        guard let lowest = values.map(\.value).min(), let highest = values.map(\.value).max(),
            let last = values.last
        else { return head + "</svg>" }
        let span = highest > lowest ? highest - lowest : 1
        func place(_ value: Double) -> String {
            let middle = highest > lowest ? (highest - value) / span : 0.5
            return ((3 + 22 * middle) * 10).rounded().isFinite
                ? "\(((3 + 22 * middle) * 10).rounded() / 10)" : "14"
        }
        let end = Double(max(record.trials.count - 1, 1))
        var path = ""
        for (index, step) in values.enumerated() {
            let x = (Double(step.ordinal) / end * 1_160).rounded() / 10 + 2
            path += index == 0 ? "M\(x) \(place(step.value))" : "H\(x)V\(place(step.value))"
        }
        path += "H118"
        let line = """
            <path d="\(path)" fill="none" stroke="#4a87d8" stroke-width="1.75" \
            vector-effect="non-scaling-stroke" stroke-linejoin="round"/>
            """
        return head + line
            + "<circle cx=\"117\" cy=\"\(place(last.value))\" r=\"2\" fill=\"#4a87d8\"/></svg>"
    }

    /// Where the best value changed, thinned out.
    private static func bests(of record: TuningRecord) -> [(ordinal: Int, value: Double)] {
        var best: Cost?
        var steps: [(Int, Double)] = []
        for trial in record.trials where trial.isUsable {
            guard let cost = trial.cost, best.map({ cost < $0 }) ?? true else { continue }
            best = cost
            steps.append((trial.id, record.value(of: cost, to: trial)))
        }
        guard steps.count > cornerCountMax else { return steps }
        let stride = Double(steps.count - 1) / Double(cornerCountMax - 1)
        return (0..<cornerCountMax).map { steps[Int((Double($0) * stride).rounded())] }
    }
}
