import Foundation
import Tuning

/// A job, as a Ray cluster tells it.
struct RayJob: Hashable, Sendable {
    /// Where a job stands.
    enum Status: String, Hashable, Sendable {
        case pending = "PENDING"
        case running = "RUNNING"
        case succeeded = "SUCCEEDED"
        case failed = "FAILED"
        case stopped = "STOPPED"
    }

    /// The ID that it was submitted with.
    let submissionID: String
    /// Where it stands.
    let status: Status
    /// What Ray says of that; empty for nothing.
    let message: String
    /// What of Ray's own failed, or that the program did; empty for neither, and before Ray 2.40.
    let errorType: String
    /// When it was submitted.
    let submissionTime: Date?
    /// The node that it runs or ran on; `nil` while it has none.
    let node: String?
    /// The exit code of its entry point as Python counts it: below zero for a signal.
    private let pythonExitCode: Int?

    /// Reads a job; `nil` for what was not submitted, such as an interactive session.
    init?(_ json: JSONValue) {
        guard let id = json["submission_id"]?.string,
            json["type"]?.string ?? "SUBMISSION" == "SUBMISSION",
            let status = json["status"]?.string.flatMap(Status.init)
        else { return nil }
        submissionID = id
        self.status = status
        message = json["message"]?.string ?? ""
        errorType = json["error_type"]?.string ?? ""
        submissionTime = json["start_time"]?.number.map {
            Date(timeIntervalSince1970: $0 / 1_000)
        }
        node = json["driver_node_id"]?.string
        pythonExitCode = json["driver_exit_code"]?.integer
    }

    /// The exit code as a shell counts it; `nil` when the program did not end by itself.
    var exitCode: Int? {
        let code = pythonExitCode ?? codeInMessage
        return code.map { $0 < 0 ? 128 - $0 : $0 }
    }

    /// Earlier versions say it in words only.
    private var codeInMessage: Int? {
        let match = message.firstMatch(of: /failed with exit code (-?\d+)/)
        return match.flatMap { Int($0.1) }
    }
}
