import Foundation
import Tuning

// MARK: - End

extension SlurmProgram {
    nonisolated(nonsending) func forbidStart() async throws -> Bool {
        guard try files.claimForNobody() else { return false }
        if let comment = files.slurmSubmission { try await cancelAll(with: comment) }
        return true
    }

    /// Tells a job that runs; what is in the queue is cancelled.
    nonisolated(nonsending) func end(isForced: Bool) async throws -> Bool {
        guard let comment = files.slurmSubmission else { return false }
        if try files.claimForNobody() {
            try await cancelAll(with: comment)
            return true
        }
        guard let id = claimant else { return false }
        let snapshot = try await queue.snapshot()
        guard !snapshot.isForeign(id, to: comment) else { return true }
        let job = snapshot.job(id, with: comment)
        if isForced {
            // First what it may do itself, then what Slurm does with a job that does not obey.
            _ = try await controller.cancel([id], by: .kill)
            return try await controller.cancel([id], by: .cancel)
        }
        if let job, job.state == .waiting, !hasBegun(job) {
            return try await controller.cancel([id], by: .cancel)
        }
        // The tasks of several nodes get signals from Slurm, and the shell that waits for them
        // must not.
        let isOne = SlurmDemand(attempt.definition).nodeCount == 1
        return try await controller.cancel([id], by: isOne ? .terminateAll : .terminateSteps)
    }

    /// Waits for the logs, which a network file system shows late; ends what is left in the queue.
    nonisolated(nonsending) func settle() async throws {
        let deadline = ContinuousClock.now + configuration.fileDelayMax
        while !logsAreWhole, .now < deadline {
            files.refresh()
            try await Task.sleep(for: .milliseconds(50))
        }
        guard files.slurmExit == nil, files.slurmClaim != .nobody,
            let comment = files.slurmSubmission
        else { return }
        try await cancelAll(with: comment)
    }

    private var logsAreWhole: Bool {
        guard let exit = files.slurmExit else { return true }
        return byteCount(of: files.standardOutput) >= exit.outputBytes
            && byteCount(of: files.standardError) >= exit.errorBytes
    }

    private func byteCount(of path: String) -> Int {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        return (attributes?[.size] as? NSNumber)?.intValue ?? 0
    }
}

// MARK: - Cancelling

extension SlurmProgram {
    /// Cancels what can never run the attempt because another job does.
    nonisolated(nonsending) func cancelOthers(
        than claim: AttemptDirectory.SlurmClaim?, among ids: [String]?,
        in snapshot: SlurmQueue.Snapshot
    ) async {
        guard case .job(let claimant) = claim, let ids, ids.count > 1 else { return }
        for id in ids where id != claimant && snapshot.jobs[id]?.state.isFinal == false {
            let isNew = progress.withLock { $0.cancelled.insert(id).inserted }
            if isNew { _ = try? await controller.cancel([id], by: .cancel) }
        }
    }

    /// Cancels every job of the attempt, also those that nobody recorded.
    private nonisolated(nonsending) func cancelAll(with comment: String) async throws {
        let snapshot = try await queue.snapshot()
        let known = [files.slurmJob, claimant].compactMap { $0 }
        let ids = Set((snapshot.numbers[comment] ?? []) + known).filter { id in
            let isOver = snapshot.job(id, with: comment)?.state.isFinal ?? false
            return !isOver && !snapshot.isForeign(id, to: comment)
        }
        guard !ids.isEmpty else { return }
        while try await !controller.cancel(ids.sorted(), by: .cancel) {
            try await Task.sleep(for: .seconds(1))
        }
    }
}
