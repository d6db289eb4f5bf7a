import Foundation
import Tuning

/// The answer that describes a tuning job.
package enum DescribeHyperParameterTuningJob {
    /// Puts together the answer.
    ///
    /// - Parameters:
    ///   - best: The training job with the best objective, when there is one.
    ///   - parentBest: The training job of a parent that is better still, with what its tuning job
    ///     was asked to do.
    ///   - review: What early stopping did, or would have done.
    ///   - now: Until when a running job has used its resources.
    package static func answer(
        _ job: TuningJob, specification: TuningJobSpecification, best: TrainingJob?,
        parentBest: (job: TrainingJob, specification: TuningJobSpecification)? = nil,
        review: EarlyStoppingReview? = nil, now: Date
    ) -> JSONValue {
        var members = requestMembers(specification)
        members.merge(job.summaryMembers) { _, new in new }
        members["FailureReason"] = job.failureReason.map { .string($0) }
        members["BestTrainingJob"] = best.map { $0.tuningSummary(specification) }
        if specification.warmStart?.kind == .identicalDataAndAlgorithm {
            members["OverallBestTrainingJob"] =
                parentBest.map { $0.job.tuningSummary($0.specification) }
                ?? members["BestTrainingJob"]
        }
        members["EarlyStoppingReview"] = review?.described
        members["TuningJobCompletionDetails"] = job.completion.described
        let runtime = (job.endTime ?? now).timeIntervalSince(job.creationTime)
        members["ConsumedResources"] = ["RuntimeInSeconds": .integer(Int(max(0, runtime)))]
        return .object(members)
    }

    /// The members that repeat the request; the same for the whole life of a tuning job.
    private static func requestMembers(
        _ specification: TuningJobSpecification
    ) -> [String: JSONValue] {
        let request = specification.request
        var config = request["HyperParameterTuningJobConfig"]?.object ?? [:]
        config["TrainingJobEarlyStoppingType"] = config["TrainingJobEarlyStoppingType"] ?? "Off"
        var members: [String: JSONValue] = ["HyperParameterTuningJobConfig": .object(config)]
        let definitions = specification.definitions.map(\.described)
        if request["TrainingJobDefinitions"] != nil {
            members["TrainingJobDefinitions"] = .array(definitions)
        } else {
            members["TrainingJobDefinition"] = definitions[0]
        }
        for name in ["WarmStartConfig", "Autotune"] { members[name] = request[name] }
        return members
    }
}

extension CompletionDetails {
    fileprivate var described: JSONValue {
        var members: [String: JSONValue] = [
            "NumberOfTrainingJobsObjectiveNotImproving": .integer(notImprovingCount)
        ]
        members["ConvergenceDetectedTime"] = convergenceTime.map(JSONValue.init)
        return .object(members)
    }
}

extension TrainingJobDefinition {
    /// The definition as the service shows it: with the objective's name among the static
    /// hyperparameters, and a key for the output even where none was given.
    fileprivate var described: JSONValue {
        var fixed = staticHyperparameters
        if let objective { fixed[Self.objectiveHyperparameter] = objective.metric }
        return envelope.setting([
            "StaticHyperParameters": .object(fixed.mapValues { .string($0) }),
            "OutputDataConfig": outputDataConfig,
        ])
    }
}
