import Foundation
import Tuning

/// A program in script mode: source in a directory or an archive, and which of its files to run.
package struct TrainingScript: Hashable, Sendable {
    /// The file to run, relative to the source.
    package let program: String
    /// Where the source comes from, as it was given.
    package let submitDirectory: String

    /// Finds the two hyperparameters of script mode; `nil` unless both are there.
    package init?(_ hyperparameters: [Parameter.Name: String]) {
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
    package func problem(in storage: DataStorage) -> String? {
        let parts = program.split(separator: "/")
        if parts.isEmpty || program.hasPrefix("/") || parts.contains("..") {
            return "sagemaker_program is '\(program)'; give a file inside the source."
        }
        guard ["py", "sh"].contains((program as NSString).pathExtension) else {
            return "sagemaker_program is '\(program)'; give a .py or a .sh file."
        }
        if sourcePath == nil, storage.transfer(for: submitDirectory) == nil {
            return "sagemaker_submit_directory: "
                + DataStorage.problem(withAddress: submitDirectory) + "."
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

    /// Words that run the program after what its source asks for has been installed.
    package func installing(_ arguments: [String], in source: String) -> [String] {
        program.hasSuffix(".py")
            ? ScriptRequirements.arguments(for: arguments, in: source) : arguments
    }

    /// Copies or unpacks the source into a directory, whole or not at all.
    ///
    /// - Throws: `TrainingFailure` when there is no such source or program; `FileError`,
    ///   `DataTransferError` of kind `.diskFull`, `CancellationError`.
    func install(in directory: String, from storage: DataStorage) async throws {
        if fileExists(directory) { return }
        if let problem = problem(in: storage) {
            throw TrainingFailure(.algorithm, "ClientError: \(problem)")
        }
        let temporary = "\(directory).\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: temporary) }
        if let path = sourcePath {
            try await copy(path, to: temporary)
        } else {
            try await download(to: temporary, from: storage)
        }
        guard fileExists("\(temporary)/\(program)") else {
            throw TrainingFailure(
                .algorithm,
                "ClientError: sagemaker_program: there is no '\(program)' in '\(submitDirectory)'.")
        }
        guard rename(temporary, directory) == 0 || fileExists(directory) else {
            throw FileError("make the directory", directory)
        }
    }

    private func copy(_ source: String, to target: String) async throws {
        var isDirectory = ObjCBool(false)
        guard FileManager.default.fileExists(atPath: source, isDirectory: &isDirectory) else {
            throw TrainingFailure(
                .algorithm, "ClientError: sagemaker_submit_directory: there is no '\(source)'.")
        }
        if isDirectory.boolValue {
            try FileManager.default.copyItem(atPath: source, toPath: target)
        } else {
            try await unpack(source, into: target)
        }
    }

    private func download(to target: String, from storage: DataStorage) async throws {
        do {
            let transfer = try storage.requiredTransfer(for: submitDirectory)
            let object = try await transfer.object(at: submitDirectory)
            try await storage.cache.use(object, from: transfer) { path in
                try await unpack(path, into: target)
            }
        } catch let error as DataTransferError where error.kind != .diskFull {
            throw TrainingFailure(
                "Data download failed",
                DataTransferError(error.kind, "sagemaker_submit_directory: \(error)"))
        }
    }

    private var sourcePath: String? {
        if let path = localPath(of: submitDirectory) { return path }
        return submitDirectory.isEmpty || submitDirectory.contains("://") ? nil : submitDirectory
    }

    private func unpack(_ archive: String, into directory: String) async throws {
        try makeDirectory(directory)
        do {
            try await TarArchive(path: archive).unpack(into: directory)
        } catch let problem as TarArchive.Problem {
            if problem.isDiskFull { throw FileError("unpack", archive, code: ENOSPC) }
            throw TrainingFailure(
                .algorithm,
                "ClientError: sagemaker_submit_directory: cannot unpack '\(submitDirectory)':"
                    + " \(problem)")
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
