import Foundation
import Reports
import Tuning

// Numbers and times as people read them.

extension Double {
    /// The number with at most six digits that mean something.
    var shortText: String { NumberText.short(self, digits: 6) }
}

extension Duration {
    /// Days and hours, hours and minutes, minutes and seconds, or seconds.
    var shortText: String { NumberText.duration(max(0, self / .seconds(1))) }
}

/// A moment, for people and for programs.
struct TimeView {
    /// The moment in ISO 8601.
    let machine: String
    /// The moment in UTC.
    let text: String
    /// How long ago it was.
    let age: String

    init(_ date: Date, now: Date) {
        machine = date.formatted(.iso8601)
        text = machine.replacing("T", with: " ").replacing("Z", with: " UTC")
        let seconds = max(0, now.timeIntervalSince(date))
        age =
            switch seconds {
            case ..<60: "just now"
            case ..<3_600: "\(Int(seconds / 60)) min ago"
            case ..<86_400: "\(Int(seconds / 3_600)) h ago"
            default: "\(Int(seconds / 86_400)) d ago"
            }
    }
}

/// A name and what it has, as a row of a list.
struct FactView {
    let name: String
    let value: String
    /// Where more is to be read.
    var url: String?
    /// What it means.
    var note: String?
}

/// Where something stands: the words, and what they look like.
struct StatusView {
    /// The words.
    let text: String
    /// `running`, `stopping`, `completed`, `failed` or `stopped`.
    let tone: String

    init(text: String, tone: String) {
        self.text = text
        self.tone = tone
    }

    init(_ status: TuningJob.Status) {
        switch status {
        case .inProgress: (text, tone) = ("In progress", "running")
        case .stopping: (text, tone) = ("Stopping", "stopping")
        case .stopped: (text, tone) = ("Stopped", "stopped")
        case .completed: (text, tone) = ("Completed", "completed")
        case .failed: (text, tone) = ("Failed", "failed")
        }
    }

    init(_ job: TrainingJob) {
        switch job.status {
        case .inProgress:
            (text, tone) = (job.isPaused ? "Paused" : "\(job.secondaryStatus.rawValue)", "running")
        case .stopping: (text, tone) = ("Stopping", "stopping")
        case .stopped:
            (text, tone) = (
                job.stopReason == .earlyStopping ? "Stopped early" : "Stopped", "stopped"
            )
        case .completed: (text, tone) = ("Completed", "completed")
        case .failed: (text, tone) = ("Failed", "failed")
        }
    }

    init(_ algorithm: Algorithm.Status) {
        switch algorithm {
        case .pending, .inProgress, .deleting: (text, tone) = (algorithm.rawValue, "running")
        case .completed: (text, tone) = ("Completed", "completed")
        case .failed: (text, tone) = ("Failed", "failed")
        }
    }
}

/// A choice of a list box.
struct OptionView {
    let value: String
    let text: String
    let isSelected: Bool

    /// All values of an enumeration of statuses, and the one that means any.
    static func statuses(_ all: [String], selected: String?) -> [OptionView] {
        [OptionView(value: "", text: "Any status", isSelected: selected == nil)]
            + all.map { value in
                let words = value == "InProgress" ? "In progress" : value
                return OptionView(value: value, text: words, isSelected: value == selected)
            }
    }
}

extension JSONValue {
    /// JSON over several lines, members in the order of their names.
    var indentedText: String { indentedText(depth: 0) }

    private func indentedText(depth: Int) -> String {
        let inner = String(repeating: "  ", count: depth + 1)
        let outer = String(repeating: "  ", count: depth)
        switch self {
        case .object(let members) where !members.isEmpty:
            let lines = members.sorted { $0.key < $1.key }.map { name, value in
                let key = JSONValue.string(name).encodedText
                return "\(inner)\(key): \(value.indentedText(depth: depth + 1))"
            }
            return "{\n\(lines.joined(separator: ",\n"))\n\(outer)}"
        case .array(let elements) where !elements.isEmpty:
            let lines = elements.map { "\(inner)\($0.indentedText(depth: depth + 1))" }
            return "[\n\(lines.joined(separator: ",\n"))\n\(outer)]"
        default: return encodedText
        }
    }
}
