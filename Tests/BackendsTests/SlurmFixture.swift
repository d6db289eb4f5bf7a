import Foundation
import Synchronization
import Tuning
import TuningTesting

@testable import Backends

/// Slurm as a test wants it: it keeps jobs, and what it is asked is remembered.
final class ScriptedSlurm: SlurmCommands {
    private struct State {
        var calls: [(command: SlurmCommand, arguments: [String])] = []
        var answers: [SlurmCommand: [SlurmAnswer]] = [:]
        var jobs: [SlurmJob] = []
        var hasJSON = true
        var squeueProblem: String?
        var nextNumber = 1
    }

    private let state = Mutex(State())

    /// The jobs that `squeue` lists.
    var jobs: [SlurmJob] {
        get { state.withLock { $0.jobs } }
        set { state.withLock { $0.jobs = newValue } }
    }

    /// Whether `squeue` writes JSON.
    var hasJSON: Bool {
        get { state.withLock { $0.hasJSON } }
        set { state.withLock { $0.hasJSON = newValue } }
    }

    /// Why `squeue` does not answer.
    var squeueProblem: String? {
        get { state.withLock { $0.squeueProblem } }
        set { state.withLock { $0.squeueProblem = newValue } }
    }

    /// Puts the next answers of a command before what it would say otherwise.
    func answer(_ command: SlurmCommand, _ answers: SlurmAnswer...) {
        state.withLock { $0.answers[command, default: []] += answers }
    }

    /// The arguments of each call of a command.
    func calls(of command: SlurmCommand) -> [[String]] {
        state.withLock { $0.calls.filter { $0.command == command }.map(\.arguments) }
    }

    func run(_ command: SlurmCommand, _ arguments: [String]) async throws -> SlurmAnswer {
        state.withLock { state in
            state.calls.append((command, arguments))
            if let answers = state.answers[command], let answer = answers.first {
                state.answers[command] = Array(answers.dropFirst())
                return answer
            }
            switch command {
            case .sbatch: return submit(arguments, &state)
            case .squeue: return list(arguments, state)
            case .scancel: return SlurmAnswer()
            case .scontrol: return .complaint("slurm_load_jobs error: Invalid job id specified")
            case .sacct: return .complaint("Slurm accounting storage is disabled")
            }
        }
    }

    private func submit(_ arguments: [String], _ state: inout sending State) -> SlurmAnswer {
        let id = "\(state.nextNumber)"
        state.nextNumber += 1
        let comment = arguments.first { $0.hasPrefix("--comment=") }?.dropFirst(10) ?? ""
        state.jobs.append(
            SlurmJob(id: id, state: .waiting, restartCount: 0, comment: String(comment)))
        return SlurmAnswer(output: id + "\n")
    }

    private func list(_ arguments: [String], _ state: borrowing State) -> SlurmAnswer {
        if let problem = state.squeueProblem { return .complaint(problem) }
        guard arguments.contains("--json") else {
            return SlurmAnswer(output: state.jobs.map(\.row).joined(separator: "\n"))
        }
        guard state.hasJSON else {
            return .complaint("squeue: unrecognized option '--json'")
        }
        return SlurmAnswer(
            output: JSONValue.object(["jobs": .array(state.jobs.map(\.json))]).encodedText)
    }
}

extension SlurmAnswer {
    /// A command that fails with some words.
    static func complaint(_ text: String) -> SlurmAnswer {
        SlurmAnswer(isSuccess: false, complaint: text)
    }
}

extension SlurmJob {
    fileprivate var word: String {
        switch state {
        case .waiting: "PENDING"
        case .suspended: "SUSPENDED"
        case .active: "RUNNING"
        case .leaving: "COMPLETING"
        case .completed: "COMPLETED"
        case .failed: "FAILED"
        case .timedOut: "TIMEOUT"
        case .pastDeadline: "DEADLINE"
        case .outOfMemory: "OUT_OF_MEMORY"
        case .cancelled: "CANCELLED"
        case .lost(let name): name
        }
    }

    fileprivate var json: JSONValue {
        [
            "job_id": .integer(Int(id) ?? 0), "job_state": .string(word),
            "state_reason": .string(reason.isEmpty ? "None" : reason),
            "restart_cnt": .integer(restartCount ?? 0), "comment": .string(comment),
            "exit_code": .integer((exitCode ?? 0) << 8),
        ]
    }

    fileprivate var row: String {
        let cells = [
            (id, 24), (word, 24), ("\(restartCount ?? 0)", 12),
            (reason.isEmpty ? "None" : reason, 48), (comment, 128),
        ]
        return cells.map { $0.0.padding(toLength: $0.1, withPad: " ", startingAt: 0) }.joined()
    }
}

/// A training job of a scripted Slurm, whose nodes are played by the test.
struct SlurmScene {
    let fixture: LocalProcessFixture
    let slurm = ScriptedSlurm()
    let attempt: Attempt
    let files: AttemptDirectory
    let configuration: SlurmBackend.Configuration
    let queue: SlurmQueue

    init(
        instances: [SlurmInstance] = [SlurmInstance()], envelope: JSONValue = [:],
        fileDelayMax: Duration = .milliseconds(50)
    ) throws {
        fixture = try LocalProcessFixture()
        attempt = fixture.attempt(image: "exec:true", envelope: envelope)
        let training = try TrainingDirectory(
            of: attempt.id.trainingJob, in: fixture.directory)
        files = training.attempt(1)
        configuration = SlurmBackend.Configuration(
            dataDirectory: fixture.directory, instances: instances,
            gracePeriod: .milliseconds(50), statusInterval: .milliseconds(1),
            fileDelayMax: fileDelayMax)
        queue = SlurmQueue(SlurmCommandLine(slurm), interval: configuration.statusInterval)
        try makeDirectory(files.path)
    }

    var backend: SlurmBackend { SlurmBackend(configuration, controller: SlurmCommandLine(slurm)) }

    /// The program as one run of the attempt has it.
    var program: SlurmProgram {
        SlurmProgram(
            of: attempt, files: files, configuration: configuration,
            controller: SlurmCommandLine(slurm), queue: queue)
    }

    /// Submits the attempt.
    func start(_ program: SlurmProgram) async throws {
        let training = try TrainingDirectory(of: attempt.id.trainingJob, in: fixture.directory)
        let command = try TrainingCommandLine("true", hyperparameters: [])
        try await program.start(
            ProgramOrder(attempt: attempt, training: training, program: .command(command)))
    }

    /// Plays the job's script: it claims the attempt and begins.
    func begin(_ id: String = "1", restartCount: Int = 0) throws {
        _ = symlink(id, files.path + "/claim")
        try write("\(id) \(restartCount) node-1\n", "start")
    }

    /// Plays the job's script: it records the end.
    func end(code: Int, isDoubtful: Bool = false) throws {
        try write("\(code) 0 0 \(isDoubtful ? 1 : 0)\n", "exit")
    }

    /// Has Slurm say something else of a job.
    func set(_ id: String = "1", _ change: (inout SlurmJob) -> Void) {
        slurm.jobs = slurm.jobs.map { job in
            var job = job
            if job.id == id { change(&job) }
            return job
        }
    }

    /// Asks until the program's state is what is expected, or for long; returns the last.
    func state(
        of program: SlurmProgram, until isExpected: (ProgramState) -> Bool
    ) async throws -> ProgramState {
        let deadline = ContinuousClock.now + .seconds(300)
        while true {
            let state = try await program.state()
            if isExpected(state) || ContinuousClock.now > deadline { return state }
            try await Task.sleep(for: .milliseconds(2))
        }
    }

    private func write(_ text: String, _ name: String) throws {
        try Data(text.utf8).write(to: URL(filePath: "\(files.path)/\(name)"), options: .atomic)
    }
}
