import Foundation
import Synchronization
import Tuning

/// An attempt's program as a job of Slurm.
///
/// The files of the attempt say what they can: who runs it, since when, and how it ended. What
/// they do not say is in the queue, or Slurm is asked for the one job.
final class SlurmProgram: HostedProgram {
    /// The least time between two questions after one job.
    private static let questionInterval = Duration.seconds(5)

    struct Progress {
        /// Since when it is known what was submitted; only later news of the queue count.
        var knownTime = ContinuousClock.now
        /// Since when it seems to be over without having recorded it.
        var silenceTime: ContinuousClock.Instant?
        /// When Slurm was last asked for a job that is not in the queue, and its answer.
        var question: (time: ContinuousClock.Instant, job: SlurmJob?)?
        /// Jobs that have been cancelled because another runs the attempt.
        var cancelled: Set<String> = []
        /// Whether a job was perhaps submitted without an answer.
        var isUncertain = false
    }

    let attempt: Attempt
    let files: AttemptDirectory
    let configuration: SlurmBackend.Configuration
    let controller: any SlurmController
    let queue: SlurmQueue
    let progress = Mutex(Progress())

    init(
        of attempt: Attempt, files: AttemptDirectory, configuration: SlurmBackend.Configuration,
        controller: any SlurmController, queue: SlurmQueue
    ) {
        self.attempt = attempt
        self.files = files
        self.configuration = configuration
        self.controller = controller
        self.queue = queue
    }

    nonisolated(nonsending) func state() async throws -> ProgramState {
        if let end = recordedEnd { return end }
        guard let comment = files.slurmSubmission else { return .notStarted }
        let snapshot = try await queue.snapshot()
        // What has happened meanwhile counts.
        if let end = recordedEnd { return end }
        let jobs = jobs(with: comment, in: snapshot)
        await cancelOthers(than: files.slurmClaim, among: snapshot.numbers[comment], in: snapshot)
        if let job = jobs.first(where: { !$0.state.isFinal }) ?? jobs.last {
            return state(of: job)
        }
        guard snapshot.time > progress.withLock({ $0.knownTime }) else {
            return files.slurmStart.map { .running(since: $0.time) } ?? .waiting(nil)
        }
        guard let id = claimant ?? files.slurmJob else { return .notStarted }
        return try await stateOfUnlistedJob(id, with: comment)
    }
}

// MARK: - State

extension SlurmProgram {
    /// The job that runs the attempt; `nil` where none does.
    var claimant: String? {
        if case .job(let id) = files.slurmClaim { id } else { nil }
    }

    /// The end that the files tell beyond doubt.
    private var recordedEnd: ProgramState? {
        if files.slurmClaim == .nobody { return .ended(.stopped(.requested), since: nil) }
        guard let exit = files.slurmExit, !exit.isDoubtful else { return nil }
        return .ended(.code(exit.code), since: files.slurmStart?.time)
    }

    /// The jobs that may run the attempt, or the one that does.
    private func jobs(with comment: String, in snapshot: SlurmQueue.Snapshot) -> [SlurmJob] {
        if let claimant { return snapshot.job(claimant, with: comment).map { [$0] } ?? [] }
        var ids = snapshot.numbers[comment] ?? []
        if let id = files.slurmJob, !ids.contains(id) { ids.append(id) }
        return ids.compactMap { snapshot.job($0, with: comment) }
    }

    /// Whether the job has begun since it was last put into the queue.
    func hasBegun(_ job: SlurmJob) -> Bool {
        guard let start = files.slurmStart else { return false }
        return job.restartCount.map { start.restartCount >= $0 } ?? (job.state != .waiting)
    }

    private func state(of job: SlurmJob) -> ProgramState {
        let start = files.slurmStart
        let isCurrent = hasBegun(job)
        if !job.state.isFinal { progress.withLock { $0.silenceTime = nil } }
        switch job.state {
        case .suspended:
            return .waiting("Slurm has suspended job \(job.id)")
        case .active, .leaving:
            if let start, isCurrent { return .running(since: start.time) }
            return state(ofStarting: job)
        case .waiting:
            // It may have begun since.
            if let start, isCurrent { return .running(since: start.time) }
            let reason = job.reason.isEmpty ? "" : ": \(job.reason)"
            return .waiting("Job \(job.id) waits in Slurm's queue\(reason)")
        default:
            files.refresh()
            return recordedEnd ?? end(of: job)
        }
    }

    /// The state of a job that is on its nodes, and has not begun there.
    private func state(ofStarting job: SlurmJob) -> ProgramState {
        guard files.slurmStart != nil else { return .waiting(nil) }
        let isLeaving = job.state == .leaving
        return .waiting(
            isLeaving
                ? "Slurm puts job \(job.id) back into its queue"
                : "Slurm starts job \(job.id) again")
    }

    /// How an attempt ended whose job Slurm says is over.
    private func end(of job: SlurmJob) -> ProgramState {
        // What is recorded of an earlier run says nothing of this one.
        let start = hasBegun(job) ? files.slurmStart : nil
        let isRecorded = start != nil && files.slurmExit != nil
        if [.completed, .failed].contains(job.state), !isRecorded, !isSilentForLong {
            // The script recorded how it ended, or never began; the file is on its way.
            return start.map { .running(since: $0.time) } ?? state(ofStarting: job)
        }
        return .ended(exit(of: job), since: start?.time)
    }

    private func exit(of job: SlurmJob) -> ProgramExit {
        let reason = job.reason.isEmpty ? "" : " (\(job.reason))"
        switch job.state {
        case .timedOut: return .stopped(.runtimeExceeded)
        case .pastDeadline: return .stopped(.waitTimeExceeded)
        case .cancelled: return .stopped(.requested)
        case .outOfMemory:
            return .failure(
                TrainingFailure(
                    .algorithm,
                    "AlgorithmError: OutOfMemory: Slurm ended job \(job.id), which used more memory"
                        + " than it had asked for\(reason), exit code: 137"))
        case .lost(let name):
            return .failure(
                TrainingFailure(
                    .internal, "InternalServerError: Slurm ended job \(job.id): \(name)\(reason)"))
        default: break
        }
        if hasBegun(job) {
            return .code(files.slurmExit?.code ?? job.exitCode ?? (job.state == .completed ? 0 : 1))
        }
        let code = job.exitCode.map { " with exit code \($0)" } ?? ""
        guard files.slurmStart == nil else {
            return .failure(
                TrainingFailure(
                    .internal,
                    "InternalServerError: Slurm put job \(job.id) back into its queue, and it"
                        + " ended\(code)\(reason) before it began the training again"))
        }
        return .failure(
            TrainingFailure(
                .internal,
                "InternalServerError: Slurm job \(job.id) ended\(code)\(reason) before it began the"
                    + " training; every node must have \(files.path), where slurm.log may say more")
        )
    }

    /// Whether the files have been without an end for longer than a file system takes to show it.
    private var isSilentForLong: Bool {
        let start = progress.withLock { progress in
            let start = progress.silenceTime ?? .now
            progress.silenceTime = start
            return start
        }
        return ContinuousClock.now - start >= configuration.fileDelayMax
    }

    /// The state of a job that is not in the queue any more.
    private nonisolated(nonsending) func stateOfUnlistedJob(
        _ id: String, with comment: String
    ) async throws -> ProgramState {
        if let job = try await job(id), ["", comment].contains(job.comment) {
            return state(of: job)
        }
        files.refresh()
        if let end = recordedEnd { return end }
        let start = files.slurmStart
        guard isSilentForLong else {
            return start.map { .running(since: $0.time) } ?? .waiting(nil)
        }
        return .lost("Slurm knows nothing of job \(id), and the job has not recorded its exit.")
    }

    /// What Slurm still knows of a job, asked for now or not long ago.
    private nonisolated(nonsending) func job(_ id: String) async throws -> SlurmJob? {
        let last = progress.withLock { $0.question }
        if let last, ContinuousClock.now - last.time < Self.questionInterval { return last.job }
        let job = try await controller.job(id)
        progress.withLock { $0.question = (.now, job) }
        return job
    }
}
