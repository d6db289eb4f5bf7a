import Foundation
import Tuning

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// What a training job runs.
package enum TrainingProgram: Sendable {
    /// A source, and which of its files.
    case script(TrainingScript)
    /// A command line of this machine.
    case command(TrainingCommandLine)

    /// Finds what an attempt runs.
    ///
    /// - Parameters:
    ///   - images: Command lines by image name.
    ///   - storage: What can open the address of a source.
    /// - Throws: `TrainingFailure` when there is nothing, or a command line is wrong.
    package init(
        _ attempt: Attempt, images: [String: String], storage: DataStorage
    ) throws(TrainingFailure) {
        let image = attempt.definition.image
        guard let line = Self.commandLine(of: image, images: images) else {
            guard let script = TrainingScript(attempt.hyperparameters) else {
                throw TrainingFailure(.algorithm, "ClientError: \(Self.problem(withImage: image))")
            }
            if let problem = script.problem(in: storage) {
                throw TrainingFailure(.algorithm, "ClientError: \(problem)")
            }
            self = .script(script)
            return
        }
        do {
            let names = Set(attempt.hyperparameters.keys)
            self = .command(try TrainingCommandLine(line, hyperparameters: names))
        } catch {
            throw TrainingFailure(.algorithm, "ClientError: \(error.description)")
        }
    }

    /// The command line an image stands for; `nil` when it stands for none.
    package static func commandLine(of image: String, images: [String: String]) -> String? {
        image.hasPrefix("exec:") ? String(image.dropFirst("exec:".count)) : images[image]
    }

    /// Why an image without a command line cannot be run.
    package static func problem(withImage image: String) -> String {
        "Image '\(image)' has no command; write exec:COMMAND LINE, map the image to a command line"
            + " in the settings, or give the hyperparameters sagemaker_program and"
            + " sagemaker_submit_directory."
    }

    /// The program in script mode; `nil` otherwise.
    package var script: TrainingScript? {
        if case .script(let script) = self { script } else { nil }
    }

    /// The words to run.
    package func arguments(with hyperparameters: [Parameter.Name: String]) -> [String] {
        switch self {
        case .script(let script): script.arguments(with: hyperparameters)
        case .command(let command): command.arguments(with: hyperparameters)
        }
    }
}

/// What keeps a command from being run, for the client; `nil` when nothing does.
///
/// - Parameters:
///   - command: A path, or a name to be looked for.
///   - path: Where to look for it: directories separated by colons.
///   - directory: Where a relative path starts.
func problem(withCommand command: String, path: String, in directory: String) -> String? {
    if command.contains("/") {
        let full = command.hasPrefix("/") ? command : "\(directory)/\(command)"
        if isExecutable(full) { return nil }
        return fileExists(full)
            ? "Command '\(full)' is not executable; make it so or name its interpreter."
            : "Command '\(full)' does not exist."
    }
    let isFound = path.split(separator: ":").contains { isExecutable("\($0)/\(command)") }
    return isFound ? nil : "Command '\(command)' was not found in the PATH, '\(path)'."
}

private func isExecutable(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG && access(path, X_OK) == 0
}
