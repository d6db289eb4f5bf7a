import Backends
import Foundation
import Testing
import Tuning
import TuningTesting

@testable import ContainerBackend

@Suite("Containers")
struct ContainerBackendTests {
    let fixture: ContainerFixture
    let engine = FakeEngine()

    init() throws { fixture = try ContainerFixture() }

    private func backend(
        _ change: (inout ContainerBackend.Configuration) -> Void = { _ in }
    ) -> ContainerBackend {
        var configuration = fixture.configuration()
        change(&configuration)
        return ContainerBackend(configuration, transport: engine)
    }

    /// Waits until the only container runs.
    private func waitUntilRunning() async throws {
        try await waitUntil { engine.containers.values.contains { $0.state == "running" } }
    }

    private func failure(_ end: Attempt.End) throws -> TrainingFailure {
        guard case .failed(let failure) = end else {
            throw BackendConformanceFailure(description: "ended with \(end)")
        }
        return failure
    }

    private struct BackendConformanceFailure: Error {
        let description: String
    }

    // MARK: - Course

    @Test("Both streams of the log become metrics, through broken connections, each line once")
    func log() async throws {
        for count in [3, 20, 21, 70] { engine.breakLog(after: count) }
        let log = SessionLog()
        let attempt = fixture.attempt()
        async let end = backend().run(attempt, in: log.session(mark: nil))
        try await waitUntilRunning()
        for value in 1...9 {
            engine.change { $0.log += FakeEngine.frame("value=\(value)\n", isError: value > 6) }
        }
        try await waitUntil { log.values.count >= 1 }
        engine.change { $0.state = "exited" }
        let ended = try await end
        #expect(ended == .completed)
        #expect(log.values.sorted() == (1...9).map(Double.init))
        let (output, error) = (
            fixture.text("attempts/1/stdout.log", of: attempt),
            fixture.text("attempts/1/stderr.log", of: attempt)
        )
        #expect(output == (1...6).map { "value=\($0)\n" }.joined())
        #expect(error == (7...9).map { "value=\($0)\n" }.joined())
        #expect(engine.containers.isEmpty)
    }

    @Test("An engine that is silent for a while is waited for, and its health says so")
    func silence() async throws {
        let backend = backend()
        async let end = backend.run(fixture.attempt(), in: SessionLog().session(mark: nil))
        try await waitUntilRunning()
        engine.setDown(true)
        try await waitUntil { backend.health.state == .unreachable }
        #expect(backend.health.message?.contains("nobody listens") == true)
        engine.change { $0.state = "exited" }
        engine.setDown(false)
        #expect(try await end == .completed)
        #expect(backend.health.state == .reachable)
    }

    @Test("A later daemon attaches to a container that ran on, and starts nothing")
    func attaching() async throws {
        let attempt = fixture.attempt()
        let task = Task { [backend = backend()] in
            try await backend.run(attempt, in: SessionLog().session(mark: nil))
        }
        try await waitUntilRunning()
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        let log = SessionLog()
        async let end = backend().run(attempt, in: log.session(mark: nil))
        engine.change {
            $0.log = FakeEngine.frame("value=1\n")
            $0.state = "exited"
            $0.exitCode = 0
        }
        #expect(try await end == .completed)
        #expect(log.values == [1])
        #expect(engine.requests.count { $0.path.hasSuffix("/start") } == 1)
        // The end is known without the container.
        let again = try await backend().run(attempt, in: SessionLog().session(mark: nil))
        #expect(again == .completed)
    }

    @Test("A container that was created by a daemon that died is started by the next")
    func createdOnly() async throws {
        let attempt = fixture.attempt()
        // The daemon dies when the connection has.
        engine.answer("POST /start", 0, "")
        let task = Task { [backend = backend()] in
            try await backend.run(attempt, in: SessionLog().session(mark: nil))
        }
        try await waitUntil { engine.requests.contains { $0.path.hasSuffix("/start") } }
        task.cancel()
        _ = await task.result
        #expect(engine.containers.values.map(\.state) == ["created"])
        async let end = backend().run(attempt, in: SessionLog().session(mark: nil))
        try await waitUntilRunning()
        engine.change { $0.state = "exited" }
        #expect(try await end == .completed)
    }

    @Test("A container that somebody removed is an internal failure and is not run again")
    func removed() async throws {
        let attempt = fixture.attempt()
        async let end = backend().run(attempt, in: SessionLog().session(mark: nil))
        try await waitUntilRunning()
        try await waitUntil {
            fixture.text("attempts/1/container", of: attempt) != nil
        }
        engine.removeAll()
        let failure = try failure(try await end)
        #expect(failure.cause == .internal)
        #expect(failure.reason.contains("removed"))
        let again = try await backend().run(attempt, in: SessionLog().session(mark: nil))
        #expect(again == .failed(failure))
        #expect(engine.requests.count { $0.path.hasSuffix("/create") } == 1)
    }

    @Test("A stop is a SIGTERM, and the container's end is the stop's")
    func stop() async throws {
        let log = SessionLog()
        async let end = backend { $0.removal = .never }.run(
            fixture.attempt(), in: log.session(mark: nil))
        try await waitUntilRunning()
        log.stop.request(.requested)
        #expect(try await end == .stopped(.requested))
        #expect(engine.containers.values.first?.signals == ["SIGTERM"])
    }

    struct ExitRow: Sendable {
        let exitCode: Int
        var isOutOfMemory = false
        var memoryBytes: Int?
        let words: String
    }

    @Test(
        "An exit is told as what it was",
        arguments: [
            ExitRow(exitCode: 3, words: "exit code: 3"),
            ExitRow(exitCode: 137, words: "exit code: 137 (SIGKILL)"),
            ExitRow(exitCode: 137, isOutOfMemory: true, words: "out of memory"),
            ExitRow(exitCode: 137, memoryBytes: 64 << 20, words: "limit of 64 MB"),
        ])
    func exits(row: ExitRow) async throws {
        let backend = backend { $0.otherInstances.memoryBytes = row.memoryBytes }
        async let end = backend.run(fixture.attempt(), in: SessionLog().session(mark: nil))
        try await waitUntilRunning()
        engine.change {
            $0.exitCode = row.exitCode
            $0.isOutOfMemory = row.isOutOfMemory
            $0.state = "exited"
        }
        let failure = try failure(try await end)
        #expect(failure.cause == .algorithm)
        #expect(failure.reason.hasPrefix("AlgorithmError: "))
        #expect(failure.reason.contains(row.words), "\(failure.reason)")
    }

    // MARK: - Start

    struct RefusalRow: Sendable {
        let request: String
        let status: Int
        let message: String
        let cause: TrainingFailure.Cause
        let words: String
    }

    @Test(
        "What the engine refuses is a failure with its words",
        arguments: [
            RefusalRow(
                request: "POST /images/create", status: 404,
                message: #"{"message": "pull access denied for x, may require 'docker login'"}"#,
                cause: .algorithm, words: "logged in"),
            RefusalRow(
                request: "POST /images/create", status: 200,
                message: #"{"errorDetail": {"message": "manifest unknown"}}"# + "\n",
                cause: .algorithm, words: "There is no image 'other:2'"),
            RefusalRow(
                request: "POST /images/create", status: 200,
                message: #"{"error": "unauthorized: authentication required"}"# + "\n",
                cause: .algorithm, words: "logged in"),
            RefusalRow(
                request: "POST /containers/create", status: 400,
                message: #"{"message": "invalid mount"}"#, cause: .algorithm, words: "invalid mount"
            ),
            RefusalRow(
                request: "POST /containers/create", status: 500,
                message: #"{"message": "no space left"}"#, cause: .internal, words: "no space left"),
        ])
    func refusals(row: RefusalRow) async throws {
        let isPull = row.request.contains("images")
        engine.answer(row.request, row.status, row.message)
        let end = try await backend().run(
            fixture.attempt(image: isPull ? "other:2" : "trainer:1"),
            in: SessionLog().session(mark: nil))
        let failure = try failure(end)
        #expect(failure.cause == row.cause)
        #expect(failure.reason.contains(row.words), "\(failure.reason)")
        #expect(engine.containers.isEmpty)
    }

    @Test("A container that cannot be started is removed, and its command named")
    func noCommand() async throws {
        engine.answer(
            "POST /start", 400, #"{"message": "exec: \"train\": executable file not found"}"#)
        let end = try await backend().run(fixture.attempt(), in: SessionLog().session(mark: nil))
        let failure = try failure(end)
        #expect(failure.cause == .algorithm)
        #expect(failure.reason.contains("train"))
        #expect(engine.containers.isEmpty)
    }

    @Test("An image that is missing is pulled once for all who wait for it")
    func onePull() async throws {
        let backend = backend()
        let attempts = (1...8).map { _ in fixture.attempt(image: "other:2") }
        let logs = attempts.map { _ in SessionLog() }
        engine.setHoldsPulls(true)
        try await withThrowingTaskGroup(of: Attempt.End.self) { group in
            for (attempt, log) in zip(attempts, logs) {
                group.addTask { try await backend.run(attempt, in: log.session(mark: nil)) }
            }
            try await waitUntil("all to wait") {
                logs.allSatisfy { $0.phases.contains(.downloading) }
            }
            engine.setHoldsPulls(false)
            try await waitUntil("all containers") {
                engine.containers.count { $0.value.state == "running" } == attempts.count
            }
            for log in logs { log.stop.request(.requested) }
            for try await end in group { #expect(end == .stopped(.requested)) }
        }
        #expect(engine.requests.count { $0.path == "/images/create" } == 1)
    }

    @Test("Many containers are looked at by one request for all")
    func oneList() async throws {
        let backend = backend { $0.hosting.slotCount = 100 }
        let log = SessionLog()
        let start = ContinuousClock.now
        try await withThrowingTaskGroup(of: Attempt.End.self) { group in
            for _ in 1...100 {
                let attempt = fixture.attempt()
                group.addTask { try await backend.run(attempt, in: log.session(mark: nil)) }
            }
            try await waitUntil { engine.containers.count { $0.value.state == "running" } == 100 }
            log.stop.request(.requested)
            for try await end in group { #expect(end == .stopped(.requested)) }
        }
        let lists = engine.requests.count { $0.path == "/containers/json" }
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        #expect(Double(lists) <= 10 * seconds + 2, "\(lists) in \(seconds) s")
        let others = engine.requests.count - lists
        // What a container needs, and logs that are asked for again where all takes long.
        #expect(others <= 100 * 20, "\(others) other requests")
    }
}
