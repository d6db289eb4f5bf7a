import Tuning

extension EarlyStoppingReview {
    /// What early stopping did, or would have done; `nil` when it stopped nothing and would not
    /// have. The service has no such member; clients pass over it.
    var described: JSONValue? {
        guard stoppedCount > 0 || wouldStopCount > 0 else { return nil }
        var members: [String: JSONValue] = [
            "StoppedTrainingJobs": .integer(stoppedCount),
            "SavedTrainingTimeInSeconds": .integer(Int(savedRuntime.components.seconds)),
            "MedianRuleWouldStop": .integer(wouldStopCount),
            "MedianRuleWouldSaveInSeconds": .integer(Int(savableRuntime.components.seconds)),
        ]
        members["StopsBestTrainingJob"] = stopsBest.map { .bool($0) }
        return .object(members)
    }
}
