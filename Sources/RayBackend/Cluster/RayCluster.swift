import Foundation
import Synchronization
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

    private let transport: any RayTransport

    init(_ transport: any RayTransport) { self.transport = transport }

    /// The version of Ray.
    @discardableResult
    func version() async throws -> String {
        let answer = try await ask(RayRequest("GET", "/api/version", timeout: .seconds(10)))
        guard let version = answer.json?["ray_version"]?.string else { throw answer.error }
        return version
    }
}

// MARK: - Jobs

extension RayCluster {
    /// All jobs that were submitted, by their IDs.
    func jobs() async throws -> [String: RayJob] {
        let answer = try await ask(RayRequest("GET", "/api/jobs/"))
        guard answer.status == 200, let list = answer.json?.array else { throw answer.error }
        let jobs = list.compactMap(RayJob.init)
        return Dictionary(jobs.map { ($0.submissionID, $0) }) { first, _ in first }
    }

    /// A job; `nil` when there is none with this ID.
    func job(_ id: String) async throws -> RayJob? {
        let answer = try await ask(RayRequest("GET", path(of: id)))
        if answer.isMissing { return nil }
        guard answer.status == 200, let job = answer.json.flatMap(RayJob.init) else {
            throw answer.error
        }
        return job
    }

    /// Submits a job. However often that is done, there is one job with its ID.
    func submit(_ job: JSONValue) async throws -> Submission {
        let answer = try await ask(RayRequest("POST", "/api/jobs/", body: .json(job)))
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
        let answer = try await ask(RayRequest("POST", path(of: id) + "/stop"))
        if answer.isMissing { return false }
        guard answer.isSuccess else { throw answer.error }
        return answer.json?["stopped"]?.bool ?? true
    }

    /// Makes the cluster forget a job that is over.
    func delete(_ id: String) async throws {
        let answer = try await ask(RayRequest("DELETE", path(of: id)))
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
        let request = RayRequest(
            "GET", "/api/v0/logs/" + (follows ? "stream" : "file"), query: query, timeout: nil)
        let complaint = Mutex<[UInt8]>([])
        let status = try await transport.send(request) { status, piece in
            if status == 200 {
                try await receive(piece)
            } else {
                complaint.withLock { $0 += piece }
            }
        }
        guard status == 200 else {
            throw RayAnswer(status: status, body: complaint.withLock { $0 }).error
        }
    }
}

// MARK: - Packages

extension RayCluster {
    /// Whether the cluster has a package; if so, it is kept until the next job begins.
    func hasPackage(_ name: String) async throws -> Bool {
        let answer = try await ask(RayRequest("GET", "/api/packages/gcs/\(name)"))
        if answer.status == 404 { return false }
        guard answer.isSuccess else { throw answer.error }
        return true
    }

    /// Gives the cluster a package.
    func upload(_ content: [UInt8], as name: String) async throws {
        let answer = try await ask(
            RayRequest(
                "PUT", "/api/packages/gcs/\(name)", body: .bytes(content), timeout: .seconds(600)))
        guard answer.isSuccess else { throw answer.error }
    }
}

// MARK: - Asking

extension RayCluster {
    private func ask(_ request: RayRequest) async throws -> RayAnswer {
        let body = Mutex<[UInt8]>([])
        let status = try await transport.send(request) { _, piece in body.withLock { $0 += piece } }
        return RayAnswer(status: status, body: body.withLock { $0 })
    }
}

/// An answer, whole in memory.
private struct RayAnswer {
    /// The status.
    let status: Int
    /// The body as it came.
    let body: [UInt8]

    /// Whether the status is one of success.
    var isSuccess: Bool { (200..<300).contains(status) }

    /// Whether the job asked for is not there. A proxy may say 404 for other reasons.
    var isMissing: Bool { status == 404 && text.contains("does not exist") }

    /// The body; `nil` when it is no JSON.
    var json: JSONValue? { try? JSONValue(parsing: text) }

    /// The body as a text.
    var text: String { String(decoding: body, as: UTF8.self) }

    /// The answer as an error: the last line of what is often a whole traceback.
    var error: RayError {
        let lines = text.split(whereSeparator: \.isNewline)
            .map { $0.trimmingCharacters(in: .whitespaces) }
            .filter { !$0.isEmpty && $0 != "." }
        return RayError(status: status, message: String((lines.last ?? "").prefix(500)))
    }
}
