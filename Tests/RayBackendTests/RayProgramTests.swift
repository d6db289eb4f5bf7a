import Backends
import Foundation
import Testing
import Tuning
import TuningTesting

@testable import RayBackend

@Suite("Jobs of a Ray cluster")
struct RayProgramTests {
    let fixture: RayFixture
    let cluster = FakeCluster()

    init() throws { fixture = try RayFixture() }

    private func backend() throws -> RayBackend {
        RayBackend(try fixture.configuration(), transport: cluster)
    }

    private func run(_ attempt: Attempt, _ log: SessionLog = SessionLog()) async throws
        -> Attempt.End
    {
        try await backend().run(attempt, in: log.session(mark: nil))
    }

    private func failure(_ end: Attempt.End) throws -> TrainingFailure {
        guard case .failed(let failure) = end else {
            throw Surprise("ended with \(end)")
        }
        return failure
    }

    @Test("A job waits, runs and ends, and the cluster forgets it")
    func course() async throws {
        let log = SessionLog()
        let end = try await run(fixture.attempt(), log)
        #expect(end == .completed)
        #expect(log.phases.contains(.pending) && log.phases.contains(.training))
        #expect(log.values == [1])
        #expect(cluster.requests("POST", "/api/jobs/").count == 1)
        #expect(cluster.state.withLock { $0.jobs.isEmpty })
    }

    @Test("A program that fails has its last lines as the reason")
    func failed() async throws {
        cluster.state.withLock { state in
            state.log = "value=1\nno luck\n"
            state.course = [
                ["status": "FAILED", "driver_exit_code": 3, "driver_node_id": "node"]
            ]
        }
        let failure = try failure(try await run(fixture.attempt()))
        #expect(failure.cause == .algorithm)
        #expect(failure.reason == "AlgorithmError: value=1\nno luck, exit code: 3")
    }

    @Test("A submission whose answer is lost is made again with the same ID, and attached to")
    func lostAnswer() async throws {
        cluster.state.withLock { $0.losesAnswers = true }
        let log = SessionLog()
        #expect(try await run(fixture.attempt(), log) == .completed)
        let submissions = cluster.requests("POST", "/api/jobs/")
        #expect(submissions.count == 2 && Set(submissions).count == 1)
    }

    @Test("A job that the cluster no longer knows is lost, and not submitted again")
    func lost() async throws {
        cluster.state.withLock { state in
            state.course = [["status": "RUNNING", "driver_node_id": "node"]]
        }
        let (attempt, log) = (fixture.attempt(), SessionLog(announceAt: 1))
        async let end = run(attempt, log)
        _ = await log.announcement.wait()
        cluster.state.withLock { $0.jobs = [:] }
        let failure = try failure(try await end)
        #expect(failure.cause == .internal)
        #expect(failure.reason.contains("no longer knows the job"))
        #expect(try await run(attempt) == .failed(failure))
        #expect(cluster.requests("POST", "/api/jobs/").count == 1)
    }

    @Test("A job that is stopped by others is stopped")
    func stoppedByOthers() async throws {
        cluster.state.withLock { state in
            state.course = [["status": "RUNNING"], ["status": "STOPPED"]]
        }
        #expect(try await run(fixture.attempt()) == .stopped(.requested))
    }

    @Test("A stop of a job that waits for room does not wait with it")
    func stopWhileWaiting() async throws {
        cluster.state.withLock { $0.course = [["status": "PENDING"]] }
        let log = SessionLog()
        async let end = run(fixture.attempt(), log)
        while cluster.requests("GET", "/api/jobs/").isEmpty {
            try await Task.sleep(for: .milliseconds(10))
        }
        log.stop.request(.requested)
        #expect(try await end == .stopped(.requested))
        #expect(cluster.requests("POST", "/api/jobs/").count == 2)
    }

    @Test("A job that the cluster refuses fails by the client's fault")
    func refused() async throws {
        cluster.state.withLock { state in
            state.mishap = { request in
                request.method == "POST" ? .init(status: 400, text: "ValueError: no pip") : nil
            }
        }
        let failure = try failure(try await run(fixture.attempt()))
        #expect(failure.cause == .algorithm)
        #expect(failure.reason.contains("ValueError: no pip"))
    }

    @Test("What needs a shared directory is refused without one", arguments: [true, false])
    func sharing(isChannel: Bool) async throws {
        let envelope: JSONValue =
            isChannel
            ? ["InputDataConfig": [["ChannelName": "train"]]]
            : ["CheckpointConfig": ["S3Uri": "s3://bucket/checkpoints"]]
        let attempt = fixture.attempt(envelope: envelope)
        let failure = try failure(try await run(attempt))
        #expect(failure.cause == .algorithm && failure.reason.contains("sharedDirectory"))
        let problem = try fixture.configuration().problem(with: attempt.definition)
        #expect(problem?.contains("sharedDirectory") == true)
        let shared = try fixture.configuration(isShared: true)
        #expect(shared.problem(with: attempt.definition) == nil)
        #expect(cluster.requests("POST", "/api/jobs/").isEmpty)
    }

    @Test("All jobs are asked for at once, and at most once a second")
    func roster() async throws {
        let attempts = (1...20).map { _ in fixture.attempt() }
        let backend = try backend()
        let start = ContinuousClock.now
        try await withThrowingTaskGroup(of: Attempt.End.self) { group in
            for attempt in attempts {
                group.addTask {
                    try await backend.run(attempt, in: SessionLog().session(mark: nil))
                }
            }
            for try await end in group { #expect(end == .completed) }
        }
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        let count = cluster.state.withLock { state in
            state.requests.count { $0.method == "GET" && $0.path == "/api/jobs/" }
        }
        #expect(Double(count) <= seconds + 1)
    }
}
