import Backends
import Foundation
import Synchronization
import Tuning

/// Slurm as slurmrestd knows it.
package final class RESTController: SlurmController {
    private let transport: any RESTTransport
    private let address: RESTAddress
    private let identity: RESTIdentity
    /// The version that was asked for.
    private let wantedVersion: RESTVersion?
    /// The newest that both sides know, once it was found.
    private let foundVersion = Mutex<RESTVersion?>(nil)

    /// Takes settings; nothing is asked yet.
    ///
    /// - Parameters:
    ///   - version: What to speak; without it, the newest that slurmrestd knows too.
    ///   - timeLimit: How long a request may take.
    package convenience init(
        address: RESTAddress, identity: RESTIdentity, version: RESTVersion?, timeLimit: Duration
    ) {
        self.init(
            address: address, identity: identity, version: version,
            transport: HTTPTransport(address: address, timeLimit: timeLimit))
    }

    init(
        address: RESTAddress, identity: RESTIdentity, version: RESTVersion?,
        transport: any RESTTransport
    ) {
        self.address = address
        self.identity = identity
        wantedVersion = version
        self.transport = transport
    }

    package func submit(_ submission: SlurmSubmission) async throws -> SlurmReceipt {
        let answer = try await ask("POST", "job/submit") { version in
            try JobDescription(submission: submission, version: version).body()
        }
        // A job that was taken with a remark, such as that it is held, was taken.
        if let id = answer.json?["job_id"]?.integer, id > 0 { return .job("\(id)") }
        guard !answer.isSuccess, !answer.isOfStranger, answer.json != nil else {
            throw error(answer)
        }
        // What was not understood is not passed on.
        if answer.status == 400 { return .refused(answer.complaint) }
        guard let receipt = SlurmReceipt(complaint: answer.complaint, reason: answer.complaint)
        else { throw error(answer) }
        return receipt
    }

    package func cancel(
        _ ids: [String], by means: SlurmCancellation
    ) async throws -> Bool {
        // It signals the script too, whatever is wanted.
        let query =
            switch means {
            case .terminateAll, .terminateSteps: "?signal=TERM"
            case .kill, .cancel: ""
            }
        var isDone = true
        for id in ids {
            let answer = try await ask("DELETE", "job/\(id)\(query)")
            if answer.isSuccess { continue }
            guard let isOver = SlurmCancellation.hasTakenEffect(despite: answer.complaint) else {
                throw error(answer)
            }
            isDone = isDone && isOver
        }
        return isDone
    }

    package func jobs() async throws -> [SlurmJob] {
        let answer = try await ask("GET", "jobs/")
        guard answer.isSuccess, let json = answer.json, let jobs = SlurmJob.jobs(own(json)) else {
            throw error(answer)
        }
        return jobs
    }

    package func job(_ id: String) async throws -> SlurmJob? {
        let answer = try await ask("GET", "job/\(id)")
        if answer.isSuccess, let jobs = answer.json.flatMap(SlurmJob.jobs) { return jobs.first }
        guard answer.complaint.contains("Invalid job id") else { throw error(answer) }
        return nil
    }

    package func ping() async throws {
        let answer = try await ask("GET", "ping/")
        guard answer.isSuccess, let pings = answer.json?["pings"]?.array else {
            throw error(answer)
        }
        let isUp = pings.contains { ping in
            ping["ping"]?.string == "UP" || ping["pinged"]?.string == "UP"
                || ping["responding"]?.bool == true
        }
        guard isUp else { throw SlurmError("no controller of Slurm answers slurmrestd") }
    }
}

// MARK: - Asking

extension RESTController {
    private func ask(
        _ method: String, _ path: String, body: (RESTVersion) throws -> JSONValue? = { _ in nil }
    ) async throws -> RESTAnswer {
        let version = try await version()
        let answer = try await send(method, version, path, try body(version))
        // A path that is not there is answered without JSON, a job that is not there with it.
        if answer.status == 404, answer.json == nil { foundVersion.withLock { $0 = nil } }
        return answer
    }

    private func send(
        _ method: String, _ version: RESTVersion, _ path: String, _ body: JSONValue? = nil
    ) async throws -> RESTAnswer {
        try await transport.send(
            RESTRequest(
                method: method, target: "/slurm/\(version)/\(path)",
                headers: try identity.headers, body: body))
    }

    /// The version to speak.
    private func version() async throws -> RESTVersion {
        if let version = wantedVersion ?? foundVersion.withLock({ $0 }) { return version }
        for version in RESTVersion.known {
            let answer = try await send("GET", version, "ping/")
            if answer.status == 404 { continue }
            // One that refuses us says nothing of what it knows.
            guard !answer.isOfStranger, answer.json != nil else { throw error(answer) }
            foundVersion.withLock { $0 = version }
            return version
        }
        let names = RESTVersion.known.map(\.description).joined(separator: ", ")
        throw SlurmError("slurmrestd at \(address) knows none of \(names)")
    }

    private func error(_ answer: RESTAnswer) -> SlurmError {
        if answer.isOfStranger {
            return SlurmError(
                "slurmrestd at \(address) refuses us (status \(answer.status)): look at slurm.rest"
                    + ".user, and at whether the token has expired")
        }
        // That is all it says where the controller does not take the token.
        let isVague = answer.complaint.contains("Unspecified error")
        let advice =
            isVague && !identity.tokenFile.isEmpty ? "; look at whether the token has expired" : ""
        return SlurmError("slurmrestd at \(address): \(answer.complaint)\(advice)")
    }

    /// Without the jobs of other users, where one is named; slurmrestd tells of everybody's.
    private func own(_ answer: JSONValue) -> JSONValue {
        let user = identity.user
        guard !user.isEmpty, let jobs = answer["jobs"]?.array else { return answer }
        return ["jobs": .array(jobs.filter { ($0["user_name"]?.string ?? user) == user })]
    }
}

/// Who slurmrestd is told that we are; over a Unix socket it may know by itself.
package struct RESTIdentity: Hashable, Sendable {
    /// The user's name; empty where the token says it.
    let user: String
    /// The file with the token; empty where none is needed.
    let tokenFile: String

    /// Takes settings; the file is read at every request, since tokens are renewed.
    package init(user: String = "", tokenFile: String = "") {
        self.user = user
        self.tokenFile = tokenFile
    }

    /// The headers that say it.
    ///
    /// - Throws: `SlurmError` when the token cannot be read.
    var headers: [String: String] {
        get throws {
            var headers: [String: String] = [:]
            if !user.isEmpty { headers["X-SLURM-USER-NAME"] = user }
            guard !tokenFile.isEmpty else { return headers }
            let text = contents(of: tokenFile)?.trimmingCharacters(in: .whitespacesAndNewlines)
            guard let text, !text.isEmpty, !text.contains(where: \.isNewline) else {
                throw SlurmError("there is no token in slurm.rest.tokenFile, '\(tokenFile)'")
            }
            // As `scontrol token` writes it, or alone.
            let token = text.hasPrefix("SLURM_JWT=") ? text.dropFirst(10) : text[...]
            headers["X-SLURM-USER-TOKEN"] = String(token)
            return headers
        }
    }
}
