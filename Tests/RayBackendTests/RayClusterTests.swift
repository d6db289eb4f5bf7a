import Backends
import EngineHTTP
import Foundation
import Testing
import Tuning

@testable import RayBackend

@Suite("Answers of a Ray cluster")
struct RayClusterTests {
    private func cluster(_ status: Int, _ text: String) -> RayCluster {
        let fake = FakeCluster()
        fake.state.withLock { $0.mishap = { _ in .init(status: status, text: text) } }
        return RayCluster(fake)
    }

    @Test(
        "A submission is accepted, attached to or refused",
        arguments: [
            (200, #"{"submission_id": "a"}"#, RayCluster.Submission.accepted),
            (500, "RuntimeError: Job with submission_id a already exists. Use another", .idIsTaken),
            (400, "Traceback:\nValueError: no such field\n", .refused("ValueError: no such field")),
            (
                500, "RuntimeError: Request failed with status code 400:\nTypeError: bad\n.\n",
                .refused("TypeError: bad")
            ),
        ])
    func submission(status: Int, text: String, expected: RayCluster.Submission) async throws {
        let submission = try await cluster(status, text).submit(["submission_id": "a"])
        #expect(submission == expected)
    }

    @Test(
        "What may pass is an error of the cluster and not of the job",
        arguments: [(500, "No available agent to submit job"), (403, "forbidden"), (502, "")])
    func passing(status: Int, text: String) async {
        let cluster = cluster(status, text)
        await #expect(throws: RayError(status: status, message: text)) {
            try await cluster.submit([:])
        }
        await #expect(throws: RayError(status: status, message: text)) {
            _ = try await cluster.jobs()
        }
        await #expect(throws: RayError(status: status, message: text)) {
            _ = try await cluster.stop("a")
        }
    }

    @Test("Only Ray's own 404 says that there is no such job")
    func missing() async throws {
        let job = try await cluster(404, "Job a does not exist").job("a")
        #expect(job == nil)
        await #expect(throws: RayError.self) {
            _ = try await cluster(404, "page not found").job("a")
        }
    }

    @Test("Sessions that were not submitted are no jobs")
    func drivers() async throws {
        let jobs = try await cluster(
            200,
            """
            [{"type": "DRIVER", "submission_id": null, "status": "RUNNING"},
             {"type": "SUBMISSION", "submission_id": "a", "status": "RUNNING"}]
            """
        ).jobs()
        #expect(jobs.keys.sorted() == ["a"])
    }
}

@Suite("The end of a Ray job")
struct RayJobTests {
    struct Row: Sendable {
        let members: JSONValue
        let exit: ProgramExit
    }

    private static func `internal`(_ reason: String) -> ProgramExit {
        .failure(TrainingFailure(.internal, "InternalServerError: Ray: \(reason)"))
    }

    @Test(
        "The program's own fault is only what it ended with",
        arguments: [
            Row(members: ["status": "SUCCEEDED", "driver_exit_code": 0], exit: .code(0)),
            Row(members: ["status": "STOPPED"], exit: .stopped(.requested)),
            Row(
                members: [
                    "status": "FAILED", "driver_exit_code": 3,
                    "error_type": "JOB_ENTRYPOINT_COMMAND_ERROR",
                ], exit: .code(3)),
            Row(members: ["status": "FAILED", "driver_exit_code": -9], exit: .code(137)),
            Row(
                members: [
                    "status": "FAILED",
                    "message": "Job entrypoint command failed with exit code 4, last logs:",
                ], exit: .code(4)),
            Row(
                members: [
                    "status": "FAILED", "error_type": "RUNTIME_ENV_SETUP_FAILURE",
                    "message": "no such package",
                ], exit: `internal`("RUNTIME_ENV_SETUP_FAILURE: no such package")),
            Row(
                members: [
                    "status": "FAILED", "error_type": "JOB_SUPERVISOR_ACTOR_DIED",
                    "message": "the node died",
                ], exit: `internal`("JOB_SUPERVISOR_ACTOR_DIED: the node died")),
            Row(
                members: [
                    "status": "FAILED", "error_type": "RUNTIME_ENV_SETUP_FAILURE",
                    "message": .string(
                        String(repeating: "a", count: 200) + String(repeating: "b", count: 5_000)
                            + String(repeating: "c", count: 700)),
                ],
                exit: `internal`(
                    "RUNTIME_ENV_SETUP_FAILURE: " + String(repeating: "a", count: 200) + " ... "
                        + String(repeating: "c", count: 700))),
            Row(
                members: ["status": "FAILED", "message": "something else"],
                exit: `internal`("something else")),
        ])
    func exit(row: Row) throws {
        var members = row.members.object ?? [:]
        members["submission_id"] = "a"
        let job = try #require(RayJob(.object(members)))
        #expect(RayProgram.exit(of: job) == row.exit)
    }
}
