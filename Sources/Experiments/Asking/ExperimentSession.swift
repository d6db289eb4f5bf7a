import Orchestration
import Tuning

/// An experiment whose trials are run by whoever asks for them.
///
///     let session = try await experiment.askAndTell()
///     while let trial = try await session.ask().trial {
///         let (rate, units) = trial.values
///         try await session.tell(trial, try await measure(rate, units))
///     }
///     print(try await session.best()?.values)
///
/// All calls may be made from many tasks at once; each is stored before it returns, where the
/// experiment is kept in a directory. The same seed and the same order of calls give the same
/// trials: those of `tuner suggest`, and those of `run` with one trial at a time.
public struct ExperimentSession<each Value: Sendable>: Sendable {
    private let experiment: Experiment<repeat each Value>
    private let asked: AskedExperiment

    init(_ experiment: Experiment<repeat each Value>, _ asked: AskedExperiment) {
        self.experiment = experiment
        self.asked = asked
    }

    /// Asks what to run next.
    ///
    /// As many trials as the experiment may have are started; those told by `inject` do not count.
    ///
    /// - Throws: `ExperimentError.strategy`, `StoreError`.
    public func ask() async throws -> Asked<AskedTrial<repeat each Value>> {
        try await asked.change { course throws(AskTellError) in try course.ask() }.map(typed)
    }

    /// Tells how good a trial is so far.
    ///
    /// - Parameters:
    ///   - value: May be NaN or infinite: then it is no result.
    ///   - trial: One that was asked for and is not over.
    ///   - step: How far the trial is, above what was reported before; one more unless given.
    /// - Returns: Whether to go on. A trial that is to stop is over. One that is to pause may be
    ///   resumed by a later ask; only sessions that pause say so.
    /// - Throws: `ExperimentError.notRunning`, `.stepNotIncreasing`, `.unknownTrial`; `StoreError`.
    @discardableResult
    public func report(
        _ trial: AskedTrial<repeat each Value>, _ value: Double, step: Int? = nil
    ) async throws -> Verdict {
        let number = trial.number
        return try await asked.change { course throws(AskTellError) in
            try course.report(value, of: number, step: step)
        }
    }

    /// Tells the result of a trial, which is over then.
    ///
    /// Without effect on a trial that was told to stop.
    ///
    /// - Throws: `ExperimentError.notRunning`, `.unknownTrial`; `StoreError`.
    public func tell(_ trial: AskedTrial<repeat each Value>, _ result: Double) async throws {
        try await finish(trial.number, result, reason: "")
    }

    /// Tells that a trial has failed.
    ///
    /// - Throws: `ExperimentError.notRunning`, `.unknownTrial`; `StoreError`.
    public func fail(
        _ trial: AskedTrial<repeat each Value>, reason: String = "It was told to have failed."
    ) async throws {
        try await finish(trial.number, nil, reason: reason)
    }

    /// Tells a result from elsewhere, such as of an earlier search.
    ///
    /// - Parameters:
    ///   - result: `nil` where there was none because it failed.
    ///   - values: The values it was found with, in the order of the experiment's parameters.
    /// - Throws: `SearchSpaceError` for values that the parameters cannot have;
    ///   `ExperimentError.over`; `StoreError`.
    public func inject(_ result: Double?, with values: repeat each Value) async throws {
        var erased: [any Sendable] = []
        repeat erased.append(each values)
        try await asked.inject(try experiment.plan.hyperparameters(of: erased), result)
    }

    /// The trials that were asked for and not told about to their end, in the order of their
    /// numbers; after an interruption they are to be run again, or told to have failed.
    public func runningTrials() async throws -> [AskedTrial<repeat each Value>] {
        var trials: [AskedTrial<repeat each Value>] = []
        for trial in await asked.runningTrials { trials.append(try typed(trial)) }
        return trials
    }

    /// All trials so far, in the order of their numbers.
    ///
    /// - Throws: `StoreError`.
    public func trials() async throws -> [ExperimentTrial<repeat each Value>] {
        var trials: [ExperimentTrial<repeat each Value>] = []
        for training in try await asked.trials() { trials.append(try experiment.trial(training)) }
        return trials
    }

    /// The trial with the best result so far; `nil` while there is none.
    ///
    /// - Throws: `StoreError`.
    public func best() async throws -> ExperimentTrial<repeat each Value>? {
        guard let training = try await asked.best() else { return nil }
        return try experiment.trial(training)
    }

    /// Lets another session, or a run, use the directory; nothing more may be asked or told.
    ///
    /// Not needed for durability, and done by itself when nobody has the session any more.
    ///
    /// - Throws: `StoreError`.
    public func close() async throws {
        try await asked.close()
    }

    private func finish(_ trial: Trial.ID, _ result: Double?, reason: String) async throws {
        try await asked.change { course throws(AskTellError) in
            try course.finish(trial, result, reason: reason)
        }
    }

    private func typed(
        _ trial: AskedCourse.OpenTrial
    ) throws -> AskedTrial<repeat each Value> {
        var reader = experiment.plan.reader(of: trial.state.hyperparameters.values)
        return AskedTrial(
            number: trial.number, lastStep: trial.state.step, decision: trial.state.decision,
            repeat try reader.next((each Value).self))
    }
}

extension Experiment {
    /// Begins to be asked what to try, and told what came out of it, or goes on with what was
    /// begun in the experiment's directory.
    ///
    /// The directory is in use as long as the session is. `tuner describe`, `replay` and the others
    /// show the experiment, which is over once all of its trials are.
    ///
    /// - Parameter pausing: Whether Hyperband pauses trials that do not go on, and resumes those
    ///   that prove good enough, in place of stopping them for good.
    /// - Throws: `ExperimentError.another`, `.strategy`; `SearchSpaceError`; `StoreError` when the
    ///   directory cannot be used.
    public func askAndTell(
        pausing: Bool = false
    ) async throws -> ExperimentSession<repeat each Value> {
        let asked = try await AskedExperiment(
            plan.specificationOfAsking(pausing: pausing), objective: plan.objective,
            in: try plan.store())
        return ExperimentSession(self, asked)
    }
}
