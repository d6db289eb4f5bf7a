import Foundation
import Tuning

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

// MARK: - Following

extension AttemptRun {
    /// How long a claimed attempt may be without a supervisor's number.
    private static let claimPatience: TimeInterval = 5
    /// How long a supervisor that has recorded its exit may take to end by itself.
    private static let endPatience = Duration.seconds(5)

    /// Looks at the attempt again and again until it is over.
    func follow() async throws -> Attempt.End {
        var changeTime = ContinuousClock.now
        halt = files.halt
        while true {
            try Task.checkCancellation()
            // First the exit, then the output: so what is read after an exit is all there is.
            let exitCode = files.exitCode
            supervisor = supervisor ?? files.supervisor
            if let supervisor { try await noteStart(supervisor) }
            let isComplete = try await reportOutput(isOver: exitCode != nil)
            if let exitCode {
                return try await end(exitCode: exitCode)
            }
            if isLost, !files.hasExit, let end = try await loss() { return end }
            let wasHalted = halt != nil
            advanceHalt()
            if !wasHalted, halt != nil { changeTime = .now }
            if isComplete {
                try await pause(for: Self.interval(after: ContinuousClock.now - changeTime))
            }
        }
    }

    /// How long to wait before the next look: short while something is likely to happen.
    private static func interval(after age: Duration) -> Duration {
        min(max(.milliseconds(5), age / 20), .milliseconds(200))
    }

    /// Waits; less long when a stop is asked for.
    private func pause(for interval: Duration) async throws {
        let stop = session.stop
        guard halt == nil, stop.reason == nil else { return try await Task.sleep(for: interval) }
        await withTaskGroup { group in
            group.addTask { try? await Task.sleep(for: interval) }
            group.addTask { _ = await stop.wait() }
            await group.next()
            group.cancelAll()
        }
    }

    private func noteStart(_ supervisor: AttemptDirectory.Supervisor) async throws {
        guard !isTraining else { return }
        isTraining = true
        if slot == nil {
            slots.take(supervisor.slot)
            slot = supervisor.slot
        }
        // File systems tell the time less exactly than clocks do.
        let time = max(supervisor.startTime, preparationTime)
        try await report(.entered(.training, at: time, message: nil))
    }

    /// The attempt's processes, once they are known.
    private var group: ProcessGroup? {
        supervisor.map { ProcessGroup(leader: $0.process, marker: files.path) }
    }
}

// MARK: - Halting

extension AttemptRun {
    /// Records that the attempt is to end early as soon as somebody wants it, then makes it end.
    private func advanceHalt() {
        if halt == nil, let wanted = wantedHalt, !files.hasExit {
            record(wanted)
            halt = files.halt ?? (wanted, Date())
        }
        guard let halt, let group else { return }
        if !isTerminated { isTerminated = group.send(SIGTERM) }
        let grace = configuration.gracePeriod / .seconds(1)
        if Date().timeIntervalSince(halt.since) >= grace { group.send(SIGKILL) }
    }

    private var wantedHalt: AttemptDirectory.Halt? {
        if let reason = session.stop.reason { return .stop(reason) }
        if let verdictHalt { return verdictHalt }
        guard let supervisor else { return nil }
        let runtime = Duration.seconds(max(0, Date().timeIntervalSince(supervisor.startTime)))
        let isExceeded =
            attempt.earlierRuntime + runtime >= attempt.definition.stoppingCondition.runtimeMax
        return isExceeded ? .stop(.runtimeExceeded) : nil
    }

    private func record(_ halt: AttemptDirectory.Halt) {
        do {
            try files.record(halt)
        } catch {
            configuration.logger.error(
                "the reason of a stop could not be recorded",
                metadata: ["attempt": "\(attempt.id)", "error": "\(error)"])
        }
    }

    /// The end of an attempt that was halted.
    func end(of halt: AttemptDirectory.Halt) -> Attempt.End {
        switch halt {
        case .stop(let reason):
            .stopped(reason)
        case .pause:
            .paused(Checkpoint(location: training.checkpoints))
        case .lost:
            .failed(
                TrainingFailure(
                    .internal,
                    "InternalServerError: The training process disappeared without recording its"
                        + " exit; it was killed, or the machine restarted."))
        }
    }
}

// MARK: - End

extension AttemptRun {
    /// Whether it seems that nobody will ever record an exit.
    private var isLost: Bool {
        if let group { return group.supervisor == .gone }
        guard let claimTime = files.claimTime else { return launch?.problem != nil }
        return Date().timeIntervalSince(claimTime) >= Self.claimPatience
            || (halt != nil && launch == nil)
    }

    /// Ends an attempt whose supervisor is gone, or never came.
    ///
    /// - Returns: Nothing when a supervisor came after all; the record made here will end it.
    private func loss() async throws -> Attempt.End? {
        if files.claimTime == nil, let problem = launch?.problem {
            throw TrainingFailure(.internal, "InternalServerError: Not started: \(problem).")
        }
        if halt == nil {
            do {
                try files.record(.lost)
            } catch {
                guard error.isDiskFull else { throw error }
                // A supervisor that is held up as well would not know that it was given up.
                logHoldUp(error)
                try await Task.sleep(for: Self.roomInterval)
                return nil
            }
            halt = files.halt ?? (.lost, Date())
        }
        if supervisor == nil, files.supervisor != nil { return nil }
        group?.killRemains()
        _ = try await reportOutput(isOver: true)
        try await saveCheckpoints()
        return end(of: halt?.0 ?? .lost)
    }

    private func end(exitCode: Int) async throws -> Attempt.End {
        if let group { try await waitForEnd(of: group) }
        halt = halt ?? files.halt
        try await saveCheckpoints()
        if let halt {
            do {
                try await saveArtifacts()
            } catch let error as TrainingFailure {
                logLostArtifacts(error.reason)
            } catch let error as FileError {
                logLostArtifacts(error.description)
            }
            return end(of: halt.0)
        }
        guard exitCode == 0 else {
            return .failed(
                FailureDescription(
                    exitCode: exitCode, failureFile: training.failure,
                    standardError: files.standardError
                ).failure)
        }
        try await saveArtifacts()
        return .completed
    }

    /// The supervisor kills the group after it has recorded the exit; a stopped one is helped.
    private func waitForEnd(of group: ProcessGroup) async throws {
        let start = ContinuousClock.now
        while group.supervisor != .gone {
            if ContinuousClock.now - start > Self.endPatience { group.send(SIGKILL) }
            try await Task.sleep(for: .milliseconds(1))
        }
        group.killRemains()
    }

    private func saveArtifacts() async throws {
        let artifacts = TrainingArtifacts(
            of: attempt.id.trainingJob, in: training, envelope: attempt.definition.envelope,
            storage: storage)
        guard let artifacts else { return }
        try await enterUploading()
        try await whenThereIsRoom { try await artifacts.save() }
    }

    /// Saves the checkpoints once more; that they cannot be is no failure of the training.
    private func saveCheckpoints() async throws {
        guard let checkpoints else { return }
        try await enterUploading()
        do {
            try await whenThereIsRoom { try await checkpoints.save() }
        } catch let error as CancellationError {
            throw error
        } catch {
            try Task.checkCancellation()
            configuration.logger.error(
                "the last checkpoints could not be saved",
                metadata: ["attempt": "\(attempt.id)", "error": "\(error)"])
        }
    }

    private func enterUploading() async throws {
        guard !isUploading else { return }
        isUploading = true
        try await report(.entered(.uploading, at: Date(), message: nil))
    }

    private func logLostArtifacts(_ reason: String) {
        configuration.logger.error(
            "the results of a stopped attempt could not be saved",
            metadata: ["attempt": "\(attempt.id)", "error": "\(reason)"])
    }
}
