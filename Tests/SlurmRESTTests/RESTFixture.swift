import Foundation
import Synchronization
import Tuning
import TuningTesting

@testable import Backends
@testable import SlurmREST

/// A slurmrestd that says what a test has it say, and remembers what it was asked.
final class ScriptedService: RESTTransport {
    private struct State {
        var requests: [RESTRequest] = []
        var versions: Set<String>
        var answers: [String: RESTAnswer] = [:]
    }

    private let state: Mutex<State>

    /// One that knows some versions.
    init(_ versions: String...) { state = Mutex(State(versions: Set(versions))) }

    /// Has it know other versions.
    func know(_ versions: String...) { state.withLock { $0.versions = Set(versions) } }

    /// Has it answer requests with this method and this path after the version.
    func answer(_ method: String, _ path: String, _ json: JSONValue?, status: Int = 200) {
        state.withLock {
            $0.answers["\(method) \(path)"] = RESTAnswer(status: status, json: json)
        }
    }

    /// What it was asked, but for the search for a version.
    var requests: [RESTRequest] {
        state.withLock { $0.requests.filter { !$0.target.hasSuffix("/ping/") } }
    }

    /// How often it was asked whether it is there.
    var pingCount: Int {
        state.withLock { $0.requests.count { $0.target.hasSuffix("/ping/") } }
    }

    func send(_ request: RESTRequest) async throws -> RESTAnswer {
        state.withLock { state in
            state.requests.append(request)
            let parts = request.target.split(separator: "/", maxSplits: 2)
            guard parts.count == 3, state.versions.contains(String(parts[1])) else {
                return RESTAnswer(status: 404, json: nil)
            }
            return state.answers["\(request.method) \(parts[2])"]
                ?? RESTAnswer(status: 200, json: ["errors": [], "pings": [["ping": "UP"]]])
        }
    }

    /// Who asks it.
    func controller(
        _ identity: RESTIdentity = RESTIdentity(), version: String = ""
    ) -> RESTController {
        RESTController(
            address: .network(URL(string: "http://head:6820")!), identity: identity,
            version: RESTVersion(version), transport: self)
    }
}

/// A data directory of its own for each test, and attempts that run in it.
final class RESTFixture: Sendable {
    let directory: URL
    private let nextName = Mutex(0)

    init() throws {
        directory = FileManager.default.temporaryDirectory.resolvingSymlinksInPath()
            .appending(path: "tuner-tests-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: directory) }

    /// An attempt of a training job with a new name.
    func attempt(image: String = "exec:true", hyperparameters: [String: String] = [:]) -> Attempt {
        let ordinal = nextName.withLock { next in
            next += 1
            return next
        }
        let name = "job-\(ordinal)"
        return Attempt(
            id: Attempt.ID(trainingJob: name, number: 1),
            arn: "arn:aws:sagemaker:us-east-1:123456789012:training-job/\(name)",
            definition: TrainingJobDefinition(
                searchSpace: .empty, objective: nil, image: image,
                metrics: [
                    MetricDefinition(name: BackendConformance.metric, regex: "value=(\\S+)")
                ],
                stoppingCondition: StoppingCondition(runtimeMax: .seconds(600))),
            hyperparameters: hyperparameters, creationTime: Date(timeIntervalSince1970: 1e9))
    }

    /// A job for Slurm, with a script that is there.
    func submission(
        _ instance: SlurmInstance = SlurmInstance(), nodeCount: Int = 1,
        allowsRequeue: Bool = true
    ) throws -> SlurmSubmission {
        let attempt = attempt()
        let training = try TrainingDirectory(of: attempt.id.trainingJob, in: directory)
        let files = training.attempt(1)
        try makeDirectory(files.path)
        try Data("#!/bin/sh\n".utf8).write(to: URL(filePath: files.path + "/job.sh"))
        return SlurmSubmission(
            attempt: attempt, files: files, comment: "tuner:token", instance: instance,
            nodeCount: nodeCount, gracePeriod: .seconds(120), allowsRequeue: allowsRequeue,
            environment: ["PATH": "/bin"])
    }
}
