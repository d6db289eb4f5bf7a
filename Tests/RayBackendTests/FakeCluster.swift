import EngineHTTP
import Foundation
import Synchronization
import Tuning

@testable import RayBackend

/// Answers as a Ray cluster does, whose jobs go from one state to the next each time that all of
/// them are listed.
final class FakeCluster: EngineTransport {
    struct Answer {
        var status = 200
        var text = ""
    }

    struct Job {
        /// The members that a job has in each state; the last one stays.
        var states: [JSONValue]
        var isStopped = false

        fileprivate func json(_ id: String) -> JSONValue {
            var members: [String: JSONValue] = ["submission_id": .string(id), "type": "SUBMISSION"]
            members.merge(states[0].object ?? [:]) { $1 }
            if isStopped { members["status"] = "STOPPED" }
            return .object(members)
        }
    }

    struct State {
        /// What a job goes through that is submitted.
        var course: [JSONValue] = [
            ["status": "PENDING", "message": "waits"],
            ["status": "RUNNING", "driver_node_id": "node"],
            ["status": "SUCCEEDED", "driver_node_id": "node", "driver_exit_code": 0],
        ]
        var jobs: [String: Job] = [:]
        var packages: [String: [UInt8]] = [:]
        var log = "value=1\n"
        var requests: [EngineRequest] = []
        /// Whether the first answer to a submission is lost on its way, for each job.
        var losesAnswers = false
        /// What happens to a request before the cluster sees it; nothing when it gives nothing.
        var mishap: (@Sendable (EngineRequest) throws -> Answer?)?
    }

    let state = Mutex(State())

    /// The requests so far with a method whose paths begin with some text.
    func requests(_ method: String, _ prefix: String) -> [EngineRequest] {
        state.withLock { state in
            state.requests.filter { $0.method == method && $0.path.hasPrefix(prefix) }
        }
    }

    func send(
        _ request: EngineRequest,
        _ receive: @escaping @Sendable (_ status: Int, _ piece: [UInt8]) async throws -> Void
    ) async throws -> Int {
        let answer = try state.withLock { state in
            state.requests.append(request)
            if let answer = try state.mishap?(request) { return answer }
            let isFirst = state.requests.count { $0 == request } == 1
            let answer = Self.answer(request, &state)
            if state.losesAnswers, request.method == "POST", isFirst {
                throw EngineUnreachable(description: "the connection broke")
            }
            return answer
        }
        if !answer.text.isEmpty { try await receive(answer.status, Array(answer.text.utf8)) }
        // A log that is followed goes on until nobody wants it any more.
        if request.path.hasSuffix("/stream") { try await Task.sleep(for: .seconds(3_600)) }
        return answer.status
    }

    private static func answer(_ request: EngineRequest, _ state: inout State) -> Answer {
        let parts = request.path.split(separator: "/").map(String.init)
        switch (request.method, parts.count, parts[1]) {
        case ("GET", 2, "version"): return Answer(text: #"{"ray_version": "2.60.0"}"#)
        case ("GET", 2, "jobs"):
            let list = JSONValue.array(state.jobs.map { $1.json($0) })
            for id in state.jobs.keys where state.jobs[id]?.states.count ?? 0 > 1 {
                state.jobs[id]?.states.removeFirst()
            }
            return Answer(text: list.encodedText)
        case ("POST", 2, "jobs"): return submission(request, &state)
        case ("GET", 4, "packages"):
            return Answer(status: state.packages[parts[3]] == nil ? 404 : 200)
        case ("PUT", 4, "packages"):
            guard case .bytes(let content) = request.body else { return Answer(status: 400) }
            state.packages[parts[3]] = content
            return Answer()
        case ("GET", 4, "v0"): return Answer(text: state.log)
        default: break
        }
        guard let job = state.jobs[parts[2]] else {
            return Answer(status: 404, text: "Job \(parts[2]) does not exist")
        }
        switch (request.method, parts.count) {
        case ("GET", 3): return Answer(text: job.json(parts[2]).encodedText)
        case ("POST", 4):
            state.jobs[parts[2]]?.isStopped = job.states[0]["status"] != "PENDING"
            return Answer(text: #"{"stopped": true}"#)
        default:
            state.jobs[parts[2]] = nil
            return Answer(text: #"{"deleted": true}"#)
        }
    }

    private static func submission(_ request: EngineRequest, _ state: inout State) -> Answer {
        guard case .json(let job) = request.body, let id = job["submission_id"]?.string else {
            return Answer(status: 400, text: "no ID")
        }
        guard state.jobs[id] == nil else {
            // As the head node has it from the node that it asked.
            return Answer(
                status: 500,
                text: "Traceback:\nRuntimeError: Request failed with status code 400: \n"
                    + "ValueError: Job with submission_id \(id) already exists.\n.\n")
        }
        state.jobs[id] = Job(states: state.course)
        return Answer(text: #"{"submission_id": "\#(id)"}"#)
    }
}
