import Backends
import Foundation

/// The shell script that runs a program on its node, and makes it the place that the container
/// contract says.
struct RayScript {
    private static let configurationFiles = [
        "hyperparameters.json", "inputdataconfig.json", "resourceconfig.json",
    ]

    /// The training job's directory, as the program sees it.
    let directory: TrainingDirectory
    /// The attempt's files on this machine.
    let files: AttemptDirectory
    /// The source on this machine; `nil` for a program without one.
    let source: String?
    /// Whether Ray starts the program where its files are.
    let hasWorkingDirectory: Bool
    /// The program and its arguments.
    let words: [String]

    /// The script.
    func text(isShared: Bool) -> String { isShared ? shared : ownDirectory }

    /// Everything is there. A job that was stopped while it waited does not begin.
    private var shared: String {
        let results = [directory.model, directory.output].shellQuoted
        return """
            [ -e \((files.path + "/stop").shellQuoted) ] && exit 143
            rm -rf \(results)
            mkdir -p \([directory.model, directory.outputData].shellQuoted) || exit 1
            cd \((source ?? directory.path).shellQuoted) || exit 1
            exec \(words.shellQuoted)
            """
    }

    /// The directory is made, and removed when the program has ended. As nobody else will read it,
    /// the program's own reason for a failure is written last into the log.
    private var ownDirectory: String {
        let directories = [
            directory.configuration, directory.inputData, directory.model, directory.outputData,
            directory.checkpoints,
        ]
        var lines = ["mkdir -p \(directories.shellQuoted) || exit 1"]
        let local = (files.path as NSString).deletingLastPathComponent
        let training = (local as NSString).deletingLastPathComponent
        for name in Self.configurationFiles {
            guard let text = contents(of: "\(training)/input/config/\(name)") else { continue }
            let path = "\(directory.configuration)/\(name)"
            lines.append("printf %s \(text.shellQuoted) >\(path.shellQuoted)")
        }
        if !hasWorkingDirectory { lines.append("cd \(directory.path.shellQuoted) || exit 1") }
        lines += [
            "trap : TERM INT HUP",
            words.shellQuoted,
            "tuner_code=$?",
            "[ \"$tuner_code\" -eq 0 ] || cat \(directory.failure.shellQuoted) 2>/dev/null",
            "cd / && rm -rf \(directory.path.shellQuoted)",
            "exit \"$tuner_code\"",
        ]
        return lines.joined(separator: "\n")
    }
}
