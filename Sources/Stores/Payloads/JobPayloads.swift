import Foundation
import Tuning

// What the rows of jobs hold beside the columns that listings sort and filter by.

extension TuningJob {
    /// The text of the column `details`.
    var details: String {
        var members: [String: JSONValue] = [
            "arn": .string(arn), "strategy": .string(strategy), "limits": .object(limits.members),
            "trainingJobCounts": .object(trainingJobCounts.members),
            "objectiveCounts": .object(objectiveCounts.members),
        ]
        if completion != CompletionDetails() {
            members["completion"] = .object(completion.members)
        }
        if let endTime { members["endTime"] = .time(endTime) }
        if let failureReason { members["failureReason"] = .string(failureReason) }
        if let best {
            members["best"] = [
                "ordinal": .integer(best.ordinal), "cost": .number(best.cost.value),
            ]
        }
        return JSONValue.object(members).encodedText
    }

    /// Puts a tuning job together again from its columns.
    init(
        id: ID, name: Name, kind: TuningJobSpecification.Kind, status: Status,
        creationTime: Date, lastModifiedTime: Date, details: String
    ) throws {
        let json = try JSONValue(parsing: details)
        self.init(
            id: id, name: name, kind: kind, arn: try json.text("arn"),
            strategy: try json.text("strategy"),
            limits: try ResourceLimits(json.required("limits")), creationTime: creationTime)
        self.status = status
        self.lastModifiedTime = lastModifiedTime
        endTime = try json.optionalTime("endTime")
        trainingJobCounts = try TrainingJobCounts(json.required("trainingJobCounts"))
        objectiveCounts = try ObjectiveCounts(json.required("objectiveCounts"))
        failureReason = json["failureReason"]?.string
        if let completion = json["completion"] {
            self.completion = try CompletionDetails(completion)
        }
        if let best = json["best"] {
            guard let cost = Cost(try best.number("cost")) else {
                throw PayloadError("the best cost is not finite")
            }
            self.best = Best(ordinal: try best.count("ordinal"), cost: cost)
        }
    }
}

extension TrainingJob {
    /// The text of the column `origin`: what never changes.
    var origin: String {
        let members: JSONValue = [
            "definition": .integer(definition),
            "tuned": .object(tuned.values.mapValues(JSONValue.string)),
            "decision": .object(decision.members),
        ]
        return members.encodedText
    }

    /// The text of the column `details`: what changes.
    var details: String {
        var members: [String: JSONValue] = [
            "transitions": .array(transitions.map { .object($0.members) }),
            "attempt": .integer(attempt), "resource": .integer(resource.units),
            "objectiveStatus": .string(objectiveStatus.rawValue),
        ]
        if !finalMetrics.isEmpty {
            members["finalMetrics"] = .object(finalMetrics.mapValues { .object($0.members) })
        }
        if earlierRuntime != .zero { members["earlierRuntime"] = .duration(earlierRuntime) }
        if interruptedRuntime != .zero {
            members["interruptedRuntime"] = .duration(interruptedRuntime)
        }
        if let interruptionTime { members["interruptionTime"] = .time(interruptionTime) }
        if isRunning { members["isRunning"] = true }
        if isPaused { members["isPaused"] = true }
        if let checkpoint {
            members["checkpoint"] = [
                "location": .string(checkpoint.location),
                "resource": .integer(checkpointResource.units),
            ]
        }
        if let startTime { members["startTime"] = .time(startTime) }
        if let endTime { members["endTime"] = .time(endTime) }
        if let attemptStartTime { members["attemptStartTime"] = .time(attemptStartTime) }
        if let mark { members["mark"] = .string(mark.text) }
        if let cost { members["cost"] = .number(cost.value) }
        if let stopReason { members["stopReason"] = .string(stopReason.rawValue) }
        if let stopMessage { members["stopMessage"] = .string(stopMessage) }
        if let failure { members["failure"] = .object(failure.members) }
        return JSONValue.object(members).encodedText
    }

    /// Puts a training job together again from its columns.
    init(
        id: ID, name: Name, status: Status, creationTime: Date, lastModifiedTime: Date,
        origin: String, details: String
    ) throws {
        let origin = try JSONValue(parsing: origin)
        self.init(
            id: id, name: name, definition: try origin.count("definition"),
            tuned: Hyperparameters(checked: try origin.required("tuned").texts()),
            decision: try Decision(origin.required("decision")), creationTime: creationTime)
        self.status = status
        self.lastModifiedTime = lastModifiedTime
        try restore(JSONValue(parsing: details))
    }

    private mutating func restore(_ details: JSONValue) throws {
        transitions = try (details["transitions"]?.array ?? []).map(Transition.init)
        startTime = try details.optionalTime("startTime")
        endTime = try details.optionalTime("endTime")
        earlierRuntime =
            details["earlierRuntime"] == nil ? .zero : try details.duration("earlierRuntime")
        attemptStartTime = try details.optionalTime("attemptStartTime")
        attempt = try details.count("attempt")
        interruptedRuntime =
            details["interruptedRuntime"] == nil
            ? .zero : try details.duration("interruptedRuntime")
        interruptionTime = try details.optionalTime("interruptionTime")
        isRunning = details["isRunning"] == true
        isPaused = details["isPaused"] == true
        if let checkpoint = details["checkpoint"] {
            self.checkpoint = Checkpoint(location: try checkpoint.text("location"))
            checkpointResource = Resource(try checkpoint.count("resource"))
        }
        resource = Resource(try details.count("resource"))
        mark = (details["mark"]?.string).map(ReportMark.init)
        finalMetrics = try (details["finalMetrics"]?.object ?? [:]).mapValues(FinalMetric.init)
        cost = details["cost"] == nil ? nil : Cost(try details.number("cost"))
        objectiveStatus = try details.choice("objectiveStatus")
        stopReason = details["stopReason"] == nil ? nil : try details.choice("stopReason")
        stopMessage = details["stopMessage"]?.string
        failure = try details["failure"].map(TrainingFailure.init)
    }

    /// The value that listings sort by: the objective's, if it could be used.
    func objectiveValue(_ objective: Objective?) -> Double? {
        guard objectiveStatus == .succeeded, let objective,
            let value = finalMetrics[objective.metric]?.value, value.isFinite
        else { return nil }
        return value
    }
}
