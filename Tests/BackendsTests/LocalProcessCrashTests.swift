import Foundation
import Testing
import Tuning
import TuningTesting

@testable import Backends

@Suite("Local processes, across crashes of the daemon")
struct LocalProcessCrashTests {
    let fixture: LocalProcessFixture

    init() throws { fixture = try LocalProcessFixture() }

    /// Detaches from an attempt as a crash does, after some samples.
    private func crash(after count: Int, running attempt: Attempt) async throws -> SessionLog {
        let log = SessionLog(announceAt: count, holds: true)
        let backend = fixture.backend()
        let task = Task { try await backend.run(attempt, in: log.session(mark: nil)) }
        _ = await log.announcement.wait()
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        return log
    }

    @Test("A later daemon without a mark reports every metric, and the program ran once")
    func attachWithoutMark() async throws {
        let attempt = try fixture.attempt(
            script: """
                echo run >>"$SAGEMAKER_BASE_DIR/runs"
                for i in 1 2 3 4 5 6 7 8 9; do echo value=$i; sleep 0.02; done
                printf value=10 >&2
                """)
        _ = try await crash(after: 2, running: attempt)
        let log = SessionLog()
        let end = try await fixture.backend().run(attempt, in: log.session(mark: nil))
        #expect(end == .completed)
        #expect(log.values == (1...10).map(Double.init))
        #expect(fixture.text(fixture.path(attempt, "runs")) == "run\n")
    }

    @Test(
        "A daemon that is killed at any moment leaves an attempt that a later one finishes",
        arguments: [0, 1, 2, 4, 7, 11, 16, 22, 29, 37, 60, 120])
    func killedDaemon(milliseconds: Int) async throws {
        let path = fixture.directory.path
        await #expect(processExitsWith: .signal(SIGKILL)) {
            [path = path as String, milliseconds = milliseconds as Int] in
            let fixture = LocalProcessFixture(sharing: path)
            let attempt = try Self.attempt(in: fixture)
            async let end = fixture.backend().run(attempt, in: SessionLog().session(mark: nil))
            try await Task.sleep(for: .milliseconds(milliseconds))
            kill(getpid(), SIGKILL)
            _ = try await end
        }
        let attempt = try Self.attempt(in: fixture)
        let log = SessionLog()
        let end = try await fixture.backend().run(attempt, in: log.session(mark: nil))
        #expect(end == .completed)
        #expect(log.values == (1...20).map(Double.init))
        #expect(fixture.text(fixture.path(attempt, "runs")) == "run\n")
    }

    private static func attempt(in fixture: LocalProcessFixture) throws -> Attempt {
        let script = try fixture.write(
            """
            echo run >>"$SAGEMAKER_BASE_DIR/runs"
            i=0; while [ $i -lt 20 ]; do i=$((i + 1)); echo value=$i; sleep 0.01; done
            """, to: "script.sh")
        return fixture.attempt(
            image: "exec:sh \(script) {x}", hyperparameters: ["x": "1"], name: "killed")
    }

    @Test("The program leads a session of its own, which no end of the daemon reaches")
    func session() async throws {
        let attempt = try fixture.attempt(script: "echo value=1; sleep 30")
        _ = try await crash(after: 1, running: attempt)
        let supervisor = try #require(try fixture.supervisor(of: attempt))
        #expect(getsid(supervisor.process) == supervisor.process)
        #expect(fixture.liveProcesses(of: supervisor.process).count >= 2)
    }

    @Test("Two daemons that start one attempt at once run it once", arguments: 1...20)
    func doubleLaunch(round: Int) async throws {
        let attempt = try fixture.attempt(
            script: "echo run >>\"$SAGEMAKER_BASE_DIR/runs\"; echo value=\(round)")
        let logs = (0..<3).map { _ in SessionLog() }
        try await withThrowingTaskGroup(of: Attempt.End.self) { group in
            for log in logs {
                let backend = fixture.backend()
                group.addTask { try await backend.run(attempt, in: log.session(mark: nil)) }
            }
            for try await end in group { #expect(end == .completed) }
        }
        for log in logs { #expect(log.values == [Double(round)]) }
        #expect(fixture.text(fixture.path(attempt, "runs")) == "run\n")
    }

    @Test("A supervisor that is killed is an internal failure, and nothing of it stays alive")
    func killedSupervisor() async throws {
        let attempt = try fixture.attempt(script: "echo value=1; sleep 100 & wait")
        let log = SessionLog(announceAt: 1)
        let backend = fixture.backend()
        let task = Task { try await backend.run(attempt, in: log.session(mark: nil)) }
        _ = await log.announcement.wait()
        let supervisor = try #require(try fixture.supervisor(of: attempt))
        kill(supervisor.process, SIGKILL)
        let end = try await task.value
        guard case .failed(let failure) = end else {
            Issue.record("ended with \(end)")
            return
        }
        #expect(failure.cause == .internal)
        try await waitUntil("the end of the group") {
            fixture.liveProcesses(of: supervisor.process).isEmpty
        }
        let again = try await fixture.backend().run(attempt, in: SessionLog().session(mark: nil))
        #expect(again == end)
    }

    @Test("A claim that nobody follows up is an internal failure")
    func abandonedClaim() async throws {
        let attempt = try fixture.attempt(script: "echo value=1")
        try fixture.write("", to: fixture.path(attempt, "attempts/1/claim/.keep"))
        let claim = fixture.directory.appending(path: fixture.path(attempt, "attempts/1/claim"))
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSinceNow: -60)], ofItemAtPath: claim.path)
        let end = try await fixture.backend().run(attempt, in: SessionLog().session(mark: nil))
        guard case .failed(let failure) = end else {
            Issue.record("ended with \(end)")
            return
        }
        #expect(failure.cause == .internal)
    }

    @Test("An attempt whose metrics are stored but whose files are gone does not run again")
    func missingFiles() async throws {
        let attempt = try fixture.attempt(script: "echo value=1")
        let session = SessionLog().session(mark: ReportMark("10 0"))
        let end = try await fixture.backend().run(attempt, in: session)
        guard case .failed(let failure) = end else {
            Issue.record("ended with \(end)")
            return
        }
        #expect(failure.cause == .internal)
    }

    @Test("A process with a recorded number that is another's by now is left alone")
    func reusedNumber() async throws {
        let attempt = try fixture.attempt(script: "echo value=1")
        try fixture.write("", to: fixture.path(attempt, "attempts/1/claim/.keep"))
        let own = ProcessInfo.processInfo.processIdentifier
        try fixture.write("\(own) 0\n", to: fixture.path(attempt, "attempts/1/pid"))
        let log = SessionLog()
        log.stop.request(.requested)
        let end = try await fixture.backend().run(attempt, in: log.session(mark: nil))
        // Still here to say so.
        guard case .failed = end else {
            Issue.record("ended with \(end)")
            return
        }
    }

    @Test("A stop that was begun goes on after a crash, with its reason and within its grace")
    func stopAcrossCrash() async throws {
        let attempt = try fixture.attempt(
            script: "trap '' TERM; echo value=1; while :; do sleep 0.05; done")
        let log = SessionLog(announceAt: 1)
        let backend = fixture.backend(gracePeriod: .seconds(60))
        let task = Task { try await backend.run(attempt, in: log.session(mark: nil)) }
        _ = await log.announcement.wait()
        log.stop.request(.tuningJobEnded)
        let record = fixture.path(attempt, "attempts/1/stop")
        try await waitUntil("the record of the stop") { fixture.text(record) != nil }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        let end = try await fixture.backend(gracePeriod: .milliseconds(100)).run(
            attempt, in: SessionLog().session(mark: log.lastMark))
        #expect(end == .stopped(.tuningJobEnded))
        let supervisor = try #require(try fixture.supervisor(of: attempt))
        try await waitUntil("the end of the group") {
            fixture.liveProcesses(of: supervisor.process).isEmpty
        }
    }

    @Test("The limit on the run time counts from the start, across crashes")
    func runtimeAcrossCrash() async throws {
        let attempt = fixture.attempt(
            image: "exec:sh -c 'echo value=1; sleep 100'",
            stoppingCondition: StoppingCondition(runtimeMax: .seconds(1)))
        let log = try await crash(after: 1, running: attempt)
        let end = try await fixture.backend().run(
            attempt, in: SessionLog().session(mark: log.lastMark))
        #expect(end == .stopped(.runtimeExceeded))
    }
}
