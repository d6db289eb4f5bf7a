import Logging
import Tuning

extension Experiment {
    /// Runs the experiment to its end, or goes on with one that was interrupted.
    ///
    /// Trials are child tasks of this call: when it is cancelled they are, and it returns when they
    /// have. Objectives run on threads of their own and may compute without a pause.
    ///
    /// - Parameters:
    ///   - progress: Gets what happens, as it happens, and is finished at the end.
    ///   - logger: Gets what has no place in a trial; silent unless given.
    ///   - objective: Called for every trial; gives its result, which is better or worse as the
    ///     experiment's direction says. A trial whose objective throws has failed.
    /// - Returns: What was found.
    /// - Throws: `ExperimentError.failed` when no trial came to a result, or none of the first
    ///   few; `StoreError` when the directory cannot be used; `CancellationError`.
    public func run(
        progress: AsyncStream<ExperimentProgress<repeat each Value>>.Continuation? = nil,
        logger: Logger? = nil,
        _ objective: @escaping @Sendable (ActiveTrial, repeat each Value) async throws -> Double
    ) async throws -> ExperimentResult<repeat each Value> {
        defer { progress?.finish() }
        let run = ExperimentRun(
            plan: plan,
            logger: logger ?? Logger(label: "tuner") { _ in SwiftLogNoOpLogHandler() },
            onChange: { change in
                if let progress { report(change, to: progress) }
            },
            objective: { trial, texts in
                var reader = plan.reader(of: texts)
                return try await objective(trial, repeat try reader.next((each Value).self))
            })
        let (job, trainings) = try await run.perform()
        var trials: [ExperimentTrial<repeat each Value>] = []
        for training in trainings { trials.append(try trial(training)) }
        guard let number = job.best?.ordinal,
            let best = trials.first(where: { $0.number == number })
        else {
            let reason = trainings.lazy.compactMap(\.failure?.reason).first
            throw ExperimentError.failed(
                reason: reason ?? job.failureReason ?? "its result was no finite number")
        }
        return ExperimentResult(best: best, trials: trials)
    }

    /// What `run` tells its progress to, and the sequence of what it tells.
    ///
    ///     let (progress, continuation) = experiment.makeProgress()
    ///     async let result = experiment.run(progress: continuation) { … }
    ///     for await progress in progress { print(progress) }
    ///     print(try await result.best)
    ///
    /// What comes faster than it is taken waits; the sequence ends when the run does.
    public func makeProgress() -> (
        progress: AsyncStream<ExperimentProgress<repeat each Value>>,
        continuation: AsyncStream<ExperimentProgress<repeat each Value>>.Continuation
    ) {
        let (stream, continuation) = AsyncStream.makeStream(
            of: ExperimentProgress<repeat each Value>.self)
        return (stream, continuation)
    }

    private func report(
        _ change: TuningJobChange,
        to progress: AsyncStream<ExperimentProgress<repeat each Value>>.Continuation
    ) {
        var changed: [ExperimentTrial<repeat each Value>] = []
        for training in change.trainingJobs.values.sorted(by: { $0.id.ordinal < $1.id.ordinal }) {
            // What was stored came from this experiment's own space.
            if let trial = try? trial(training) { changed.append(trial) }
        }
        let counts = change.job.trainingJobCounts
        progress.yield(
            ExperimentProgress(
                finishedCount: counts.total - counts.inProgress, runningCount: counts.inProgress,
                trialCountMax: plan.specification.limits.trainingJobCountMax ?? .max,
                bestResult: change.job.best.map { plan.objective.value(of: $0.cost) },
                changed: changed))
    }

    /// A trial as it is stored, with its values in their types.
    ///
    /// - Throws: `ExperimentError.notOfThisSpace`.
    func trial(_ training: TrainingJob) throws -> ExperimentTrial<repeat each Value> {
        var reader = plan.reader(of: training.tuned.values)
        return ExperimentTrial(
            training, plan.objective, repeat try reader.next((each Value).self))
    }
}
