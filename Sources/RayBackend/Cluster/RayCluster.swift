import EngineHTTP
import Foundation
import Tuning

/// A Ray cluster, through the REST API of its dashboard.
struct RayCluster: Sendable {
    /// What came of the wish for a job.
    enum Submission: Hashable {
        case accepted
        /// There is one with this ID.
        case idIsTaken
        /// The cluster does not want it, in its own words.
        case refused(String)
    }

    private let transport: any EngineTransport

    init(_ transport: any EngineTransport) { self.transport = transport }

    /// The version of Ray.
    @discardableResult
    func version() async throws -> String {
        let answer = try await ask(EngineRequest("GET", "/api/version", timeout: .seconds(10)))
        guard let version = answer.json?["ray_version"]?.string else { throw answer.error }
        return version
    }
}

// MARK: - Jobs

extension RayCluster {
    /// All jobs that were submitted, by their IDs.
    func jobs() async throws -> [String: RayJob] {
        let answer = try await ask(EngineRequest("GET", "/api/jobs/"))
        guard answer.status == 200, let list = answer.json?.array else { throw answer.error }
        let jobs = list.compactMap(RayJob.init)
        return Dictionary(jobs.map { ($0.submissionID, $0) }) { first, _ in first }
    }

    /// A job; `nil` when there is none with this ID.
    func job(_ id: String) async throws -> RayJob? {
        let answer = try await ask(EngineRequest("GET", path(of: id)))
        if answer.isMissing { return nil }
        guard answer.status == 200, let job = answer.json.flatMap(RayJob.init) else {
            throw answer.error
        }
        return job
    }

    /// Submits a job. However often that is done, there is one job with its ID.
    func submit(_ job: JSONValue) async throws -> Submission {
        let answer = try await ask(EngineRequest("POST", "/api/jobs/", body: .json(job)))
        if answer.isSuccess { return .accepted }
        // The head node passes on what the node says that it asked, as an error of its own.
        if answer.text.contains("already exists") { return .idIsTaken }
        if answer.status == 400 || answer.text.contains("Request failed with status code 400") {
            return .refused(answer.error.message)
        }
        throw answer.error
    }

    /// Asks a job to end; it gets SIGTERM, and SIGKILL after a while.
    ///
    /// - Returns: Whether it was asked: it may be over, or not quite there yet.
    func stop(_ id: String) async throws -> Bool {
        let answer = try await ask(EngineRequest("POST", path(of: id) + "/stop"))
        if answer.isMissing { return false }
        guard answer.isSuccess else { throw answer.error }
        return answer.json?["stopped"]?.bool ?? true
    }

    /// Makes the cluster forget a job that is over.
    func delete(_ id: String) async throws {
        let answer = try await ask(EngineRequest("DELETE", path(of: id)))
        guard answer.isSuccess || answer.isMissing else { throw answer.error }
    }

    private func path(of id: String) -> String { "/api/jobs/\(id.percentEncoded)" }
}

// MARK: - Logs

extension RayCluster {
    /// Reads a job's log from its beginning, byte by byte as it is on its node.
    ///
    /// The jobs' own part of the API gives the whole log at each request, and none of one that is
    /// not UTF-8; so this is the part that `ray logs` uses.
    ///
    /// - Parameter follows: Whether to wait for more, until the request is cancelled.
    /// - Throws: `RayError` when the log, or its node, is gone.
    func log(
        of id: String, on node: String, follows: Bool,
        _ receive: @escaping @Sendable ([UInt8]) async throws -> Void
    ) async throws {
        var query = ["node_id": node, "filename": "job-driver-\(id).log", "lines": "-1"]
        if follows { query["interval"] = "0.5" }
        let request = EngineRequest(
            "GET", "/api/v0/logs/" + (follows ? "stream" : "file"), query: query, timeout: nil)
        if let refusal = try await transport.stream(request, receive) { throw refusal.error }
    }
}

// MARK: - Packages

extension RayCluster {
    /// Whether the cluster has a package; if so, it is kept until the next job begins.
    func hasPackage(_ name: String) async throws -> Bool {
        let answer = try await ask(EngineRequest("GET", "/api/packages/gcs/\(name)"))
        if answer.status == 404 { return false }
        guard answer.isSuccess else { throw answer.error }
        return true
    }

    /// Gives the cluster a package.
    func upload(_ content: [UInt8], as name: String) async throws {
        let answer = try await ask(
            EngineRequest(
                "PUT", "/api/packages/gcs/\(name)", body: .bytes(content), timeout: .seconds(600)))
        guard answer.isSuccess else { throw answer.error }
    }
}

// MARK: - Answers

extension RayCluster {
    private func ask(_ request: EngineRequest) async throws -> EngineAnswer {
        try await transport.answer(to: request)
    }
}

/// An answer that a Ray cluster should not have given.
struct RayError: Error, Hashable, CustomStringConvertible {
    /// The status.
    let status: Int
    /// What the cluster says.
    let message: String

    /// What was refused, and why.
    var description: String { "the Ray cluster answered \(status): \(message)" }
}

extension EngineAnswer {
    /// Whether the job asked for is not there. A proxy may say 404 for other reasons.
    fileprivate var isMissing: Bool { status == 404 && text.contains("does not exist") }

    /// The answer as an error: the last line of what is often a whole traceback.
    fileprivate var error: RayError {
        let lines = text.split(whereSeparator: \.isNewline)
            .map { $0.trimmingCharacters(in: .whitespaces) }
            .filter { !$0.isEmpty && $0 != "." }
        return RayError(status: status, message: String((lines.last ?? "").prefix(500)))
    }
}
