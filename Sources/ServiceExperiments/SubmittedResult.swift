import Tuning

/// What an experiment at a service has found.
public struct SubmittedResult<each Value: Sendable>: Sendable {
    /// The trial with the best result.
    public let best: SubmittedTrial<repeat each Value>
    /// All trials, in the order they were created in.
    public let trials: [SubmittedTrial<repeat each Value>]
    /// How the experiment ended: completed, stopped, or failed after some trials had results.
    public let status: TuningJob.Status
}

/// How far an experiment at a service has come.
public struct SubmittedProgress<each Value: Sendable>: Sendable {
    /// Where it stands.
    public let status: TuningJob.Status
    /// How many trials are over.
    public let finishedCount: Int
    /// How many trials wait, run or are being stopped.
    public let runningCount: Int
    /// How many trials there will be at most; `nil` where nothing limits them.
    public let trialCountMax: Int?
    /// The best trial that is over; `nil` while there is none.
    public let best: SubmittedTrial<repeat each Value>?
}

extension SubmittedProgress: CustomStringConvertible {
    /// `12 of 40 trials, 2 running, best 0.034`.
    public var description: String {
        let most = trialCountMax.map { " of \($0)" } ?? ""
        let best = best?.result.map { "best \($0)" } ?? "no result yet"
        return "\(finishedCount)\(most) trials, \(runningCount) running, \(best)"
    }
}

/// One trial of an experiment at a service.
public struct SubmittedTrial<each Value: Sendable>: Sendable {
    /// The name of its training job.
    public let name: TrainingJob.Name
    /// The values that were tried, in the order of the experiment's parameters.
    public let values: (repeat each Value)
    /// The metric's last value; `nil` without any that could be used.
    public let result: Double?
    /// Where it stands.
    public let status: TrainingJob.Status
    /// Why it failed; `nil` when it did not.
    public let failureReason: String?

    init(_ summary: TrialSummary, _ values: repeat each Value) {
        name = summary.name
        result = summary.result
        status = summary.status
        failureReason = summary.failureReason
        self.values = (repeat each values)
    }
}

/// A trial as the API summarises it.
struct TrialSummary: Sendable {
    let name: TrainingJob.Name
    let texts: [Parameter.Name: String]
    let result: Double?
    let status: TrainingJob.Status
    let failureReason: String?

    /// Reads a `HyperParameterTrainingJobSummary`.
    ///
    /// - Throws: `ServiceError.unintelligible`.
    init(_ summary: JSONValue) throws(ServiceError) {
        guard let name = summary["TrainingJobName"]?.string,
            let status = summary["TrainingJobStatus"]?.string.flatMap(TrainingJob.Status.init)
        else { throw .unintelligible("it has a training job without name or status") }
        self.name = name
        self.status = status
        texts = (summary["TunedHyperParameters"]?.object ?? [:]).compactMapValues(\.string)
        result = summary["FinalHyperParameterTuningJobObjectiveMetric"]?["Value"]?.number
        failureReason = summary["FailureReason"]?.string
    }
}
