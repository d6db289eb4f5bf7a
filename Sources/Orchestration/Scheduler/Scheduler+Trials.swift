import Foundation
import Tuning

// MARK: - Attempts

extension Scheduler {
    /// Runs again, under the same IDs, the attempts that were running.
    mutating func attachRunning() {
        for (trial, training) in state.unfinished.sorted(by: { $0.key < $1.key })
        where training.isRunning {
            perform(.occupySlot(training.definition))
            run(training)
            if let reason = training.stopReason { perform(.stop(trial, reason)) }
        }
    }

    /// Starts the next attempt of a trial, on a slot that it has.
    mutating func start(_ trial: Trial.ID, _ extent: TrainingExtent, at time: Date) {
        guard let training = state.unfinished[trial] else { return }
        record(.started(attempt: training.attempt + 1, extent), of: trial, at: time)
        if let started = state.unfinished[trial] { run(started, extent) }
    }

    private mutating func run(_ training: TrainingJob, _ extent: TrainingExtent = .toTheEnd) {
        let specification = state.specification
        let definition = specification.definitions[training.definition]
        let attempt = Attempt(
            id: Attempt.ID(trainingJob: training.name, number: training.attempt),
            arn: specification.arn(ofTrainingJob: training.name), definition: definition,
            hyperparameters: definition.hyperparameters(with: training.tuned), extent: extent,
            checkpoint: training.checkpoint,
            tags: specification.tags, creationTime: training.creationTime,
            earlierRuntime: training.earlierRuntime)
        perform(
            .run(
                training.id.ordinal, attempt, definition: training.definition, after: training.mark)
        )
    }

    /// Takes in news of a running attempt.
    mutating func observe(_ update: AttemptUpdate, of trial: Trial.ID, at time: Date) {
        guard let training = state.unfinished[trial], training.isRunning else {
            perform(.answer(trial, .proceed))
            return
        }
        switch update {
        case .entered(let phase, let entered, let message):
            if training.isNew(phase, message: message) {
                record(.entered(phase, message: message), of: trial, at: entered)
            }
            perform(.answer(trial, .proceed))
        case .measured(let samples, let mark):
            observe(samples, mark, of: training, at: time)
        }
    }

    private mutating func observe(
        _ samples: [MetricSample], _ mark: ReportMark, of training: TrainingJob, at time: Date
    ) {
        let trial = training.id.ordinal
        let objective = state.specification.definitions[training.definition].objective
        var resource = training.resource
        let reports = samples.map { sample in
            let report = MetricReport(sample, objective: objective, after: resource)
            resource = report.resource
            return report
        }
        record(.reported(reports, mark), of: trial, at: time)
        let verdict =
            reports.contains(where: \.isObjective) && training.status == .inProgress
            ? strategies[training.definition].verdict(on: trial) : .proceed
        if verdict == .stop {
            let explanation = strategies[training.definition].explanation(ofVerdictOn: trial)
            record(
                .stopRequested(.earlyStopping, message: explanation?.text(for: objective)),
                of: trial, at: time)
        }
        perform(.answer(trial, verdict))
    }

    /// Takes in the end of an attempt: the trial is over, or will be tried again.
    mutating func close(_ trial: Trial.ID, _ end: Attempt.End, at time: Date) {
        guard let training = state.unfinished[trial], training.isRunning else { return }
        perform(.releaseSlot(training.definition))
        switch end {
        case .completed:
            record(.finished(.completed(training.cost)), of: trial, at: time)
        case .paused(let checkpoint):
            record(.paused(checkpoint), of: trial, at: time)
        case .stopped(.interrupted) where training.stopReason == nil:
            let failure = TrainingFailure(.internal, "interrupted; another attempt follows")
            record(.attemptFailed(failure), of: trial, at: time)
        case .stopped(let reason):
            let reason = training.stopReason ?? reason
            record(.finished(.stopped(reason, training.cost)), of: trial, at: time)
        case .failed(let failure):
            fail(training, failure, at: time)
        }
    }

    private mutating func fail(_ training: TrainingJob, _ failure: TrainingFailure, at time: Date) {
        let trial = training.id.ordinal
        if let reason = training.stopReason {
            record(.finished(.stopped(reason, training.cost)), of: trial, at: time)
            return
        }
        let retryCountMax = state.specification.definitions[training.definition].retryCountMax
        if failure.cause == .internal, training.attempt <= retryCountMax {
            record(.attemptFailed(failure), of: trial, at: time)
        } else {
            record(.finished(.failed(failure)), of: trial, at: time)
        }
    }

    /// Stops one trial; one that does not run is over at once.
    mutating func stop(_ trial: Trial.ID, _ reason: StopReason, at time: Date) {
        guard let training = state.unfinished[trial] else { return }
        if training.isRunning {
            guard training.status == .inProgress else { return }
            record(.stopRequested(reason), of: trial, at: time)
            perform(.stop(trial, reason))
        } else {
            record(.finished(.stopped(reason, training.cost)), of: trial, at: time)
        }
    }
}
