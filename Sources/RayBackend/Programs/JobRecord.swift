import Backends
import Foundation

/// The files by which an attempt's job is found again:
///
///     ray-job         the ID that the job is submitted with, or that there will be none
///     ray-submitted   the cluster has had the job
///     ray-running     when the job was first seen to run
///
/// The ID is written before the job is submitted, so no end of the daemon loses a job, and it can
/// be kept for ever from being submitted. Two data directories never choose the same.
struct JobRecord: Sendable {
    /// What stands for no ID.
    private static let none = "none"

    /// The attempt's files.
    let files: AttemptDirectory

    private var idPath: String { files.path + "/ray-job" }
    private var submittedPath: String { files.path + "/ray-submitted" }
    private var runningPath: String { files.path + "/ray-running" }

    /// The ID that was chosen; `nil` while there is none, or if there will never be one.
    var id: String? {
        guard let text = contents(of: idPath), !text.isEmpty, text != Self.none else { return nil }
        return text
    }

    /// Chooses an ID unless one was chosen.
    ///
    /// - Parameter name: What it begins with.
    /// - Returns: The ID; `nil` if there will be none.
    func chooseID(for name: String) throws(FileError) -> String? {
        if id == nil {
            let digits = UUID().uuidString.lowercased().replacingOccurrences(of: "-", with: "")
            try writeDurably("\(name)-\(digits.prefix(16))", to: idPath, replaces: false)
        }
        return id
    }

    /// Keeps an ID from being chosen.
    ///
    /// - Returns: The one that was chosen before.
    func forbidID() throws(FileError) -> String? {
        try writeDurably(Self.none, to: idPath, replaces: false)
        return id
    }

    /// Whether the cluster has had the job.
    var wasSubmitted: Bool { fileExists(submittedPath) }

    /// Records that the cluster has the job.
    func noteSubmission() throws(FileError) {
        if !wasSubmitted { try writeDurably("", to: submittedPath, replaces: false) }
    }

    /// When the job was first seen to run; `nil` if it never was.
    var startTime: Date? { modificationTime(of: runningPath) }

    /// Records that the job runs; since when, as far as is known.
    func noteStart() throws(FileError) -> Date {
        if let startTime { return startTime }
        try writeDurably("", to: runningPath, replaces: false)
        return startTime ?? Date()
    }
}
