import Foundation
import Tuning

/// A training job's directory, laid out as the SageMaker container contract has it.
package struct TrainingDirectory: Hashable, Sendable {
    /// Where SageMaker has it in its containers.
    package static let container = TrainingDirectory(path: "/opt/ml")

    /// The path, without a slash at its end.
    package let path: String

    /// The directory of a training job.
    ///
    /// - Throws: `TrainingFailure` when the name cannot be that of a directory.
    package init(of name: TrainingJob.Name, in data: URL) throws(TrainingFailure) {
        guard !name.isEmpty, name != ".", name != "..", !name.contains("/"), !name.contains("\0")
        else {
            throw TrainingFailure(
                .algorithm, "ClientError: '\(name)' cannot be the name of a directory.")
        }
        path = data.appending(path: "training-jobs").appending(path: name).path
    }

    /// The directory at a path on whatever machine a program runs on.
    package init(path: String) { self.path = path }

    /// The configuration and the input data.
    package var input: String { path + "/input" }
    /// The files that say what to train, and with what.
    package var configuration: String { input + "/config" }
    /// A directory for every channel.
    package var inputData: String { input + "/data" }
    /// What the program has trained.
    package var model: String { path + "/model" }
    /// What else it leaves behind.
    package var output: String { path + "/output" }
    /// What of that is saved.
    package var outputData: String { output + "/data" }
    /// Where checkpoints are unless the definition says otherwise.
    package var checkpoints: String { path + "/checkpoints" }
    /// The source of a program in script mode.
    package var code: String { path + "/code" }
    /// Holds what is on its way from or to elsewhere.
    var staging: String { path + "/transfer" }
    /// Where the program says why it failed.
    package var failure: String { output + "/failure" }

    /// The directory of one attempt, which may not be there.
    package func attempt(_ number: Int) -> AttemptDirectory {
        AttemptDirectory(path: "\(path)/attempts/\(number)")
    }
}

// MARK: - Preparation

extension TrainingDirectory {
    private var creationRecordPath: String { path + "/created" }

    /// What tells the training job from earlier ones with its name; `nil` before its first run.
    package var creationRecord: String? { contents(of: creationRecordPath) }

    /// Where a definition's checkpoints are.
    ///
    /// - Throws: `TrainingFailure` for a place that cannot be.
    package func checkpointDirectory(
        of definition: TrainingJobDefinition
    ) throws(TrainingFailure) -> String {
        try CheckpointStorage.directory(of: definition, in: self)
    }

    /// Makes the directories and the files of `input`; what is there is kept or replaced.
    ///
    /// - Throws: `FileError`; `TrainingFailure` for checkpoints that cannot be.
    func prepare(_ attempt: Attempt, channels: [TrainingChannel]) throws {
        let checkpoints = try CheckpointStorage.directory(of: attempt.definition, in: self)
        let directories = [configuration, inputData, model, outputData, checkpoints]
        for directory in directories + [self.attempt(attempt.id.number).path] {
            try makeDirectory(directory)
        }
        let files = ContainerConfiguration(attempt: attempt, channels: channels)
        try write(files.hyperparameters, to: "hyperparameters.json")
        try write(files.inputData, to: "inputdataconfig.json")
        try write(files.resources, to: "resourceconfig.json")
    }

    /// Removes what is left of an earlier training job that had the same name.
    ///
    /// A file says when the training job was created; a second is the accuracy of that, since
    /// stores may round.
    func removeNamesake(of attempt: Attempt) throws {
        let record = creationRecordPath
        let time = attempt.creationTime.timeIntervalSince1970
        if let text = contents(of: record), let earlier = Double(text), abs(earlier - time) > 1 {
            try FileManager.default.removeItem(atPath: path)
        }
        try makeDirectory(path)
        if !fileExists(record) { try writeDurably("\(time)", to: record) }
    }

    private func write(_ value: JSONValue, to name: String) throws {
        try writeDurably(value.encodedText, to: "\(configuration)/\(name)")
    }
}
