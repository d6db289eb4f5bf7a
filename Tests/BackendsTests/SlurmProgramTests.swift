import Foundation
import Testing
import Tuning
import TuningTesting

@testable import Backends

@Suite("An attempt as a job of Slurm")
struct SlurmProgramTests {
    @Test("Nothing is known before the first submission, and Slurm is not asked")
    func notStarted() async throws {
        let scene = try SlurmScene()
        #expect(try await scene.program.state() == .notStarted)
        #expect(scene.slurm.calls(of: .squeue).isEmpty)
    }

    @Test("A job waits with its reason, runs, and ends with the recorded code")
    func course() async throws {
        let scene = try SlurmScene()
        let program = scene.program
        try await scene.start(program)
        scene.set { $0.reason = "Resources" }
        let waiting = ProgramState.waiting("Job 1 waits in Slurm's queue: Resources")
        #expect(try await scene.state(of: program) { $0 == waiting } == waiting)
        scene.set { ($0.state, $0.reason) = (.active, "") }
        #expect(try await scene.state(of: program) { $0 == .waiting(nil) } == .waiting(nil))
        try scene.begin()
        let running = try await scene.state(of: program) { $0.isRunning }
        #expect(running.isRunning)
        try scene.end(code: 3)
        guard case .ended(.code(3), _?) = try await program.state() else {
            Issue.record("the record was not read")
            return
        }
    }

    @Test("What has begun runs, though the queue was asked before")
    func staleQueue() async throws {
        let scene = try SlurmScene()
        let program = scene.program
        try await scene.start(program)
        try scene.begin()
        #expect(try await scene.state(of: program) { $0.isRunning }.isRunning)
    }

    @Test("A job that is put back waits as interrupted until it runs again")
    func requeue() async throws {
        let scene = try SlurmScene()
        let program = scene.program
        try await scene.start(program)
        try scene.begin()
        try scene.end(code: 143, isDoubtful: true)
        scene.set { ($0.state, $0.restartCount) = (.leaving, 1) }
        let leaving = ProgramState.waiting("Slurm puts job 1 back into its queue")
        #expect(try await scene.state(of: program) { $0 == leaving } == leaving)
        scene.set { ($0.state, $0.reason) = (.waiting, "BeginTime") }
        let waiting = ProgramState.waiting("Job 1 waits in Slurm's queue: BeginTime")
        #expect(try await scene.state(of: program) { $0 == waiting } == waiting)
        scene.set { ($0.state, $0.reason) = (.active, "") }
        let again = ProgramState.waiting("Slurm starts job 1 again")
        #expect(try await scene.state(of: program) { $0 == again } == again)
        try scene.begin(restartCount: 1)
        #expect(try await scene.state(of: program) { $0.isRunning }.isRunning)
    }

    @Test("A job that ends before it begins again does not end as its first run did")
    func refusedRestart() async throws {
        let scene = try SlurmScene()
        let program = scene.program
        try await scene.start(program)
        try scene.begin()
        try scene.end(code: 143, isDoubtful: true)
        scene.set { ($0.state, $0.restartCount, $0.exitCode) = (.failed, 1, 1) }
        let state = try await scene.state(of: program) {
            if case .ended = $0 { true } else { false }
        }
        guard case .ended(.failure(let failure), nil) = state else {
            Issue.record("the state is \(state)")
            return
        }
        #expect(failure.cause == .internal)
        #expect(failure.reason.contains("exit code 1 before it began the training again"))
    }

    @Test("A job that is put back is interrupted until it runs again, whatever it waits for")
    func interruption() async throws {
        let scene = try SlurmScene()
        let log = SessionLog()
        async let end = scene.backend.run(scene.attempt, in: log.session(mark: nil))
        func wait(for count: Int) async throws {
            let deadline = ContinuousClock.now + .seconds(300)
            while log.phases.count < count, .now < deadline {
                try await Task.sleep(for: .milliseconds(2))
            }
        }
        try await wait(for: 2)
        try scene.begin()
        try await wait(for: 3)
        for (index, reason) in ["BeginTime", "Resources", "Priority"].enumerated() {
            scene.set { ($0.state, $0.restartCount, $0.reason) = (.waiting, 1, reason) }
            try await wait(for: 4 + index)
        }
        try scene.begin(restartCount: 1)
        scene.set { $0.state = .active }
        try await wait(for: 7)
        try scene.end(code: 0)
        #expect(try await end == .completed)
        let interruptions: [TrainingPhase] = [.interrupted, .interrupted, .interrupted]
        #expect(log.phases.suffix(5) == [.training] + interruptions + [.training])
    }

    struct Row: CustomStringConvertible {
        let state: SlurmState
        let exit: ProgramExit
        var recordedCode: Int?
        var description: String { "\(state), record \(recordedCode ?? -1)" }
    }

    @Test(
        "An end of Slurm's making is told as what it is",
        arguments: [
            Row(state: .timedOut, exit: .stopped(.runtimeExceeded)),
            Row(state: .timedOut, exit: .stopped(.runtimeExceeded), recordedCode: 143),
            Row(state: .pastDeadline, exit: .stopped(.waitTimeExceeded)),
            Row(state: .cancelled, exit: .stopped(.requested)),
            Row(state: .cancelled, exit: .stopped(.requested), recordedCode: 143),
            Row(
                state: .outOfMemory,
                exit: .failure(
                    TrainingFailure(
                        .algorithm,
                        "AlgorithmError: OutOfMemory: Slurm ended job 1, which used more memory than it"
                            + " had asked for (why), exit code: 137")), recordedCode: 137),
            Row(
                state: .lost("NODE_FAIL"),
                exit: .failure(
                    TrainingFailure(
                        .internal, "InternalServerError: Slurm ended job 1: NODE_FAIL (why)"))),
            Row(
                state: .lost("PREEMPTED"),
                exit: .failure(
                    TrainingFailure(
                        .internal, "InternalServerError: Slurm ended job 1: PREEMPTED (why)")),
                recordedCode: 143),
            Row(state: .failed, exit: .code(9), recordedCode: 9),
            Row(state: .failed, exit: .code(137), recordedCode: 137),
            Row(state: .completed, exit: .code(0), recordedCode: 0),
            Row(state: .completed, exit: .code(0)),
            Row(state: .failed, exit: .code(5)),
        ])
    func ends(row: Row) async throws {
        let scene = try SlurmScene()
        let program = scene.program
        try await scene.start(program)
        try scene.begin()
        if let code = row.recordedCode { try scene.end(code: code, isDoubtful: true) }
        scene.set { job in
            (job.state, job.reason) = (row.state, "why")
            job.exitCode = row.state == .failed ? 5 : 0
        }
        let state = try await scene.state(of: program) { !$0.isRunning }
        guard case .ended(let exit, _?) = state else {
            Issue.record("the state is \(state)")
            return
        }
        #expect(exit == row.exit)
    }

    @Test("A job that ended before it came to the attempt says that nodes lack the directory")
    func unsharedDirectory() async throws {
        let scene = try SlurmScene()
        let program = scene.program
        try await scene.start(program)
        scene.set { ($0.state, $0.exitCode) = (.failed, 3) }
        let state = try await scene.state(of: program) { $0 != .waiting(nil) }
        guard case .ended(.failure(let failure), nil) = state else {
            Issue.record("the state is \(state)")
            return
        }
        #expect(failure.cause == .internal)
        #expect(failure.reason.contains("exit code 3"))
        #expect(failure.reason.contains("every node must have"))
    }

    @Test("A job that the queue has forgotten is asked for by number, with accounting or without")
    func forgotten() async throws {
        for command in [SlurmCommand.scontrol, .sacct] {
            let scene = try SlurmScene()
            let program = scene.program
            try await scene.start(program)
            try scene.begin()
            scene.slurm.jobs = []
            let text = command == .scontrol ? "JobId=1 JobState=TIMEOUT" : "1|TIMEOUT|0:0"
            scene.slurm.answer(command, SlurmAnswer(output: text))
            let state = try await scene.state(of: program) { !$0.isRunning }
            guard case .ended(.stopped(.runtimeExceeded), _) = state else {
                Issue.record("the state is \(state)")
                return
            }
        }
    }

    @Test("A job that nobody knows any more is lost")
    func lost() async throws {
        let scene = try SlurmScene()
        let program = scene.program
        try await scene.start(program)
        try scene.begin()
        scene.slurm.jobs = []
        let state = try await scene.state(of: program) { !$0.isRunning }
        guard case .lost(let reason) = state else {
            Issue.record("the state is \(state)")
            return
        }
        #expect(reason.contains("job 1"))
    }

    @Test("A number that is another job's by now is not taken for the attempt's, nor cancelled")
    func reusedNumber() async throws {
        let scene = try SlurmScene()
        let program = scene.program
        try await scene.start(program)
        try scene.begin()
        scene.slurm.jobs = [SlurmJob(id: "1", state: .completed, comment: "another's")]
        let state = try await scene.state(of: program) { !$0.isRunning }
        guard case .lost = state else {
            Issue.record("the state is \(state)")
            return
        }
        #expect(try await program.end(isForced: true))
        try await program.settle()
        #expect(scene.slurm.calls(of: .scancel).isEmpty)
    }

    @Test("A Slurm that does not answer is no news of the job")
    func silence() async throws {
        let scene = try SlurmScene()
        try await scene.start(scene.program)
        scene.slurm.squeueProblem = "slurm_load_jobs error: Unable to contact slurm controller"
        await #expect(throws: SlurmError.self) { try await scene.program.state() }
        scene.slurm.squeueProblem = nil
        #expect(try await scene.state(of: scene.program) { $0 != .waiting(nil) } != .notStarted)
    }
}

// MARK: - Launching

extension SlurmProgramTests {
    @Test("A job whose number was never recorded is found by its comment, not submitted again")
    func found() async throws {
        let scene = try SlurmScene()
        try await scene.start(scene.program)
        try FileManager.default.removeItem(atPath: scene.files.path + "/job")
        let state = try await scene.state(of: scene.program) { $0 != .waiting(nil) }
        #expect(state == .waiting("Job 1 waits in Slurm's queue"))
    }

    @Test("What was to be submitted and is not in the queue has not been started")
    func notSubmitted() async throws {
        let scene = try SlurmScene()
        _ = try scene.files.makeSlurmSubmission()
        let state = try await scene.state(of: scene.program) { $0 != .waiting(nil) }
        #expect(state == .notStarted)
    }

    @Test("A command that failed after it had submitted is not repeated")
    func uncertain() async throws {
        let scene = try SlurmScene()
        let comment = try scene.files.makeSlurmSubmission()
        let program = scene.program
        scene.slurm.answer(.sbatch, .complaint("Socket timed out on send/recv operation"))
        await #expect(throws: SlurmError.self) { try await scene.start(program) }
        scene.slurm.jobs = [SlurmJob(id: "5", state: .waiting, comment: comment)]
        try await scene.start(program)
        #expect(scene.slurm.calls(of: .sbatch).count == 1)
        #expect(scene.files.slurmJob == "5")
    }

    @Test("Of two jobs the one that claims runs the attempt, and the other is cancelled")
    func double() async throws {
        let scene = try SlurmScene()
        let program = scene.program
        try await scene.start(program)
        try FileManager.default.removeItem(atPath: scene.files.path + "/job")
        try await scene.start(program)
        #expect(scene.slurm.calls(of: .scancel).isEmpty)
        try scene.begin("2")
        scene.set("2") { $0.state = .active }
        #expect(try await scene.state(of: program) { $0.isRunning }.isRunning)
        _ = try await scene.state(of: program) { _ in
            !scene.slurm.calls(of: .scancel).isEmpty
        }
        #expect(scene.slurm.calls(of: .scancel) == [["1"]])
    }

    @Test("A full queue is waited out, and told")
    func fullQueue() async throws {
        let scene = try SlurmScene()
        scene.slurm.answer(
            .sbatch, .complaint("sbatch: error: QOSMaxSubmitJobPerUserLimit"),
            .complaint("sbatch: error: Batch job submission failed: Invalid partition name"))
        let log = SessionLog()
        let end = try await scene.backend.run(scene.attempt, in: log.session(mark: nil))
        #expect(log.phases.contains(.pending))
        guard case .failed(let failure) = end else {
            Issue.record("ended with \(end)")
            return
        }
        #expect(failure.cause == .algorithm)
        #expect(failure.reason.hasPrefix("ClientError: Slurm refused the training job: "))
        #expect(failure.reason.hasSuffix("Invalid partition name"))
    }
}

// MARK: - Ending

extension SlurmProgramTests {
    @Test("A stop of what waits in the queue keeps it from ever running")
    func stopInQueue() async throws {
        let scene = try SlurmScene()
        let program = scene.program
        try await scene.start(program)
        #expect(try await program.end(isForced: false))
        #expect(scene.files.slurmClaim == .nobody)
        #expect(scene.slurm.calls(of: .scancel) == [["1"]])
        #expect(try await program.state() == .ended(.stopped(.requested), since: nil))
    }

    @Test("A stop of what runs is a signal first, and then the end", arguments: [1, 2])
    func stopRunning(nodeCount: Int) async throws {
        let scene = try SlurmScene(
            envelope: ["ResourceConfig": ["InstanceCount": .integer(nodeCount)]])
        let program = scene.program
        try await scene.start(program)
        try scene.begin()
        scene.set { $0.state = .active }
        #expect(try await program.end(isForced: false))
        #expect(try await program.end(isForced: true))
        let asking = nodeCount == 1 ? ["--signal=TERM", "--full", "1"] : ["--signal=TERM", "1"]
        #expect(
            scene.slurm.calls(of: .scancel) == [asking, ["--signal=KILL", "--full", "1"], ["1"]])
    }

    @Test("A signal that Slurm cannot deliver yet is sent again")
    func signalLater() async throws {
        let scene = try SlurmScene()
        let program = scene.program
        try await scene.start(program)
        try scene.begin()
        scene.slurm.answer(
            .scancel,
            .complaint("Kill job error on job id 1: Job can not be altered now, try again later"))
        #expect(try await !program.end(isForced: false))
        #expect(try await program.end(isForced: false))
    }

    @Test("Logs are waited for until they are as long as they were when the program ended")
    func lateLogs() async throws {
        let scene = try SlurmScene(fileDelayMax: .seconds(60))
        let program = scene.program
        try await scene.start(program)
        try scene.begin()
        try Data("0 8 0 0\n".utf8).write(to: URL(filePath: scene.files.path + "/exit"))
        let files = scene.files
        try Data("value=".utf8).write(to: URL(filePath: files.standardOutput))
        async let settled: Void = program.settle()
        try Data("value=1\n".utf8).write(to: URL(filePath: files.standardOutput))
        try await settled
        #expect(contents(of: files.standardOutput) == "value=1\n")
    }
}

extension ProgramState {
    fileprivate var isRunning: Bool { if case .running = self { true } else { false } }
}
