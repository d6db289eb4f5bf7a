import Foundation
import Tuning

// MARK: - Following

extension AttemptRun {
    /// Looks at the attempt again and again until it is over.
    func follow() async throws -> Attempt.End {
        var changeTime = ContinuousClock.now
        halt = files.halt
        while true {
            try Task.checkCancellation()
            // First the state, then the output: so what is read after an end is all there is.
            let state = try await look()
            try await note(state)
            switch state {
            case .ended(let exit, let startTime):
                return try await end(exit, since: startTime)
            case .lost, .notStarted:
                if let end = try await loss() { return end }
                continue
            case .waiting, .running:
                break
            }
            let isComplete = try await reportOutput(isOver: false)
            let wasHalted = halt != nil
            try await advanceHalt()
            if !wasHalted, halt != nil { changeTime = .now }
            if isComplete {
                try await pause(for: interval(after: ContinuousClock.now - changeTime))
            }
        }
    }

    /// How long to wait before the next look: short while something is likely to happen.
    private func interval(after age: Duration) -> Duration {
        let limits = host.lookIntervals
        return min(max(limits.lowerBound, age / 20), limits.upperBound)
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

    /// Reports that the program runs, or waits again.
    private func note(_ state: ProgramState) async throws {
        switch state {
        case .running(let time), .ended(_, let time?):
            guard startTime == nil else { return }
            startTime = time
            hasRun = true
            // File systems tell the time less exactly than clocks do.
            let reportTime = max(time, preparationTime)
            try await report(.entered(.training, at: reportTime, message: nil))
        case .waiting(let message):
            guard startTime != nil || message != waitingMessage else { return }
            startTime = nil
            waitingMessage = message
            let phase: TrainingPhase = hasRun ? .interrupted : .pending
            try await report(.entered(phase, at: Date(), message: message))
        case .notStarted, .lost, .ended(_, nil):
            break
        }
    }
}

// MARK: - Halting

extension AttemptRun {
    /// How long to wait before a program that goes on is killed again.
    private static let killInterval = Duration.seconds(1)

    /// Records that the attempt is to end early as soon as somebody wants it, then makes it end.
    private func advanceHalt() async throws {
        if halt == nil, let wanted = wantedHalt {
            // An end that it came to meanwhile counts.
            if case .ended = try await look() { return }
            record(wanted)
            halt = files.halt ?? (wanted, Date())
        }
        guard let halt else { return }
        if !isTerminated {
            isTerminated = try await insist { try await program.end(isForced: false) }
        }
        let grace = settings.gracePeriod / .seconds(1)
        guard Date().timeIntervalSince(halt.since) >= grace else { return }
        if let killTime, ContinuousClock.now - killTime < Self.killInterval { return }
        if try await insist({ try await program.end(isForced: true) }) { killTime = .now }
    }

    private var wantedHalt: AttemptDirectory.Halt? {
        if let reason = session.stop.reason { return .stop(reason) }
        if let verdictHalt { return verdictHalt }
        guard let startTime else { return nil }
        let runtime = Duration.seconds(max(0, Date().timeIntervalSince(startTime)))
        let isExceeded =
            attempt.earlierRuntime + runtime >= attempt.definition.stoppingCondition.runtimeMax
        return isExceeded ? .stop(.runtimeExceeded) : nil
    }

    private func record(_ halt: AttemptDirectory.Halt) {
        do {
            try files.record(halt)
        } catch {
            settings.logger.error(
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
            .failed(TrainingFailure(.internal, "InternalServerError: \(lossReason)"))
        }
    }
}

// MARK: - End

extension AttemptRun {
    /// Ends an attempt whose program is gone, or never came.
    ///
    /// - Returns: Nothing when it came after all; the record made here will end it.
    private func loss() async throws -> Attempt.End? {
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
        switch try await look() {
        case .waiting, .running, .ended: return nil
        case .lost(let reason): lossReason = reason
        case .notStarted: lossReason = "Nothing is left of the program; it was removed."
        }
        try await settle()
        try await saveCheckpoints()
        return end(of: halt?.0 ?? .lost)
    }

    private func end(_ exit: ProgramExit, since startTime: Date?) async throws -> Attempt.End {
        try await settle()
        if program.forgetsItsEnd {
            try await whenThereIsRoom { try files.record(exit, since: startTime) }
        }
        halt = halt ?? files.halt
        try await saveCheckpoints()
        if let halt {
            try await saveArtifactsIfPossible()
            return end(of: halt.0)
        }
        switch exit {
        case .code(0):
            try await saveArtifacts()
            return .completed
        case .code(let code):
            return .failed(
                FailureDescription(
                    exitCode: code, failureFile: training.failure,
                    standardError: files.standardError, onlyLog: files.standardOutput
                ).failure)
        case .failure(let failure):
            return .failed(failure)
        case .stopped(let reason):
            try await saveArtifactsIfPossible()
            return .stopped(reason)
        }
    }

    /// Reports all that the program has left in its logs.
    private func settle() async throws {
        try await whenThereIsRoom {
            try await insist(passesFileErrors: true) { try await program.settle() }
        }
        _ = try await reportOutput(isOver: true)
    }

    /// Saves the results of a stopped attempt; that they cannot be is no failure of the training.
    private func saveArtifactsIfPossible() async throws {
        do {
            try await saveArtifacts()
        } catch let error as TrainingFailure {
            logLostArtifacts(error.reason)
        } catch let error as FileError {
            logLostArtifacts(error.description)
        }
    }

    private func saveArtifacts() async throws {
        guard host.bringsResults else { return }
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
            settings.logger.error(
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
        settings.logger.error(
            "the results of a stopped attempt could not be saved",
            metadata: ["attempt": "\(attempt.id)", "error": "\(reason)"])
    }
}
