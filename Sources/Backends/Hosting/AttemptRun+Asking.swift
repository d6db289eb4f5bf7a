import Tuning

// MARK: - Asking the host

extension AttemptRun {
    /// How long to wait before what runs the program is asked again that did not answer: at
    /// first, and at most.
    private static let silenceIntervals: ClosedRange<Duration> = .milliseconds(200) ... .seconds(30)

    /// Where the program stands, from its record if it is over.
    func look() async throws -> ProgramState {
        if program.forgetsItsEnd, let end = files.recordedEnd { return end }
        let state = try await insist { try await program.state() }
        switch state {
        case .notStarted, .lost:
            // Another run of the attempt may have recorded the end and removed the program.
            return program.forgetsItsEnd ? files.recordedEnd ?? state : state
        case .waiting, .running, .ended:
            return state
        }
    }

    /// Asks what runs the program again and again until it answers.
    ///
    /// What succeeds at once may have come from files, and says nothing of whether it is there.
    ///
    /// - Parameter passesFileErrors: Whether a `FileError` is thrown, and not taken for silence.
    /// - Throws: `TrainingFailure`, `CancellationError`, and what the session's report throws.
    func insist<Answer>(
        passesFileErrors: Bool = false, _ ask: () async throws -> Answer
    ) async throws -> Answer {
        var interval = Self.silenceIntervals.lowerBound
        var wasSilent = false
        while true {
            do {
                let answer = try await ask()
                if wasSilent { contact.noteAnswer() }
                return answer
            } catch let error as TrainingFailure {
                if wasSilent { contact.noteAnswer() }
                throw error
            } catch let error as ReportError {
                throw error
            } catch let error as FileError where passesFileErrors {
                throw error
            } catch {
                try Task.checkCancellation()
                contact.note(error)
                wasSilent = true
            }
            try await Task.sleep(for: interval)
            interval = min(interval * 2, Self.silenceIntervals.upperBound)
        }
    }
}
