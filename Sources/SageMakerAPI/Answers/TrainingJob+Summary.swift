import Tuning

extension TrainingJob {
    /// The training job as its tuning job shows it.
    func tuningSummary(_ specification: TuningJobSpecification) -> JSONValue {
        let definition = specification.definitions[definition]
        var members = summaryMembers(specification)
        members["TuningJobName"] = .string(specification.name)
        members["TrainingJobDefinitionName"] = definition.name.map { .string($0) }
        members["TrainingStartTime"] = startTime.map(JSONValue.init)
        members["TunedHyperParameters"] = .object(tuned.values.mapValues { .string($0) })
        members["FailureReason"] = failure.map { .string($0.reason) }
        members["ObjectiveStatus"] = .string(objectiveStatus.rawValue)
        if let objective = definition.objective, let metric = finalMetrics[objective.metric] {
            members["FinalHyperParameterTuningJobObjectiveMetric"] = [
                "Type": .string(objective.direction.rawValue),
                "MetricName": .string(objective.metric),
                "Value": .number(metric.value),
            ]
        }
        return .object(members)
    }

    /// The training job in a listing of all training jobs.
    func summary(_ specification: TuningJobSpecification) -> JSONValue {
        var members = summaryMembers(specification)
        members["LastModifiedTime"] = JSONValue(lastModifiedTime)
        members["SecondaryStatus"] = .string(secondaryStatus.rawValue)
        return .object(members)
    }

    private func summaryMembers(_ specification: TuningJobSpecification) -> [String: JSONValue] {
        var members: [String: JSONValue] = [
            "TrainingJobName": .string(name),
            "TrainingJobArn": .string(specification.arn(ofTrainingJob: name)),
            "TrainingJobStatus": .string(status.rawValue),
            "CreationTime": JSONValue(creationTime),
        ]
        members["TrainingEndTime"] = endTime.map(JSONValue.init)
        return members
    }
}
