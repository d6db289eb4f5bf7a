import Tuning

extension TuningJob {
    /// The members that descriptions and listings of tuning jobs share.
    var summaryMembers: [String: JSONValue] {
        var members: [String: JSONValue] = [
            "HyperParameterTuningJobName": .string(name),
            "HyperParameterTuningJobArn": .string(arn),
            "HyperParameterTuningJobStatus": .string(status.rawValue),
            "CreationTime": JSONValue(creationTime),
            "LastModifiedTime": JSONValue(lastModifiedTime),
            "TrainingJobStatusCounters": [
                "Completed": .integer(trainingJobCounts.completed),
                "InProgress": .integer(trainingJobCounts.inProgress),
                "RetryableError": .integer(trainingJobCounts.retryableError),
                "NonRetryableError": .integer(trainingJobCounts.nonRetryableError),
                "Stopped": .integer(trainingJobCounts.stopped),
            ],
            "ObjectiveStatusCounters": [
                "Succeeded": .integer(objectiveCounts.succeeded),
                "Pending": .integer(objectiveCounts.pending),
                "Failed": .integer(objectiveCounts.failed),
            ],
        ]
        members["HyperParameterTuningEndTime"] = endTime.map(JSONValue.init)
        return members
    }

    /// The tuning job in a listing.
    var summary: JSONValue {
        var members = summaryMembers
        members["Strategy"] = .string(strategy)
        var limits: [String: JSONValue] = [
            "MaxParallelTrainingJobs": .integer(self.limits.parallelCountMax)
        ]
        limits["MaxNumberOfTrainingJobs"] = self.limits.trainingJobCountMax.map { .integer($0) }
        limits["MaxRuntimeInSeconds"] = self.limits.runtimeMax.map {
            .integer(Int($0.components.seconds))
        }
        members["ResourceLimits"] = .object(limits)
        return .object(members)
    }
}
