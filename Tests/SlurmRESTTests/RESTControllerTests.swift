import Backends
import Foundation
import Testing
import Tuning

@testable import SlurmREST

@Suite("slurmrestd, as what is asked of Slurm")
struct RESTControllerTests {
    private static func errors(_ errors: JSONValue...) -> JSONValue {
        ["errors": .array(errors)]
    }

    /// What an attempt to do something ends with, in words.
    private func words(_ work: () async throws -> Void) async -> String {
        do {
            try await work()
            return "nothing was wrong"
        } catch {
            return "\(error)"
        }
    }

    @Test("The newest version that both sides know is spoken, and looked for once")
    func version() async throws {
        let service = ScriptedService("v0.0.36", "v0.0.38", "v0.0.40")
        let controller = service.controller()
        _ = try await controller.cancel(["7", "8"], by: .cancel)
        let targets = ["/slurm/v0.0.40/job/7", "/slurm/v0.0.40/job/8"]
        #expect(service.requests.map(\.target) == targets)
        #expect(service.pingCount == 5)
    }

    @Test("One that is replaced by another is looked for again")
    func replacement() async throws {
        let service = ScriptedService("v0.0.38")
        let controller = service.controller()
        try await controller.ping()
        service.know("v0.0.44")
        await #expect(throws: SlurmError.self) { try await controller.ping() }
        try await controller.ping()
    }

    @Test("A version that is asked for is not looked for")
    func wantedVersion() async throws {
        let service = ScriptedService("v0.0.38", "v0.0.40")
        _ = try await service.controller(version: "v0.0.38").cancel(["7"], by: .terminateAll)
        #expect(service.requests.map(\.target) == ["/slurm/v0.0.38/job/7?signal=TERM"])
        #expect(service.pingCount == 0)
    }

    @Test("One that knows no version says so")
    func unknownVersions() async {
        let controller = ScriptedService("v0.0.37").controller()
        let words = await words { try await controller.ping() }
        #expect(words.contains("http://head:6820 knows none of v0.0.44, "))
    }

    @Test(
        "A submission is taken, or refused for a reason",
        arguments: [
            (["job_id": 12, "errors": []], 200, SlurmReceipt.job("12")),
            // A job that is held is there.
            (
                ["job_id": 12, "errors": [["error": "Job is held", "error_code": 1]]], 200,
                .job("12")
            ),
            (
                errors(["error_code": 2000, "error": "Invalid partition name specified"]), 500,
                .refused("Invalid partition name specified")
            ),
            (
                // As later versions have it.
                [
                    "job_id": 0,
                    "errors": [
                        [
                            "error_number": 2015, "source": "slurm_submit_batch_job()",
                            "error": "Requested node configuration is not available",
                            "description": "Batch job submission failed",
                        ]
                    ],
                ], 500,
                .refused(
                    "Requested node configuration is not available; Batch job submission failed")
            ),
            (
                errors(
                    ["error": "Unspecified error", "description": "Unable to process key"],
                    ["error_code": 9001, "error": "Failure during parsing"]), 400,
                .refused("Unspecified error; Unable to process key; Failure during parsing")
            ),
            (
                errors(["error_code": 11, "error": "Resource temporarily unavailable"]), 500,
                .queueIsFull("Resource temporarily unavailable")
            ),
            (
                errors(["error": "Slurm temporarily unable to accept job, sleeping and retrying"]),
                500, .queueIsFull("Slurm temporarily unable to accept job, sleeping and retrying")
            ),
        ] as [(JSONValue, Int, SlurmReceipt)])
    func submission(json: JSONValue, status: Int, receipt: SlurmReceipt) async throws {
        let fixture = try RESTFixture()
        let service = ScriptedService("v0.0.38")
        service.answer("POST", "job/submit", json, status: status)
        #expect(try await service.controller().submit(fixture.submission()) == receipt)
    }

    @Test(
        "A submission that says nothing of the job may be made again",
        arguments: [
            (errors(["error": "Unspecified error", "error_number": -1]), 500, "Unspecified error"),
            (
                errors(["error": "Unable to contact slurm controller (connect failure)"]), 500,
                "Unable to contact"
            ),
            (errors(["error": "Authentication failure"]), 401, "slurm.rest.user"),
            (nil, 401, "slurm.rest.user"), (nil, 502, "status 502"), ([:], 200, "status 200"),
        ] as [(JSONValue?, Int, String)])
    func silence(json: JSONValue?, status: Int, reason: String) async throws {
        let fixture = try RESTFixture()
        let service = ScriptedService("v0.0.38")
        service.answer("POST", "job/submit", json, status: status)
        let words = await words { _ = try await service.controller().submit(fixture.submission()) }
        #expect(words.contains(reason))
    }

    @Test(
        "What is over needs no cancelling, and what cannot be signalled yet may be later",
        arguments: [
            ("Invalid job id specified", true),
            ("Job/step already completing or completed", true),
            ("Job is pending execution", false), ("Job is not running", false),
            ("Job can not be altered now, try again later", false),
        ])
    func cancellation(complaint: String, isDone: Bool) async throws {
        let service = ScriptedService("v0.0.38")
        service.answer("DELETE", "job/7", Self.errors(["error": .string(complaint)]), status: 500)
        #expect(try await service.controller().cancel(["7", "8"], by: .kill) == isDone)
        #expect(service.requests.count == 2)
    }

    @Test("In later versions each job's own error counts")
    func statusOfCancellation() async throws {
        let service = ScriptedService("v0.0.42")
        let complaint: JSONValue = ["code": 2035, "string": "Job is pending execution"]
        service.answer(
            "DELETE", "job/7?signal=TERM", ["errors": [], "status": [["error": complaint]]])
        service.answer("DELETE", "job/8?signal=TERM", ["status": [["error": ["code": 0]]]])
        let controller = service.controller()
        #expect(try await !controller.cancel(["7"], by: .terminateAll))
        #expect(try await controller.cancel(["8"], by: .terminateAll))
    }

    @Test("A cancellation that was not understood is an error")
    func failedCancellation() async {
        let service = ScriptedService("v0.0.38")
        service.answer(
            "DELETE", "job/7", Self.errors(["error": "Access/permission denied"]), status: 500)
        let words = await words { _ = try await service.controller().cancel(["7"], by: .kill) }
        #expect(words.contains("denied"))
    }

    @Test("Jobs are read as any version tells of them, and only the user's own")
    func jobs() async throws {
        let service = ScriptedService("v0.0.38")
        service.answer(
            "GET", "jobs/",
            [
                "errors": [["error_number": 0, "error": "No error"]],
                "jobs": [
                    [
                        "job_id": 1, "job_state": "RUNNING", "comment": "tuner:a",
                        "restart_cnt": 0, "exit_code": 0, "user_name": "me",
                    ],
                    [
                        "job_id": 2, "job_state": ["PENDING"], "comment": "tuner:b",
                        "restart_cnt": 1, "state_reason": "Priority", "user_name": "me",
                        "exit_code": [
                            "return_code": ["set": true, "infinite": false, "number": 0]
                        ],
                    ],
                    ["job_id": 3, "job_state": "RUNNING", "user_name": "other"],
                ],
            ])
        let all = try await service.controller().jobs()
        #expect(all.map(\.id) == ["1", "2", "3"])
        let own = try await service.controller(RESTIdentity(user: "me")).jobs()
        #expect(own.map(\.id) == ["1", "2"])
        #expect(own.map(\.state) == [.active, .waiting])
        #expect(own.map(\.comment) == ["tuner:a", "tuner:b"])
        #expect(own.map(\.restartCount) == [0, 1])
    }

    @Test("A job that nobody knows is none, and silence is an error")
    func job() async throws {
        let service = ScriptedService("v0.0.38")
        let controller = service.controller()
        service.answer(
            "GET", "job/7",
            Self.errors(["error_number": 2017, "error": "Invalid job id specified"]), status: 500)
        #expect(try await controller.job("7") == nil)
        service.answer("GET", "job/7", ["jobs": [["job_id": 7, "job_state": "FAILED"]]])
        #expect(try await controller.job("7")?.state == .failed)
        service.answer("GET", "job/7", Self.errors(["error": "Unspecified error"]), status: 500)
        await #expect(throws: SlurmError.self) { try await controller.job("7") }
    }

    @Test(
        "A controller behind it that is down is told",
        arguments: [
            (["ping": "UP"], true), (["ping": "DOWN"], false), (["pinged": "UP"], true),
            (["responding": true], true), (["responding": false, "pinged": "DOWN"], false),
        ] as [(JSONValue, Bool)])
    func ping(json: JSONValue, isUp: Bool) async throws {
        let service = ScriptedService("v0.0.38")
        service.answer("GET", "ping/", ["pings": [json]])
        let words = await words { try await service.controller().ping() }
        #expect(words.contains("nothing was wrong") == isUp)
    }

    @Test("The token is read anew each time, as scontrol writes it or alone")
    func token() async throws {
        let fixture = try RESTFixture()
        let file = fixture.directory.appending(path: "token")
        let service = ScriptedService("v0.0.38")
        let controller = service.controller(
            RESTIdentity(user: "me", tokenFile: file.path), version: "v0.0.38")
        for text in ["SLURM_JWT=first\n", "second"] {
            try Data(text.utf8).write(to: file)
            _ = try await controller.cancel(["7"], by: .cancel)
        }
        #expect(service.requests.map { $0.headers["X-SLURM-USER-NAME"] } == ["me", "me"])
        #expect(
            service.requests.map { $0.headers["X-SLURM-USER-TOKEN"] } == ["first", "second"])
        try Data("two\nlines".utf8).write(to: file)
        let words = await words { try await controller.ping() }
        #expect(words.contains("slurm.rest.tokenFile"))
    }

    @Test(
        "Addresses are those of slurmrestd",
        arguments: [
            ("unix:/run/rest.sock", RESTAddress.socket("/run/rest.sock")),
            ("unix:///run/rest.sock", .socket("/run/rest.sock")),
            ("http://head:6820", .network(URL(string: "http://head:6820")!)),
            ("https://head:6820/", .network(URL(string: "https://head:6820")!)),
            ("unix:rest.sock", nil), ("unix:/", nil), ("head:6820", nil), ("ftp://head", nil),
            ("http://head/slurm", nil), ("", nil),
        ])
    func address(text: String, address: RESTAddress?) {
        #expect(RESTAddress(text) == address)
    }

    @Test("One that is not there is named")
    func absence() async throws {
        let fixture = try RESTFixture()
        let path = fixture.directory.appending(path: "rest").path
        let controller = RESTController(
            address: .socket(path), identity: RESTIdentity(), version: nil,
            timeLimit: .seconds(60))
        let words = await words { try await controller.ping() }
        #expect(words.contains("slurmrestd at \(path) does not answer"))
    }
}
