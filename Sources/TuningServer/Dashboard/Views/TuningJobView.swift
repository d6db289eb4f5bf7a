import Foundation
import Tuning

/// How far a tuning job is, as a bar and in words.
struct ProgressView {
    /// A part of the bar, in hundredths.
    struct Part {
        let tone: String
        let start: String
        let width: String
    }

    let parts: [Part]
    /// What is done of what, such as `12 of 40`.
    let text: String
    /// What else is to be said, such as `4 running, 1 failed`.
    let note: String
    /// Both as a sentence, for those who do not see the bar.
    let label: String

    init(_ job: TuningJob) {
        let counts = job.trainingJobCounts
        let done = counts.total - counts.inProgress
        let limit = job.limits.trainingJobCountMax
        let whole = Double(max(limit ?? counts.total, counts.total, 1))
        var start = 0.0
        var parts: [Part] = []
        for (tone, count) in [
            ("completed", counts.completed), ("stopped", counts.stopped),
            ("failed", counts.failed), ("running", counts.inProgress),
        ] where count > 0 {
            let width = Double(count) / whole * 100
            parts.append(
                Part(
                    tone: tone, start: String(format: "%.2f", start),
                    width: String(format: "%.2f", width)))
            start += width
        }
        self.parts = parts
        text = limit.map { "\(done) of \($0)" } ?? "\(done)"
        note = [
            (counts.inProgress, "running"), (counts.stopped, "stopped"), (counts.failed, "failed"),
        ]
        .filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }.joined(separator: ", ")
        label = "\(text) training jobs done" + (note.isEmpty ? "" : ", \(note)")
    }
}

/// A tuning job as a row of the overview.
struct TuningJobView {
    let name: String
    let url: String
    let status: StatusView
    let strategy: String
    let progress: ProgressView
    /// The best value; `nil` before the first.
    let best: String?
    /// The metric and which way is better, such as `accuracy ↑`.
    let objective: String?
    let created: TimeView
    /// The picture, if it is known already.
    let sparkline: String?
    /// Where the picture is.
    let sparklineURL: String

    init(
        _ job: TuningJob, objective: Objective?, sparkline: String?, now: Date
    ) {
        name = job.name
        url = DashboardPath.tuningJob(job.name)
        status = StatusView(job.status)
        strategy = job.strategy
        progress = ProgressView(job)
        best = job.best.map { (objective?.value(of: $0.cost) ?? $0.cost.value).shortText }
        self.objective = objective?.label
        created = TimeView(job.creationTime, now: now)
        self.sparkline = sparkline
        // The count makes a new address of a new picture.
        sparklineURL = "\(url)/charts/sparkline.svg?n=\(job.objectiveCounts.succeeded)"
    }
}

extension Objective {
    /// The metric and which way is better.
    var label: String { "\(metric) \(direction == .minimize ? "↓" : "↑")" }
}

extension TuningJob {
    /// How long it has run.
    func runtime(now: Date) -> Duration {
        .seconds((endTime ?? now).timeIntervalSince(creationTime))
    }
}

/// Something about a tuning job that its owner should know.
struct HealthFinding: Hashable, Sendable {
    /// A stable name.
    let code: String
    /// What is the matter, and what to look at.
    let text: String
}

extension TuningJob {
    /// What is the matter with a tuning job; usually nothing.
    var findings: [HealthFinding] {
        var findings: [HealthFinding] = []
        let counts = trainingJobCounts
        let done = counts.total - counts.inProgress
        if let failureReason {
            findings.append(HealthFinding(code: "failed", text: failureReason))
        }
        if counts.failed > 0, counts.failed * 5 >= done {
            findings.append(
                HealthFinding(
                    code: "many_failures",
                    text: "\(counts.failed) of \(done) finished training jobs failed; the logs of "
                        + "one of them say why."))
        }
        let silent = objectiveCounts.failed - counts.failed
        if silent > 0, silent * 5 >= done {
            findings.append(
                HealthFinding(
                    code: "no_objective",
                    text: "\(silent) finished training jobs reported no objective that could be "
                        + "used; compare the metric's regular expression with their logs."))
        }
        if let time = completion.convergenceTime {
            findings.append(
                HealthFinding(
                    code: "converged",
                    text: "The model expects no further improvement since "
                        + "\(time.formatted(.iso8601))."))
        }
        return findings
    }
}
