import Tuning

/// What an experiment has found.
public struct ExperimentResult<each Value: Sendable>: Sendable {
    /// The trial with the best result.
    public let best: ExperimentTrial<repeat each Value>
    /// All trials, in the order they were created in.
    public let trials: [ExperimentTrial<repeat each Value>]
}

/// How far an experiment has come.
public struct ExperimentProgress<each Value: Sendable>: Sendable {
    /// How many trials are over.
    public let finishedCount: Int
    /// How many trials run.
    public let runningCount: Int
    /// How many trials there will be at most.
    public let trialCountMax: Int
    /// The best result so far; `nil` while there is none.
    public let bestResult: Double?
    /// The trials that something has happened to.
    public let changed: [ExperimentTrial<repeat each Value>]
}

extension ExperimentProgress: CustomStringConvertible {
    /// `12 of 40 trials, 2 running, best 0.034`.
    public var description: String {
        let best = bestResult.map { "best \($0)" } ?? "no result yet"
        return "\(finishedCount) of \(trialCountMax) trials, \(runningCount) running, \(best)"
    }
}

/// One trial of an experiment.
public struct ExperimentTrial<each Value: Sendable>: Sendable {
    /// Its number, from 0.
    public let number: Trial.ID
    /// Its name.
    public let name: TrainingJob.Name
    /// The values that were tried, in the order of the experiment's parameters.
    public let values: (repeat each Value)
    /// Its last report, or what its objective returned; `nil` without any that is finite, and while
    /// it runs the last so far.
    public let result: Double?
    /// Where it stands.
    public let status: TrainingJob.Status
    /// How many reports it has made.
    public let reportCount: Int
    /// Why it failed; `nil` when it did not.
    public let failureReason: String?
    /// Why its values were chosen.
    public let decision: Decision

    init(_ training: TrainingJob, _ objective: Objective, _ values: repeat each Value) {
        number = training.id.ordinal
        name = training.name
        self.values = (repeat each values)
        result = training.cost.map { objective.value(of: $0) }
        status = training.status
        reportCount = training.resource.units
        failureReason = training.failure?.reason
        decision = training.decision
    }
}
