import Backends
import Foundation
import Synchronization
import Tuning

/// An attempt's program as a job of a Ray cluster.
final class RayProgram: HostedProgram {
    private struct Progress {
        /// The submission, if it was this run that asked for it.
        var launch: SharedWork<Void>?
        /// Lists of jobs that were asked for before this time know too little.
        var knowledgeTime = ContinuousClock.now
        /// The node that the job runs on, once it is known.
        var node: String?
        /// The end, once it is known.
        var end: ProgramState?
        /// Whether the job was told to end before it had a node: it will, as soon as it has one.
        var isAbandoned = false
    }

    let attempt: Attempt
    let training: TrainingDirectory
    let files: AttemptDirectory
    let record: JobRecord
    let host: RayHost
    private let progress = Mutex(Progress())

    init(of attempt: Attempt, in training: TrainingDirectory, host: RayHost) {
        self.attempt = attempt
        self.training = training
        files = training.attempt(attempt.id.number)
        record = JobRecord(files: files)
        self.host = host
    }

    /// The node that the job runs or ran on; `nil` while it is not known.
    var node: String? { progress.withLock { $0.node } }

    /// Whether the program came to an end of its own.
    var hasExited: Bool {
        if case .ended(.code, _) = progress.withLock({ $0.end }) { true } else { false }
    }

    /// Takes it that what was known of the job is old.
    func expireKnowledge() { progress.withLock { $0.knowledgeTime = .now } }
}

// MARK: - State

extension RayProgram {
    nonisolated(nonsending) func state() async throws -> ProgramState {
        let (end, time) = progress.withLock { ($0.end, $0.knowledgeTime) }
        if let end { return end }
        guard let id = record.id else { return .notStarted }
        var job = try await host.roster.programs(after: time)[id]
        // A list may be cut short by whoever passes it on.
        if job == nil { job = try await host.cluster.job(id) }
        guard let job else {
            return record.wasSubmitted
                ? .lost(
                    "The Ray cluster no longer knows the job '\(id)': its head node was restarted"
                        + " without its state, or somebody deleted the job.")
                : .notStarted
        }
        try record.noteSubmission()
        let state = try state(of: job)
        progress.withLock { progress in
            progress.node = progress.node ?? job.node
            if case .ended = state { progress.end = state }
        }
        return state
    }

    private func state(of job: RayJob) throws(FileError) -> ProgramState {
        if job.status == .pending { return .waiting(job.message.isEmpty ? nil : job.message) }
        if job.status == .running { return .running(since: try record.noteStart()) }
        // One that ran shorter than anybody looked began no earlier than it was submitted.
        let startTime = record.startTime ?? (job.node == nil ? nil : job.submissionTime ?? Date())
        return .ended(Self.exit(of: job), since: startTime)
    }

    /// What the end of a job means: the program's own fault only if the program began and ended.
    static func exit(of job: RayJob) -> ProgramExit {
        switch job.status {
        case .succeeded: return .code(0)
        case .stopped: return .stopped(.requested)
        case .failed, .pending, .running:
            let isOfProgram = ["", "JOB_ENTRYPOINT_COMMAND_ERROR"].contains(job.errorType)
            if isOfProgram, let code = job.exitCode { return .code(code) }
            let reason = [job.errorType, shortened(job.message)].filter { !$0.isEmpty }
                .joined(separator: ": ")
            return .failure(TrainingFailure(.internal, "InternalServerError: Ray: \(reason)"))
        }
    }
}

extension RayProgram {
    /// How much of the beginning and of the end of a long message is kept, in characters.
    private static let (beginningLength, endLength) = (200, 700)

    /// A message without its middle if it is long: what went wrong is at the end of a traceback.
    private static func shortened(_ message: String) -> String {
        let text = message.trimmingCharacters(in: .whitespacesAndNewlines)
        guard text.count > beginningLength + endLength else { return text }
        return "\(text.prefix(beginningLength)) ... \(text.suffix(endLength))"
    }
}

// MARK: - Start and end

extension RayProgram {
    /// Submits the job; whoever waits for that may give up, but not the work.
    nonisolated(nonsending) func start(_ order: ProgramOrder) async throws {
        let work = SharedWork { try await RayLaunch(program: self, order: order).run() }
        progress.withLock { $0.launch = work }
        try await work.value()
    }

    nonisolated(nonsending) func forbidStart() async throws -> Bool {
        if let launch = progress.withLock({ $0.launch }) { _ = try? await launch.value() }
        guard let id = try record.forbidID() else { return true }
        if record.wasSubmitted { return false }
        // Whoever submitted it may never have got the answer, or the cluster not yet the request;
        // a job that does nothing takes the ID for good.
        let nothing: JSONValue = [
            "submission_id": .string(id), "entrypoint": "true",
            "metadata": ["tuner.attempt": .string(attempt.id.description)],
        ]
        switch try await host.cluster.submit(nothing) {
        case .accepted, .refused: return true
        case .idIsTaken:
            try record.noteSubmission()
            return false
        }
    }

    /// Stops the job; Ray itself kills it when its grace period is over.
    nonisolated(nonsending) func end(isForced: Bool) async throws -> Bool {
        guard let id = record.id else { return true }
        let wasTold = try await host.cluster.stop(id)
        expireKnowledge()
        guard wasTold, let job = try await host.cluster.job(id), job.status == .pending else {
            return wasTold
        }
        // The wish waits where the job does: it ends as soon as it begins, which may be never.
        progress.withLock { progress in
            progress.isAbandoned = true
            progress.end = .ended(.stopped(.requested), since: nil)
        }
        return true
    }

    nonisolated(nonsending) func remove() async {
        switch host.configuration.removal {
        case .never: return
        case .completed:
            guard progress.withLock({ $0.end }).map(Self.isSuccess) ?? false else { return }
        case .always: break
        }
        let isAbandoned = progress.withLock { $0.isAbandoned }
        guard record.wasSubmitted, !isAbandoned, let id = record.id else { return }
        do {
            try await host.cluster.delete(id)
        } catch {
            host.settings.logger.warning(
                "a Ray job could not be removed", metadata: ["job": "\(id)", "error": "\(error)"])
        }
    }

    private static func isSuccess(_ state: ProgramState) -> Bool {
        if case .ended(.code(0), _) = state { true } else { false }
    }
}
