import ArgumentParser
import Tuning

/// Stops a tuning job.
struct StopCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stop", abstract: "Stop a tuning job and all its training jobs.")

    @Argument(help: "The tuning job.") var name: String
    @OptionGroup var access: JobAccess

    func run() async throws {
        _ = try await access.change(
            "StopHyperParameterTuningJob", ["HyperParameterTuningJobName": .string(name)],
            of: name)
        let job = try await access.call(
            "DescribeHyperParameterTuningJob", ["HyperParameterTuningJobName": .string(name)])
        let status = job["HyperParameterTuningJobStatus"]?.text ?? ""
        let isStopping = status == "Stopping"
        if access.json {
            print("{}")
        } else {
            print(isStopping ? "\(name) is being stopped." : "\(name) is over: \(status).")
        }
    }
}

/// Deletes the entry of a tuning job.
struct DeleteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "Delete the entry of a tuning job that is over; its training jobs stay.")

    @Argument(help: "The tuning job.") var name: String
    @OptionGroup var access: JobAccess

    func run() async throws {
        // The service answers a deletion of what does not exist like any other.
        _ = try await access.call(
            "DescribeHyperParameterTuningJob", ["HyperParameterTuningJobName": .string(name)])
        _ = try await access.change(
            "DeleteHyperParameterTuningJob", ["HyperParameterTuningJobName": .string(name)],
            of: name)
        if access.json { print("{}") } else { print("\(name) is deleted.") }
    }
}
