import ArgumentParser
import Foundation
import Logging
import SageMakerAPI
import Tuning

/// Runs one tuning job without a service.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Run one tuning job, and print the best at the end.",
        discussion: """
            The file is the request of CreateHyperParameterTuningJob, as YAML or JSON. A run that \
            was interrupted goes on when it is started again with the same data directory.
            """)

    @Argument(help: "The tuning job, in YAML or JSON.") var file: String
    @Option(help: "The data directory.") var data: String?
    @Option(help: "A settings file, in YAML or JSON.") var config: String?
    @Option(
        help: """
            What runs training jobs that no route sends elsewhere: local, sagemaker, a backend of \
            the settings, or mock, which simulates them all.
            """)
    var backend: String?
    @Option(
        help: "Replaces a value of the file, as PATH=VALUE with dots in the path; may be repeated."
    )
    var set: [String] = []
    @Flag(help: "Print the description of the tuning job as JSON at the end.") var json = false
    @Option(help: "What to log: debug, info, warning or error.") var logLevel = Logger.Level.error
    @Option(help: "How to log: text, or json with an object a line.")
    var logFormat: Settings.LogFormat?

    func run() async throws {
        var request = try JSONValue(file: file)
        for change in set {
            guard let equals = change.firstIndex(of: "="), equals != change.startIndex else {
                throw CommandFailure("--set '\(change)' must be PATH=VALUE")
            }
            let path = change[..<equals]
            let text = String(change[change.index(after: equals)...])
            // What a number in the file may be a text in the request; YAML's rules decide.
            let value = (try? JSONValue(yaml: text)) ?? .string(text)
            try request.set(
                value, at: path.split(separator: ".").map(String.init), of: String(path))
        }
        guard request.object != nil else {
            throw CommandFailure("the file '\(file)' is no object of names and values")
        }
        let unknown = CreateHyperParameterTuningJob.unknownMembers(of: request)
        guard unknown.isEmpty else {
            throw CommandFailure("the file '\(file)': \(unknown.joined(separator: "; "))")
        }
        var settings = try config.map { try Settings(file: $0) } ?? Settings()
        if let backend { settings.backend = backend }
        if let logFormat { settings.logFormat = logFormat }
        if let data { settings.dataDirectory = data }
        do throws(SettingsError) {
            try settings.check()
            try settings.checkMockAlone()
        } catch {
            throw CommandFailure(error.description)
        }
        let directory = try DataDirectory(settings.dataDirectory)
        let run = ExperimentRun(
            request: request, settings: settings, directory: directory, json: json,
            logger: .standardError(level: logLevel, format: settings.logFormat))
        try await run.perform()
    }
}
