import Foundation
import Tuning

/// The files by which an attempt, its supervisor and any number of daemons know of each other.
///
///     claim        a directory; whoever makes it, and nobody else, runs the attempt
///     pid          the supervisor's process, which leads a session of its own, and the slot
///     stop         why the attempt is to end early; the first reason stays
///     exit         how the program ended
///     stdout.log, stderr.log
///
/// Each file appears whole or not at all, and never changes.
struct AttemptDirectory {
    /// What the supervisor wrote when it had claimed the attempt.
    struct Supervisor: Hashable {
        let process: Int32
        let slot: Int
        let startTime: Date
    }

    /// Why an attempt ends before its program does.
    enum Halt: Hashable {
        case stop(StopReason)
        case pause
        /// Nobody knows what became of it, and it must not start any more.
        case lost

        fileprivate var text: String {
            switch self {
            case .stop(let reason): reason.rawValue
            case .pause: "pause"
            case .lost: "lost"
            }
        }

        fileprivate init?(_ text: String) {
            switch text {
            case "pause": self = .pause
            case "lost": self = .lost
            default:
                guard let reason = StopReason(rawValue: text) else { return nil }
                self = .stop(reason)
            }
        }
    }

    /// The path; no other attempt ever has it, so it marks the attempt's processes.
    let path: String

    var standardOutput: String { path + "/stdout.log" }
    var standardError: String { path + "/stderr.log" }

    /// Claims the attempt for nobody: it will never run.
    ///
    /// - Returns: Whether it had not been claimed before.
    func claim() throws(FileError) -> Bool {
        if mkdir(path + "/claim", 0o755) == 0 { return true }
        guard errno == EEXIST else { throw FileError("make the directory", path + "/claim") }
        return false
    }

    /// When it was claimed; `nil` while it is not.
    var claimTime: Date? { modificationTime(of: path + "/claim") }

    /// Its supervisor; `nil` while there has been none.
    var supervisor: Supervisor? {
        guard let text = contents(of: path + "/pid") else { return nil }
        let numbers = text.split(whereSeparator: \.isWhitespace).compactMap { Int32($0) }
        guard numbers.count == 2, numbers[0] > 1,
            let startTime = modificationTime(of: path + "/pid")
        else { return nil }
        return Supervisor(process: numbers[0], slot: Int(numbers[1]), startTime: startTime)
    }

    /// The program's exit code as a shell counts it; `nil` while it is not over.
    var exitCode: Int? {
        contents(of: path + "/exit").flatMap {
            Int($0.trimmingCharacters(in: .whitespacesAndNewlines))
        }
    }

    /// Whether an exit was recorded, be it readable at the moment or not.
    ///
    /// An empty record is none: the machine failed before it was whole.
    var hasExit: Bool {
        var status = stat()
        return stat(path + "/exit", &status) == 0 && status.st_size > 0
    }

    /// Why it is to end early, and since when; `nil` while it is not.
    var halt: (Halt, since: Date)? {
        guard let text = contents(of: path + "/stop"), let halt = Halt(text),
            let time = modificationTime(of: path + "/stop")
        else { return nil }
        return (halt, time)
    }

    /// Records that it is to end early; an earlier record stays.
    func record(_ halt: Halt) throws(FileError) {
        try writeDurably(halt.text, to: path + "/stop", replaces: false)
    }
}
