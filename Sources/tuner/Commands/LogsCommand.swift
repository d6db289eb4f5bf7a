import ArgumentParser
import Backends
import Foundation
import Tuning

/// Prints what a training job printed.
struct LogsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logs", abstract: "Print what a training job printed, of its last attempt.")

    @Argument(help: "The training job.") var name: String
    @Option(help: "The data directory.") var data: String?
    @Flag(help: "Errors instead of output.") var errors = false
    @Flag(help: "Go on printing until the training job is over.") var follow = false

    func run() async throws {
        let directory = try DataDirectory(data)
        guard let attempt = directory.lastAttempt(of: name) else {
            throw CommandFailure(
                "there are no logs of a training job '\(name)' in '\(directory.path)'")
        }
        let log = attempt.appending(path: errors ? "stderr.log" : "stdout.log")
        let files = AttemptDirectory(path: attempt.path)
        var opened = FileHandle(forReadingAtPath: log.path)
        // A program that waits for its start, or whose output comes from afar, has no log yet.
        while opened == nil, follow, !files.isOver {
            try await Task.sleep(for: .milliseconds(200))
            opened = FileHandle(forReadingAtPath: log.path)
        }
        guard let handle = opened else {
            throw CommandFailure("cannot read '\(log.path)'")
        }
        while true {
            let isOver = files.isOver
            while let chunk = try handle.read(upToCount: 1 << 16), !chunk.isEmpty {
                do {
                    try FileHandle.standardOutput.write(contentsOf: chunk)
                } catch {
                    throw CommandFailure("cannot write the log: \(error.oneLine)")
                }
            }
            guard follow, !isOver else { return }
            try await Task.sleep(for: .milliseconds(200))
        }
    }
}
