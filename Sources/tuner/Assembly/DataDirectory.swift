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

// MARK: - The last settings

extension DataDirectory {
    private var settingsFile: URL { url.appending(path: "settings.json") }

    /// What the directory was last used with; `nil` where nothing ran yet.
    var lastSettings: Settings? {
        guard let data = try? Data(contentsOf: settingsFile) else { return nil }
        return try? JSONDecoder().decode(Settings.self, from: data)
    }

    /// Keeps settings for those who go on without a daemon, for nobody else to read: they may hold
    /// secrets.
    func keep(_ settings: Settings) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        let data = try encoder.encode(settings)
        guard data != (try? Data(contentsOf: settingsFile)) else { return }
        let new = settingsFile.appendingPathExtension("new")
        try? FileManager.default.removeItem(at: new)
        guard
            FileManager.default.createFile(
                atPath: new.path, contents: data, attributes: [.posixPermissions: 0o600])
        else { throw CommandFailure("cannot write '\(new.path)'") }
        guard rename(new.path, settingsFile.path) == 0 else {
            throw CommandFailure("cannot write '\(settingsFile.path)'")
        }
    }
}
