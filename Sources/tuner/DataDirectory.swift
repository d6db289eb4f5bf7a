import Foundation

/// The directory where everything is kept.
struct DataDirectory {
    /// Its path, absolute.
    let path: String

    /// Takes the directory asked for, else that of the environment variable `TUNER_DATA`, else
    /// `~/.tuner`.
    init(_ path: String?) {
        let asked = path ?? ProcessInfo.processInfo.environment["TUNER_DATA"] ?? "~/.tuner"
        self.path = URL(filePath: NSString(string: asked).expandingTildeInPath).path
    }

    /// Its address.
    var url: URL { URL(filePath: path, directoryHint: .isDirectory) }

    /// The file that holds the address of the service that uses the directory, while it runs.
    var endpointFile: URL { url.appending(path: "endpoint") }

    /// The address of the service that uses the directory.
    var endpoint: String? {
        try? String(contentsOf: endpointFile, encoding: .utf8)
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// The directory of a training job's last attempt.
    func lastAttempt(of trainingJob: String) -> URL? {
        // A name with a slash would lead out of the directory.
        guard !trainingJob.contains("/"), !trainingJob.hasPrefix(".") else { return nil }
        let attempts = url.appending(path: "training-jobs/\(trainingJob)/attempts")
        let names = try? FileManager.default.contentsOfDirectory(atPath: attempts.path)
        return names?.compactMap(Int.init).max().map { attempts.appending(path: "\($0)") }
    }
}
