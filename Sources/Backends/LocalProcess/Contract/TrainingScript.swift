import Foundation
import Tuning

/// A program in script mode: source in a directory or an archive, and which of its files to run.
struct TrainingScript: Hashable {
    /// The file to run, relative to the source.
    let program: String
    /// Where the source comes from, as it was given.
    let submitDirectory: String

    /// Finds the two hyperparameters of script mode; `nil` unless both are there.
    init?(_ hyperparameters: [Parameter.Name: String]) {
        guard let program = hyperparameters["sagemaker_program"],
            let directory = hyperparameters["sagemaker_submit_directory"]
        else { return nil }
        self.program = HyperparameterValue(program).text
        submitDirectory = HyperparameterValue(directory).text
    }

    /// The program's name without the ending that says its language.
    var moduleName: String {
        (program as NSString).deletingPathExtension
    }

    /// What is wrong with the program or the source, for the client; `nil` when nothing is.
    var problem: String? {
        let parts = program.split(separator: "/")
        if parts.isEmpty || program.hasPrefix("/") || parts.contains("..") {
            return "sagemaker_program is '\(program)'; give a file inside the source."
        }
        guard ["py", "sh"].contains((program as NSString).pathExtension) else {
            return "sagemaker_program is '\(program)'; give a .py or a .sh file."
        }
        if sourcePath == nil {
            return "sagemaker_submit_directory is '\(submitDirectory)', which local training jobs"
                + " cannot read yet; give a file:// address or a path."
        }
        return nil
    }

    /// The options of a program: as the toolkit writes them, by name, without the reserved.
    static func arguments(_ hyperparameters: [Parameter.Name: String]) -> [String] {
        var arguments: [String] = []
        for (name, value) in hyperparameters.sorted(by: { $0.key < $1.key })
        where !isReservedHyperparameter(name) {
            arguments += [name.count == 1 ? "-\(name)" : "--\(name)"]
            arguments += [pythonText(HyperparameterValue(value).text)]
        }
        return arguments
    }

    /// The words that run the program, once its source is in place.
    func arguments(with hyperparameters: [Parameter.Name: String]) -> [String] {
        let interpreter = program.hasSuffix(".py") ? "python3" : "sh"
        return [interpreter, program] + Self.arguments(hyperparameters)
    }

    /// Copies or unpacks the source into a directory, whole or not at all.
    ///
    /// - Throws: `TrainingFailure` when there is no such source or program; `FileError`.
    func install(in directory: String) async throws {
        if fileExists(directory) { return }
        guard problem == nil, let source = sourcePath else {
            throw TrainingFailure(.algorithm, "ClientError: \(problem ?? "")")
        }
        var isDirectory = ObjCBool(false)
        guard FileManager.default.fileExists(atPath: source, isDirectory: &isDirectory) else {
            throw TrainingFailure(
                .algorithm, "ClientError: sagemaker_submit_directory: there is no '\(source)'.")
        }
        let temporary = "\(directory).\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: temporary) }
        if isDirectory.boolValue {
            try FileManager.default.copyItem(atPath: source, toPath: temporary)
        } else {
            try makeDirectory(temporary)
            try await unpack(source, into: temporary)
        }
        guard fileExists("\(temporary)/\(program)") else {
            throw TrainingFailure(
                .algorithm,
                "ClientError: sagemaker_program: there is no '\(program)' in '\(source)'.")
        }
        guard rename(temporary, directory) == 0 || fileExists(directory) else {
            throw FileError("make the directory", directory)
        }
    }

    private var sourcePath: String? {
        if let path = localPath(of: submitDirectory) { return path }
        return submitDirectory.isEmpty || submitDirectory.contains("://") ? nil : submitDirectory
    }

    private func unpack(_ archive: String, into directory: String) async throws {
        do {
            try await TarArchive(path: archive).unpack(into: directory)
        } catch let problem as TarArchive.Problem {
            throw TrainingFailure(
                .algorithm,
                "ClientError: sagemaker_submit_directory: cannot unpack '\(archive)': \(problem)")
        }
    }

    /// The toolkit turns values into Python's before it writes them.
    private static func pythonText(_ value: String) -> String {
        switch value {
        case "true": "True"
        case "false": "False"
        case "null": "None"
        default: value
        }
    }
}
