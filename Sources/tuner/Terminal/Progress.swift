import Foundation
import Reports
import Tuning

/// How far a tuning job is, as a line of text.
struct Progress {
    let job: TuningJob
    let objective: Objective?
    let now: Date

    /// Training jobs that are over.
    var finishedCount: Int { job.trainingJobCounts.total - job.trainingJobCounts.inProgress }

    /// Counts, the best value so far, and an estimate of the time left.
    var line: String {
        let counts = job.trainingJobCounts
        var parts: [String] = []
        if let total = job.limits.trainingJobCountMax {
            parts.append("\(bar(total)) \(finishedCount)/\(total) done")
        } else {
            parts.append("\(finishedCount) done")
        }
        parts.append("\(counts.inProgress) running")
        if counts.failed > 0 { parts.append("\(counts.failed) failed") }
        if counts.stopped > 0 { parts.append("\(counts.stopped) stopped") }
        if let best = job.best, let objective {
            let value = NumberText.short(objective.value(of: best.cost), digits: 6)
            parts.append("best \(objective.metric) \(value)")
        }
        if let left = secondsLeft { parts.append("about \(Self.clock(left)) left") }
        return parts.joined(separator: ", ")
    }

    private func bar(_ total: Int) -> String {
        let width = 20
        let filled = min(width, finishedCount * width / max(1, total))
        return "["
            + String(repeating: "#", count: filled)
            + String(repeating: "-", count: width - filled) + "]"
    }

    /// What is left if the rest takes as long as what is done; unknown before the first.
    private var secondsLeft: Double? {
        guard let total = job.limits.trainingJobCountMax, finishedCount > 0,
            !job.status.isFinished
        else { return nil }
        let each = now.timeIntervalSince(job.creationTime) / Double(finishedCount)
        return each * Double(total - finishedCount)
    }

    private static func clock(_ seconds: Double) -> String {
        let whole = Int(min(max(seconds, 0), 1e9).rounded(.up))
        let (hours, minutes) = (whole / 3600, whole / 60 % 60)
        let tail = String(format: "%02d", whole % 60)
        return hours > 0
            ? "\(hours):" + String(format: "%02d", minutes) + ":" + tail : "\(minutes):" + tail
    }
}
