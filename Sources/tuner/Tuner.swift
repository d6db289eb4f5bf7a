import ArgumentParser
import Foundation

/// The command line: `tuner COMMAND`.
@main
struct Tuner: AsyncParsableCommand {
    /// What `tuner --version` prints.
    static let version = "0.1.0"

    static let configuration = CommandConfiguration(
        commandName: "tuner",
        abstract: "Tune hyperparameters with Amazon SageMaker's API, on any machine.",
        version: version,
        subcommands: [
            DemoCommand.self, RunCommand.self, ServeCommand.self, ListCommand.self,
            DescribeCommand.self, TrainingJobsCommand.self, LogsCommand.self, StopCommand.self,
            DeleteCommand.self, PlotCommand.self, ExportCommand.self, ReplayCommand.self,
            SuggestCommand.self, KeysCommand.self, TrainDigitsCommand.self,
        ])

    /// Runs the command that the arguments name and exits: 0 done, 1 the job failed, 2 wrong use,
    /// 130 interrupted.
    static func main() async {
        StandardStreams.openClosed()
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch let failure as CommandFailure {
            StandardStreams.tell(failure.description + "\n")
            Foundation.exit(failure.exitCode)
        } catch let code as ExitCode {
            Foundation.exit(code.rawValue)
        } catch {
            let code = exitCode(for: error)
            if code == .success { exit(withError: error) }
            let isUsage = code == .validationFailure
            let text = isUsage ? fullMessage(for: error) : CommandFailure(error.oneLine).description
            StandardStreams.tell(text + "\n")
            Foundation.exit(CommandFailure.wrongUse)
        }
    }
}

/// Why a command could not do what it was asked: a line for people, and an exit code.
struct CommandFailure: Error, CustomStringConvertible {
    /// The job that was run failed.
    static let jobFailed: Int32 = 1
    /// The command was used in a wrong way, or cannot do what was asked here.
    static let wrongUse: Int32 = 2
    /// The command was interrupted.
    static let interrupted: Int32 = 130
    /// The most characters of a message that are shown: a message may quote what was given.
    static let lengthMax = 1_000

    let description: String
    let exitCode: Int32

    init(_ message: String, exitCode: Int32 = CommandFailure.wrongUse) {
        let line = "tuner: \(message.inOneLine)"
        description = line.count > Self.lengthMax ? line.prefix(Self.lengthMax) + "..." : line
        self.exitCode = exitCode
    }
}
