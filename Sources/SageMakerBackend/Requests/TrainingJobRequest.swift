import Foundation
import Tuning

/// The request of CreateTrainingJob that an attempt becomes.
///
/// The definition's envelope is either such a request or a definition of a tuning job, which has
/// the same members and a few of its own (`tuningMembers`). Everything else, known or not, goes to
/// the service as it came.
struct TrainingJobRequest: Sendable {
    /// The tag that says which attempt a job is.
    static let attemptTag = "tuner:attempt"
    /// The most tags that a job may have.
    static let tagCountMax = 50

    /// Members of a tuning job's definition that CreateTrainingJob does not have, and what becomes
    /// of each.
    static let tuningMembers: [String: String] = [
        "DefinitionName": "names the definition within its tuning job only",
        "TuningObjective": "decided with here; its metric is a hyperparameter of the job",
        "HyperParameterRanges": "searched here; the values chosen are hyperparameters of the job",
        "StaticHyperParameters": "merged into HyperParameters",
        "HyperParameterTuningResourceConfig": "one of its choices becomes ResourceConfig",
    ]

    /// The job's name.
    let name: String
    /// The whole request.
    let body: JSONValue

    /// Makes the request of an attempt.
    ///
    /// - Parameter choice: Which of the instances to use, in the order of preference, from 0.
    init(_ attempt: Attempt, choice: Int = 0) {
        name = TrainingJobNames.name(of: attempt.id, choice: choice)
        var members = attempt.definition.envelope.object ?? [:]
        if let resources = Self.resources(members, choice: choice) {
            members["ResourceConfig"] = resources
        }
        for member in Self.tuningMembers.keys { members[member] = nil }
        members["TrainingJobName"] = .string(name)
        members["HyperParameters"] = .object(attempt.hyperparameters.mapValues { .string($0) })
        members["Tags"] = Self.tags(attempt)
        members["StoppingCondition"] = Self.stoppingCondition(attempt, members)
        members["CheckpointConfig"] = Self.checkpointConfig(attempt)
        body = .object(members)
    }

    /// How many choices of instances an attempt has; at least one.
    static func choiceCount(_ attempt: Attempt) -> Int {
        max(1, choices(attempt.definition.envelope)?.count ?? 1)
    }

    /// What the attempt's tag says: its ID, and when its training job was created, which tells it
    /// from one of another daemon that goes by the same name.
    static func identity(_ attempt: Attempt) -> String {
        "\(attempt.id)@\(Int(attempt.creationTime.timeIntervalSince1970))"
    }

    /// Whether the tag of a job on the service says that it is an attempt.
    ///
    /// A store may keep times less exactly than they were first known.
    static func isIdentity(_ text: String, of attempt: Attempt) -> Bool {
        let parts = text.split(separator: "@")
        guard parts.count == 2, parts[0] == "\(attempt.id)", let seconds = Int(parts[1]) else {
            return false
        }
        return abs(seconds - Int(attempt.creationTime.timeIntervalSince1970)) <= 1
    }
}

// MARK: - Members

extension TrainingJobRequest {
    private static func choices(_ envelope: JSONValue) -> [JSONValue]? {
        envelope["HyperParameterTuningResourceConfig"]?["InstanceConfigs"]?.array
    }

    private static func resources(
        _ members: [String: JSONValue], choice: Int
    ) -> JSONValue? {
        guard var config = members["HyperParameterTuningResourceConfig"]?.object else { return nil }
        let choices = config["InstanceConfigs"]?.array ?? []
        config["InstanceConfigs"] = nil
        config["AllocationStrategy"] = nil
        if choices.indices.contains(choice) {
            config.merge(choices[choice].object ?? [:]) { _, chosen in chosen }
        }
        return .object(config)
    }

    private static func tags(_ attempt: Attempt) -> JSONValue? {
        // Which backend runs it is this daemon's own affair; another one has other backends.
        var tags = attempt.tags.filter { $0.key != Tag.backendKey }
        // Ours is left out before one of the user's is.
        if tags.count < tagCountMax {
            tags.append(Tag(key: attemptTag, value: identity(attempt)))
        }
        return .array(
            tags.map { ["Key": .string($0.key), "Value": .string($0.value)] })
    }

    /// The limits that are left after earlier attempts.
    private static func stoppingCondition(
        _ attempt: Attempt, _ members: [String: JSONValue]
    ) -> JSONValue? {
        // A job without servers has no limit that could be stated.
        if members["ServerlessJobConfig"] != nil, members["StoppingCondition"] == nil { return nil }
        var condition = members["StoppingCondition"]?.object ?? [:]
        let earlier = Int(attempt.earlierRuntime.components.seconds)
        let total =
            condition["MaxRuntimeInSeconds"]?.integer
            ?? Int(attempt.definition.stoppingCondition.runtimeMax.components.seconds)
        let runtime = max(1, total - earlier)
        condition["MaxRuntimeInSeconds"] = .integer(runtime)
        if let wait = condition["MaxWaitTimeInSeconds"]?.integer {
            condition["MaxWaitTimeInSeconds"] = .integer(max(runtime, wait - earlier))
        }
        return .object(condition)
    }
}

// MARK: - Checkpoints

extension TrainingJobRequest {
    /// Where an attempt keeps its checkpoints; `nil` when it keeps none.
    ///
    /// The training jobs of a tuning job have a folder each, as one must not go on from where
    /// another one was; all attempts of one have the same.
    static func checkpointAddress(_ attempt: Attempt) -> String? {
        if let checkpoint = attempt.checkpoint { return checkpoint.location }
        let envelope = attempt.definition.envelope
        guard let address = envelope["CheckpointConfig"]?["S3Uri"]?.string else { return nil }
        guard attempt.definition.objective != nil else { return address }
        return address + (address.hasSuffix("/") ? "" : "/") + attempt.id.trainingJob
    }

    private static func checkpointConfig(_ attempt: Attempt) -> JSONValue? {
        guard var config = attempt.definition.envelope["CheckpointConfig"]?.object else {
            return nil
        }
        config["S3Uri"] = checkpointAddress(attempt).map { .string($0) }
        return .object(config)
    }
}
