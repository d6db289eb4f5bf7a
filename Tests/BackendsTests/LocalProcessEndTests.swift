import Foundation
import Testing
import Tuning
import TuningTesting

@testable import Backends

@Suite("Local processes, and how they end")
struct LocalProcessEndTests {
    let fixture: LocalProcessFixture

    init() throws { fixture = try LocalProcessFixture() }

    private func end(of script: String) async throws -> Attempt.End {
        let attempt = try fixture.attempt(script: script)
        return try await fixture.backend().run(attempt, in: SessionLog().session(mark: nil))
    }

    struct Failure: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let script: String
        let reason: String
    }

    @Test(
        "A failure is told in the program's words",
        arguments: [
            Failure(
                testDescription: "the failure file first",
                script: "echo 'bad data' >$SM_OUTPUT_DIR/failure; echo noise >&2; exit 2",
                reason: "AlgorithmError: bad data, exit code: 2"),
            Failure(
                testDescription: "else the standard error",
                script: "echo first >&2; echo last >&2; exit 1",
                reason: "AlgorithmError: first\nlast, exit code: 1"),
            Failure(
                testDescription: "no text", script: "exit 7",
                reason: "AlgorithmError: The program gave no reason, exit code: 7"),
            Failure(
                testDescription: "a signal", script: "kill -SEGV $$",
                reason: "AlgorithmError: The program gave no reason, exit code: 139 (SIGSEGV)"),
            Failure(
                testDescription: "not UTF-8", script: "printf 'a\\377b' >&2; exit 1",
                reason: "AlgorithmError: a\u{FFFD}b, exit code: 1"),
        ])
    func failures(row: Failure) async throws {
        let end = try await end(of: row.script)
        #expect(end == .failed(TrainingFailure(.algorithm, row.reason)))
    }

    @Test("A long reason keeps its exit code, and a long standard error its last line")
    func longReasons() async throws {
        for script in [
            "yes x | head -c 5000 >$SM_OUTPUT_DIR/failure; exit 2",
            "yes noise | head -c 60000 >&2; echo last >&2; exit 2",
        ] {
            guard case .failed(let failure) = try await end(of: script) else {
                Issue.record("did not fail")
                continue
            }
            #expect(failure.reason.count <= 1024)
            #expect(failure.reason.hasSuffix(", exit code: 2"))
            #expect(script.contains("failure") || failure.reason.contains("\nlast,"))
        }
    }

    @Test(
        "A command that cannot be run is named",
        arguments: ["no-such-program-here", "./missing", "/etc/passwd", "/tmp"])
    func missingCommand(command: String) async throws {
        let attempt = fixture.attempt(image: "exec:\(command)")
        let end = try await fixture.backend().run(attempt, in: SessionLog().session(mark: nil))
        guard case .failed(let failure) = end else {
            Issue.record("ended with \(end)")
            return
        }
        #expect(failure.cause == .algorithm)
        #expect(failure.reason.contains((command as NSString).lastPathComponent))
    }

    @Test("A data directory that cannot be written is an internal failure")
    func brokenDirectory() async throws {
        let path = try fixture.write("a file", to: "data")
        let backend = LocalProcessBackend(.init(dataDirectory: URL(filePath: path)))
        let attempt = fixture.attempt(image: "exec:true")
        let end = try await backend.run(attempt, in: SessionLog().session(mark: nil))
        guard case .failed(let failure) = end else {
            Issue.record("ended with \(end)")
            return
        }
        #expect(failure.cause == .internal)
        #expect(failure.reason.contains(path))
    }

    @Test(
        "A stop ends all processes, whether they listen or not",
        arguments: [
            "sleep 100 & sleep 100 & echo value=1; wait",
            "trap 'exit 0' TERM; echo value=1; while :; do sleep 0.02; done",
            "trap 'exit 9' TERM; echo value=1; while :; do sleep 0.02; done",
            "trap '' TERM; echo value=1; while :; do sleep 0.02; done",
            "trap '' TERM; (trap '' TERM; sleep 100) & echo value=1; sleep 100; sleep 100",
            "echo value=1; yes | head -c 100000000; sleep 100",
        ])
    func stop(script: String) async throws {
        let attempt = try fixture.attempt(script: script)
        let log = SessionLog(announceAt: 1)
        let backend = fixture.backend(gracePeriod: .milliseconds(500))
        async let run = backend.run(attempt, in: log.session(mark: nil))
        _ = await log.announcement.wait()
        log.stop.request(.requested)
        #expect(try await run == .stopped(.requested))
        let supervisor = try #require(try fixture.supervisor(of: attempt))
        try await waitUntil("the end of the group") {
            fixture.liveProcesses(of: supervisor.process).isEmpty
        }
        try await waitUntil("the supervisor to be reaped") {
            !ProcessResources.processes().contains { $0.number == supervisor.process }
        }
    }

    @Test("A program gets its grace period to save what it has")
    func grace() async throws {
        let attempt = try fixture.attempt(
            script: """
                trap 'sleep 0.3; echo value=2; echo saved >"$SM_MODEL_DIR/weights"; exit 0' TERM
                echo value=1
                while :; do sleep 0.02; done
                """)
        let log = SessionLog(announceAt: 1)
        let backend = fixture.backend()
        async let run = backend.run(attempt, in: log.session(mark: nil))
        _ = await log.announcement.wait()
        log.stop.request(.requested)
        #expect(try await run == .stopped(.requested))
        #expect(log.values == [1, 2])
        #expect(fixture.text(fixture.path(attempt, "model/weights")) == "saved\n")
    }

    @Test("What a program leaves running ends with it")
    func grandchildren() async throws {
        let attempt = try fixture.attempt(
            script: "(trap '' TERM HUP; sleep 100; sleep 100) & echo value=1; exit 0")
        let end = try await fixture.backend().run(attempt, in: SessionLog().session(mark: nil))
        #expect(end == .completed)
        let supervisor = try #require(try fixture.supervisor(of: attempt))
        try await waitUntil("the end of the group") {
            fixture.liveProcesses(of: supervisor.process).isEmpty
        }
    }

    #if os(Linux)
        @Test("A process that left the group ends with its program", arguments: [false, true])
        func daemons(isStopped: Bool) async throws {
            let attempt = try fixture.attempt(
                script: """
                    setsid sh -c 'trap "" TERM HUP; sleep 100; sleep 100' &
                    echo value=1
                    \(isStopped ? "sleep 100" : "exit 0")
                    """)
            let log = SessionLog(announceAt: 1)
            let backend = fixture.backend(gracePeriod: .milliseconds(500))
            async let run = backend.run(attempt, in: log.session(mark: nil))
            _ = await log.announcement.wait()
            if isStopped { log.stop.request(.requested) }
            #expect(try await run == (isStopped ? .stopped(.requested) : .completed))
            try await waitUntil("the end of all processes") {
                !ProcessResources.processes().contains { fixture.isMarked($0.number) }
            }
        }
    #endif

    @Test("The run time is limited, earlier attempts included")
    func runtimeLimit() async throws {
        let attempt = fixture.attempt(
            image: "exec:sleep 100 {x}", hyperparameters: ["x": "1"],
            stoppingCondition: StoppingCondition(runtimeMax: .seconds(3600)),
            earlierRuntime: .seconds(3600) - .milliseconds(200))
        let end = try await fixture.backend().run(attempt, in: SessionLog().session(mark: nil))
        #expect(end == .stopped(.runtimeExceeded))
    }

    @Test("The verdict to pause stops the program and names its checkpoints")
    func pause() async throws {
        let attempt = try fixture.attempt(script: "echo value=1; sleep 100")
        let log = SessionLog(verdict: .pause)
        let end = try await fixture.backend().run(attempt, in: log.session(mark: nil))
        let checkpoints = fixture.directory.appending(path: fixture.path(attempt, "checkpoints"))
        #expect(end == .paused(Checkpoint(location: checkpoints.path)))
    }

    @Test("A flood of output loses no metric, in batches of at most a thousand")
    func flood() async throws {
        let attempt = try fixture.attempt(
            script: """
                yes 'a line of noise that goes on and on and on and on' | head -n 200000
                python3 -c 'print("\\n".join(f"value={i}" for i in range(5000)))'
                python3 -c 'print("x" * 10_000_000)' >&2
                echo value=5000 >&2
                """)
        let log = SessionLog()
        let end = try await fixture.backend().run(attempt, in: log.session(mark: nil))
        #expect(end == .completed)
        #expect(log.values.sorted() == (0...5000).map(Double.init))
        #expect(log.marks.count >= 6)
    }

    @Test("An expression that backtracks without end delays no other training job")
    func backtracking() async throws {
        let bad = fixture.attempt(
            image:
                """
                exec:sh -c 'yes aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab | head -n 50; echo value=1'
                """,
            metrics: [
                MetricDefinition(name: "bad", regex: "(a+)+$"),
                MetricDefinition(name: BackendConformance.metric, regex: "value=(\\d)"),
            ])
        let good = try fixture.attempt(script: "echo value=1")
        let backend = fixture.backend()
        let (badLog, goodLog) = (SessionLog(), SessionLog())
        async let badEnd = backend.run(bad, in: badLog.session(mark: nil))
        let goodEnd = try await backend.run(good, in: goodLog.session(mark: nil))
        #expect(goodEnd == .completed)
        #expect(goodLog.values == [1])
        #expect(try await badEnd == .completed)
        #expect(badLog.values == [1])
    }
}
