import Foundation

/// The directory where everything is kept.
struct DataDirectory {
    /// Its path, absolute.
    let path: String

    /// The directory of the environment variable `TUNER_DATA`, else `~/.tuner`.
    static var standardPath: String {
        let asked = ProcessInfo.processInfo.environment["TUNER_DATA"] ?? ""
        return asked.isEmpty ? "~/.tuner" : asked
    }

    /// Takes the directory asked for, else the standard one.
    ///
    /// - Throws: `CommandFailure` for the path of no directory, such as that of a variable of a
    ///   shell that is not set, which as a path would be the current directory; and for a file's.
    init(_ path: String?) throws(CommandFailure) {
        let asked = path ?? Self.standardPath
        guard !asked.isEmpty else { throw CommandFailure("the data directory's path is empty") }
        self.path = URL(filePath: NSString(string: asked).expandingTildeInPath).path
        var isDirectory = ObjCBool(true)
        if FileManager.default.fileExists(atPath: self.path, isDirectory: &isDirectory),
            !isDirectory.boolValue
        {
            throw CommandFailure("the data directory '\(self.path)' is a file; give a directory")
        }
    }

    /// Its address.
    var url: URL { URL(filePath: path, directoryHint: .isDirectory) }

    /// Whether jobs and algorithms were kept here before.
    var hasStore: Bool {
        FileManager.default.fileExists(atPath: url.appending(path: "tuner.sqlite").path)
    }

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

// MARK: - Where training jobs run

extension DataDirectory {
    private var backendFile: URL { url.appending(path: "backend") }

    /// What ran the training jobs of this directory last; `nil` where nothing has.
    var backend: Settings.Backend? {
        let name = try? String(contentsOf: backendFile, encoding: .utf8)
            .trimmingCharacters(in: .whitespacesAndNewlines)
        return name.flatMap(Settings.Backend.init)
    }

    /// Notes what runs training jobs from now on.
    ///
    /// - Parameter unfinishedCount: How many jobs of the directory are not over, also of those that
    ///   are not gone on with now.
    /// - Throws: `CommandFailure` when these run elsewhere: what is simulated must not become a
    ///   process of this machine, nor a training job of a service be started again here.
    func keep(_ backend: Settings.Backend, unfinishedCount: Int) throws {
        let before = self.backend
        if let before, before != backend, unfinishedCount > 0 {
            throw CommandFailure(
                """
                '\(path)' has unfinished jobs that run with the backend \(before.rawValue): \
                go on with --backend \(before.rawValue), or stop them first
                """)
        }
        guard before != backend else { return }
        try backend.rawValue.write(to: backendFile, atomically: true, encoding: .utf8)
    }
}
