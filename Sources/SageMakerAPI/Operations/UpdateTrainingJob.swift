import Tuning

/// The request to change how a training job is profiled, debugged and kept warm.
///
/// Nothing here profiles or keeps machines warm: what is asked for is kept and shown.
package struct UpdateTrainingJob: Sendable {
    /// The name of the training job.
    package let name: TrainingJob.Name
    private let body: JSONValue

    /// Checks the shape of a request.
    ///
    /// - Throws: A `ValidationException` that lists every violation.
    package init(body: JSONValue) throws(APIError) {
        try ShapeValidator.check(body, isRequestOf: .updateTrainingJob)
        name = body["TrainingJobName"]?.string ?? ""
        self.body = body.withoutNulls
    }

    /// What the request changes of a training job's definition.
    ///
    /// - Throws: `ValidationException` when the training job is past what is to be changed.
    package func changes(of job: TrainingJob) throws(APIError) -> [String: JSONValue] {
        var problems = Problems()
        ProfilerRules.check(body["ProfilerConfig"], problems: &problems)
        for member in ["ProfilerConfig", "ProfilerRuleConfigurations", "ResourceConfig"]
        where body[member] != nil && job.status != .inProgress {
            problems.add(
                "\(member) can be changed while the training job is InProgress; it is in status "
                    + "\(job.status.rawValue).")
        }
        let isReachable = [.downloading, .training].contains(job.secondaryStatus)
        if body["RemoteDebugConfig"] != nil, !isReachable {
            problems.add(
                "RemoteDebugConfig can be changed while the SecondaryStatus is Downloading or "
                    + "Training; it is \(job.secondaryStatus.rawValue).")
        }
        try problems.throwIfAny(counted: false)
        return (body.object ?? [:]).filter { Self.members.contains($0.key) }
    }

    private static let members: Set<String> = [
        "ProfilerConfig", "ProfilerRuleConfigurations", "ResourceConfig", "RemoteDebugConfig",
    ]

    /// The answer to a request that was accepted.
    package static func answer(
        _ job: TrainingJob, specification: TuningJobSpecification
    ) -> JSONValue {
        ["TrainingJobArn": .string(specification.arn(ofTrainingJob: job.name))]
    }
}
