import Tuning

extension AskedTrials {
    /// Takes in a value on the way and says whether to go on.
    ///
    /// - Parameters:
    ///   - value: Not finite, or `nil`, where there is none that can be used.
    ///   - step: Above the last one; the next one unless given.
    package mutating func report(
        _ value: Double?, of trial: Trial.ID, step: Int? = nil
    ) throws(AskTellError) -> Verdict {
        let open = try openTrial(trial)
        switch open.state {
        case .running: break
        case .paused: throw .notRunning(trial, state: "is paused until a later ask resumes it")
        case .stopped: throw .notRunning(trial, state: "was stopped")
        }
        let step = step ?? open.step + 1
        guard step > open.step else {
            throw .stepNotIncreasing(trial, step: step, last: open.step)
        }
        return advance(trial, to: step, value)
    }

    private mutating func advance(_ trial: Trial.ID, to step: Int, _ value: Double?) -> Verdict {
        let report = report(value ?? .nan, step: step)
        record(.reported([report], ReportMark("\(step)")), of: trial)
        let verdict = strategy.verdict(on: trial)
        switch verdict {
        case .proceed: break
        case .pause:
            record(.paused(Checkpoint(location: "step \(step)")), of: trial)
        case .stop:
            record(
                .stopRequested(
                    .earlyStopping,
                    message: strategy.explanation(ofVerdictOn: trial)?.text(for: objective)),
                of: trial)
            record(.finished(.stopped(.earlyStopping, report.cost)), of: trial)
        }
        return verdict
    }

    /// Takes in the last value; `nil` when the training failed.
    ///
    /// A value that was not told step by step is the only report of its trial. After a stop the
    /// trial is over already, and a last value is taken without effect.
    package mutating func finish(
        _ trial: Trial.ID, _ value: Double?, reason: String = "The client told a failure."
    ) throws(AskTellError) {
        let open = try openTrial(trial)
        defer { close(trial) }
        if open.state == .stopped { return }
        guard let value else {
            record(.finished(.failed(TrainingFailure(.algorithm, reason))), of: trial)
            return
        }
        if open.step == 0 {
            record(.reported([report(value, step: 1)], ReportMark("1")), of: trial)
        }
        record(.finished(.completed(objective.cost(of: value))), of: trial)
    }

    /// Takes in a result from elsewhere, as a trial that has run; `nil` for a failure.
    package mutating func inject(
        _ hyperparameters: Hyperparameters, _ value: Double?
    ) throws(AskTellError) {
        try finish(begin(hyperparameters, .toTheEnd, .injected), value)
    }

    /// Ends the trials that were paused and will not go on.
    package mutating func stopPaused() {
        for (trial, open) in openTrials.sorted(by: { $0.key < $1.key })
        where open.state == .paused {
            record(.finished(.stopped(.earlyStopping, open.cost)), of: trial)
            close(trial)
        }
    }

    /// Checks that something may still be told about a trial.
    func checkOpen(_ trial: Trial.ID) throws(AskTellError) { _ = try openTrial(trial) }

    /// The trial about which something is told.
    private func openTrial(_ trial: Trial.ID) throws(AskTellError) -> OpenTrial {
        guard (0..<trialCount).contains(trial) else { throw .unknownID(trial) }
        guard let open = openTrials[trial] else { throw .notRunning(trial, state: "is over") }
        return open
    }

    /// A report of a value, as a backend would have seen it printed.
    private func report(_ value: Double, step: Int) -> MetricReport {
        let sample = MetricSample(time: nextTime, values: [objective.metric: value])
        return MetricReport(sample, objective: objective, after: Resource(step - 1))
    }
}
