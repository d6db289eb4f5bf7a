import Foundation
import Tuning

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The files by which an attempt, its program and any number of daemons know of each other.
///
///     claim        a directory; whoever makes it, and nobody else, runs the attempt
///     stop         why the attempt is to end early; the first reason stays
///     end          how the program ended, where its engine may forget that
///     exit         the same, where what runs the program can write it there
///     stdout.log, stderr.log
///
/// Each file but the logs appears whole or not at all, and never changes. A host may have files of
/// its own beside them.
package struct AttemptDirectory: Hashable, Sendable {
    /// Why an attempt ends before its program does.
    package enum Halt: Hashable, Sendable {
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
    package let path: String

    /// The directory at a path.
    package init(path: String) { self.path = path }

    /// What the program wrote on its standard output.
    package var standardOutput: String { path + "/stdout.log" }
    /// What it wrote on its standard error.
    package var standardError: String { path + "/stderr.log" }

    /// Claims the attempt for nobody: a program that has to claim it first will never run.
    ///
    /// - Returns: Whether it had not been claimed before.
    package func claim() throws(FileError) -> Bool {
        if mkdir(path + "/claim", 0o755) == 0 { return true }
        guard errno == EEXIST else { throw FileError("make the directory", path + "/claim") }
        return false
    }

    /// When it was claimed; `nil` while it is not.
    package var claimTime: Date? { modificationTime(of: path + "/claim") }

    /// Why it is to end early, and since when; `nil` while it is not.
    package var halt: (Halt, since: Date)? {
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

// MARK: - End

extension AttemptDirectory {
    /// Whether nothing more will come in the logs: the end was recorded by the host, or by what
    /// runs the program, or the program was given up.
    package var isOver: Bool {
        fileExists(path + "/end") || fileExists(path + "/exit") || halt?.0 == .lost
    }

    /// How the program ended and since when it ran.
    private struct End: Codable {
        let exit: ProgramExit
        let startTime: Date?
    }

    /// The end that was recorded, as a state; `nil` while none was.
    package var recordedEnd: ProgramState? {
        guard let text = contents(of: path + "/end"),
            let end = try? JSONDecoder().decode(End.self, from: Data(text.utf8))
        else { return nil }
        return .ended(end.exit, since: end.startTime)
    }

    /// Records how the program ended; an earlier record stays.
    func record(_ exit: ProgramExit, since startTime: Date?) throws {
        let end = try JSONEncoder().encode(End(exit: exit, startTime: startTime))
        try writeDurably(String(decoding: end, as: UTF8.self), to: path + "/end", replaces: false)
    }
}
