import Foundation
import SageMakerAPI
import Tuning

/// A tuning job to which a few things have happened, a second apart.
struct Jobs {
    var state: TuningJobState
    /// Every training job, as it was last.
    var trainingJobs: [Trial.ID: TrainingJob] = [:]

    static let start = Date(timeIntervalSince1970: 1_700_000_000)

    static func time(_ seconds: Double) -> Date { start.addingTimeInterval(seconds) }

    init(_ specification: TuningJobSpecification) {
        state = TuningJobState(
            id: TuningJob.ID(rawValue: 1), specification: specification, creationTime: Self.start)
    }

    /// Applies what happens to a trial.
    mutating func apply(_ trial: Trial.ID, at seconds: Double, _ change: TrialEvent.Change) throws {
        let event = TrialEvent(trial: trial, time: Self.time(seconds), change: change)
        trainingJobs[trial] = try state.apply(.trial(event))
    }

    /// Starts a trial and lets it train.
    mutating func train(
        _ trial: Trial.ID, _ values: [String: String], at seconds: Double
    ) throws {
        let space = state.specification.definitions[0].searchSpace
        let tuned = try space.hyperparameters(values)
        try apply(trial, at: seconds, .created(tuned, Decision(rule: "random"), definition: 0))
        try apply(trial, at: seconds, .started(attempt: 1, .toTheEnd))
        try apply(trial, at: seconds + 1, .entered(.training, message: nil))
    }

    /// Reports metrics of a trial.
    mutating func report(
        _ trial: Trial.ID, _ values: [MetricName: Double], at seconds: Double
    ) throws {
        let sample = MetricSample(time: Self.time(seconds), values: values)
        let report = MetricReport(
            sample, objective: state.specification.definitions[0].objective,
            after: trainingJobs[trial]?.resource ?? Resource(0))
        try apply(trial, at: seconds, .reported([report], ReportMark("")))
    }

    /// One training job completed with 0.5, the next failed, a third runs with NaN.
    static func three() throws -> Jobs {
        let specification = try CreateHyperParameterTuningJob(body: Requests.tuningJob).validated()
        var jobs = Jobs(specification)
        try jobs.train(0, ["lr": "0.01", "depth": "3", "kind": "a"], at: 0)
        try jobs.report(0, ["accuracy": 0.5, "loss": 2], at: 2)
        try jobs.apply(0, at: 3.5, .finished(.completed(Cost(-0.5))))
        try jobs.train(1, ["lr": "0.02", "depth": "4", "kind": "b"], at: 4)
        try jobs.apply(1, at: 6, .finished(.failed(TrainingFailure(.algorithm, "no data"))))
        try jobs.train(2, ["lr": "0.03", "depth": "5", "kind": "c"], at: 7)
        try jobs.report(2, ["accuracy": .nan], at: 9)
        return jobs
    }
}
