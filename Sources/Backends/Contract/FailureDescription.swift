import Foundation
import Tuning

/// Why a training program failed, in its own words.
struct FailureDescription {
    /// The most characters of the whole reason, as in the service.
    private static let lengthMax = 1_024
    /// How much of the end of the standard error is looked at.
    private static let tailBytesMax = 8 * 1024
    /// The most lines of it that are kept, and the most characters in them.
    private static let lineCountMax = 12
    private static let linesLengthMax = 900

    /// The exit code as a shell counts it: above 128 for a signal.
    let exitCode: Int
    /// The file in which a program may say why it failed.
    let failureFile: String
    /// The log to be quoted when it does not.
    let standardError: String
    /// The log to be quoted where that one does not exist, because what runs the program writes
    /// both to one log.
    var onlyLog: String?

    /// The failure, worded as SageMaker words it: `AlgorithmError: TEXT, exit code: N`.
    var failure: TrainingFailure {
        let beginning = "AlgorithmError: "
        let end = ", exit code: \(exitCode)" + (signalName.map { " (\($0))" } ?? "")
        let text = (ownWords ?? lastLines) ?? "The program gave no reason"
        let room = Self.lengthMax - beginning.count - end.count
        return TrainingFailure(.algorithm, beginning + text.prefix(room) + end)
    }

    private var ownWords: String? {
        read(failureFile, from: { _ in 0 }, bytesMax: 4 * Self.lengthMax)
            .map { String($0.prefix(Self.lengthMax)) }
    }

    /// The last lines of the log that fit.
    private var lastLines: String? {
        let log = fileExists(standardError) ? standardError : onlyLog ?? standardError
        let tail = read(
            log, from: { $0 - min($0, UInt64(Self.tailBytesMax)) },
            bytesMax: Self.tailBytesMax)
        guard let tail else { return nil }
        var kept: [Substring] = []
        var length = 0
        for line in tail.split(whereSeparator: \.isNewline).reversed() {
            length += line.count + 1
            if kept.count == Self.lineCountMax || (!kept.isEmpty && length > Self.linesLengthMax) {
                break
            }
            kept.append(line)
        }
        guard !kept.isEmpty else { return nil }
        return String(kept.reversed().joined(separator: "\n").suffix(Self.linesLengthMax))
    }

    /// A part of a file without the white space around it; `nil` when nothing is left.
    private func read(_ path: String, from start: (UInt64) -> UInt64, bytesMax: Int) -> String? {
        guard let file = FileHandle(forReadingAtPath: path) else { return nil }
        defer { try? file.close() }
        guard let end = try? file.seekToEnd(), (try? file.seek(toOffset: start(end))) != nil,
            let data = try? file.read(upToCount: bytesMax)
        else { return nil }
        let text = String(decoding: data, as: UTF8.self)
            .trimmingCharacters(in: .whitespacesAndNewlines)
        return text.isEmpty ? nil : text
    }

    private var signalName: String? {
        guard exitCode > 128, exitCode < 160 else { return nil }
        let names: [Int: String] = [
            1: "SIGHUP", 2: "SIGINT", 3: "SIGQUIT", 4: "SIGILL", 5: "SIGTRAP", 6: "SIGABRT",
            8: "SIGFPE", 9: "SIGKILL", 11: "SIGSEGV", 13: "SIGPIPE", 14: "SIGALRM", 15: "SIGTERM",
        ]
        return names[exitCode - 128] ?? "signal \(exitCode - 128)"
    }
}
