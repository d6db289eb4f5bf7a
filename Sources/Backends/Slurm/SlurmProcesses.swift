import Foundation
import Subprocess

/// The commands of Slurm as processes of this machine.
///
/// They get little of the daemon's environment, since `sbatch` passes on what it has to the job.
struct SlurmProcesses: SlurmCommands {
    /// How much a command may say, in bytes: a hundred thousand jobs.
    private static let outputBytesMax = 512 << 20
    /// How much of a complaint is kept, in bytes.
    private static let complaintBytesMax = 1 << 20
    /// What Slurm's commands and a job need to know of the daemon's user and machine.
    private static let inherited = [
        "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LC_ALL", "TZ", "SLURM_CONF",
    ]

    /// Where the commands are; empty for the daemon's `PATH`.
    let directory: String
    /// How long a command may take.
    let timeLimit: Duration
    private let environment: [Environment.Key: String]
    private let turns: Turns

    /// Takes settings.
    ///
    /// - Parameters:
    ///   - environment: What jobs have in their environment, too.
    ///   - countMax: How many commands may run at once.
    init(
        directory: String, timeLimit: Duration, environment: [String: String], countMax: Int = 4
    ) {
        self.directory = directory
        self.timeLimit = timeLimit
        self.environment = Dictionary(
            Self.environment(with: environment).map {
                (Environment.Key(stringLiteral: $0.key), $0.value)
            }
        ) { first, _ in first }
        turns = Turns(count: countMax)
    }

    /// What jobs have in their environment: what is given, and some of the daemon's own.
    static func environment(with given: [String: String]) -> [String: String] {
        ProcessInfo.processInfo.environment.filter { inherited.contains($0.key) }
            .merging(given) { _, new in new }
    }

    func run(_ command: SlurmCommand, _ arguments: [String]) async throws -> SlurmAnswer {
        try await turns.take()
        defer { turns.giveBack() }
        return try await withThrowingTaskGroup(of: SlurmAnswer?.self) { group in
            group.addTask { try await answer(command, arguments) }
            group.addTask { [timeLimit] in
                try await Task.sleep(for: timeLimit)
                return nil
            }
            defer { group.cancelAll() }
            guard let answer = try await group.next() ?? nil else {
                throw SlurmError("\(command.rawValue) has not ended within \(timeLimit)")
            }
            return answer
        }
    }

    private func answer(
        _ command: SlurmCommand, _ arguments: [String]
    ) async throws -> SlurmAnswer {
        let path = try path(of: command)
        let result: ExecutionResult<Void, StringOutput<UTF8>, StringOutput<UTF8>>
        do {
            result = try await Subprocess.run(
                .path(.init(path)), arguments: Arguments(arguments),
                environment: .custom(environment), input: .none,
                output: .string(limit: Self.outputBytesMax),
                error: .string(limit: Self.complaintBytesMax))
        } catch {
            try Task.checkCancellation()
            throw SlurmError("\(path) cannot be run: \(error)")
        }
        // A process that was killed for the end of this task is no answer.
        try Task.checkCancellation()
        return SlurmAnswer(
            isSuccess: result.terminationStatus.isSuccess, output: result.standardOutput,
            complaint: result.standardError)
    }

    private func path(of command: SlurmCommand) throws(SlurmError) -> String {
        if !directory.isEmpty { return "\(directory)/\(command.rawValue)" }
        let search = ProcessInfo.processInfo.environment["PATH"] ?? ""
        for place in search.split(separator: ":") {
            let path = "\(place)/\(command.rawValue)"
            if FileManager.default.isExecutableFile(atPath: path) { return path }
        }
        throw SlurmError("there is no command '\(command.rawValue)' in the PATH, '\(search)'")
    }
}
