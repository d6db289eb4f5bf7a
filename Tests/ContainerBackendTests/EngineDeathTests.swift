import Backends
import Foundation
import Testing
import Tuning
import TuningTesting

@testable import ContainerBackend

@Suite("A container engine that dies in the middle of its work")
struct EngineDeathTests {
    let fixture: ContainerFixture
    let engine = FakeEngine()

    init() throws { fixture = try ContainerFixture() }

    private var backend: ContainerBackend {
        ContainerBackend(fixture.configuration(), transport: engine)
    }

    private func run(_ attempt: Attempt, log: SessionLog = SessionLog()) async throws -> Attempt.End
    {
        try await backend.run(attempt, in: log.session(mark: nil))
    }

    private func requestCount(_ method: String, _ end: String) -> Int {
        engine.requests.count { $0.method == method && $0.path.hasSuffix(end) }
    }

    private func waitUntilRunning() async throws {
        try await waitUntil("a running container") {
            engine.containers.values.contains { $0.state == "running" }
        }
    }

    @Test("A container whose start was lost is begun anew when it has written nothing")
    func silentStart() async throws {
        let attempt = fixture.attempt()
        engine.answer("POST /start", 0, "")
        async let end = run(attempt)
        try await waitUntil("the lost start") { requestCount("POST", "/start") == 1 }
        let lost = try #require(engine.containers.values.first?.id)
        try await waitUntilRunning()
        let begun = try #require(engine.containers.values.first)
        #expect(begun.id != lost, "an engine may start what runs unseen a second time")
        #expect(begun.startCount == 1)
        engine.change { $0.state = "exited" }
        #expect(try await end == .completed)
    }

    @Test("A container whose start was lost is not begun anew when it has written something")
    func seenStart() async throws {
        let attempt = fixture.attempt()
        engine.answer("POST /start", 0, "")
        let log = SessionLog()
        async let end = run(attempt, log: log)
        try await waitUntil("the lost start") { requestCount("POST", "/start") == 1 }
        engine.change { $0.log = FakeEngine.frame("value=4\n") }
        guard case .failed(let failure) = try await end else {
            Issue.record("it has been begun twice")
            return
        }
        #expect(failure.cause == .internal, "which a RetryStrategy retries")
        #expect(failure.reason.contains("lost sight of the program"))
        #expect(log.values == [4])
        #expect(requestCount("POST", "/start") == 1)
        #expect(engine.containers.isEmpty, "it may run unseen")
    }

    @Test("What is left of a removal that the engine did not survive is removed, and its name used")
    func halfRemoved() async throws {
        let unknown = #"{"message": "getting container from store: container not known"}"#
        engine.answer("POST /create", 500, #"{"message": "the name is already in use"}"#)
        engine.answer("GET /json", 200, "[]")
        engine.answer("GET /json", 500, unknown)
        async let end = run(fixture.attempt())
        try await waitUntilRunning()
        #expect(requestCount("POST", "/create") == 2)
        #expect(engine.requests.contains { $0.method == "DELETE" })
        engine.change { $0.state = "exited" }
        #expect(try await end == .completed)
    }

    @Test("A container that somebody is stopping is not taken for gone")
    func stopping() async throws {
        async let end = run(fixture.attempt())
        try await waitUntilRunning()
        engine.change { $0.state = "stopping" }
        let looks = requestCount("GET", "/containers/json")
        try await waitUntil("another list") {
            requestCount("GET", "/containers/json") >= looks + 2
        }
        engine.change {
            $0.exitCode = 3
            $0.state = "exited"
        }
        guard case .failed(let failure) = try await end else {
            Issue.record("its exit code is lost")
            return
        }
        #expect(failure.reason.contains("exit code: 3"), "\(failure.reason)")
    }

    @Test(
        "An exit code is the program's own, unless the engine was away and says 255",
        arguments: [
            (255, true, TrainingFailure.Cause.internal), (255, false, .algorithm),
            (3, true, .algorithm),
        ])
    func exitInSilence(code: Int, isAway: Bool, cause: TrainingFailure.Cause) async throws {
        let attempt = fixture.attempt()
        let backend = backend
        async let end = backend.run(attempt, in: SessionLog().session(mark: nil))
        try await waitUntil("the record of the start") {
            fixture.text("attempts/1/container", of: attempt) != nil
        }
        if isAway {
            engine.setDown(true)
            try await waitUntil("the silence") { backend.health.state == .unreachable }
        }
        engine.change {
            $0.exitCode = code
            $0.state = "exited"
        }
        engine.setDown(false)
        guard case .failed(let failure) = try await end else {
            Issue.record("it has failed")
            return
        }
        #expect(failure.cause == cause)
        #expect(failure.reason.contains("exit code: \(code)"), "\(failure.reason)")
    }

    @Test("A container that is killed for its removal by somebody else is an internal failure")
    func removalUnderway() async throws {
        let attempt = fixture.attempt()
        async let end = run(attempt)
        try await waitUntil("the record of the start") {
            fixture.text("attempts/1/container", of: attempt) != nil
        }
        let marked = #"{"message": "can not get logs from container which is marked for removal"}"#
        engine.change {
            $0.exitCode = 137
            $0.state = "removing"
        }
        for _ in 1...3 { engine.answer("GET /logs", 409, marked) }
        guard case .failed(let failure) = try await end else {
            Issue.record("it has failed")
            return
        }
        #expect(failure.cause == .internal)
        #expect(failure.reason.contains("removed by somebody else"))
    }

    @Test("A container that could not be removed is removed later")
    func laterRemoval() async throws {
        async let end = run(fixture.attempt())
        try await waitUntilRunning()
        engine.answer("DELETE", 0, "")
        engine.change { $0.state = "exited" }
        #expect(try await end == .completed)
        try await waitUntil("its removal") { engine.containers.isEmpty }
        try await waitUntil("nothing to remove") { removals().isEmpty }
    }

    @Test("A container that could not be removed is removed by the next daemon")
    func removalByAnother() async throws {
        var configuration = fixture.configuration()
        configuration.removal = .never
        let attempt = fixture.attempt()
        let keeper = ContainerBackend(configuration, transport: engine)
        async let end = keeper.run(attempt, in: SessionLog().session(mark: nil))
        try await waitUntilRunning()
        engine.change { $0.state = "exited" }
        #expect(try await end == .completed)
        let name = try #require(engine.containers.keys.first)
        // As a daemon leaves it that is killed before the engine is back.
        let directory = fixture.directory.appending(path: "container-removals")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        try Data().write(to: directory.appending(path: name))
        #expect(await backend.checkedHealth().state == .reachable)
        try await waitUntil("its removal") { engine.containers.isEmpty && removals().isEmpty }
    }

    private func removals() -> [String] {
        let path = fixture.directory.appending(path: "container-removals").path
        return (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    }
}
