import Foundation
import Tuning

// The parts of events and rows: each is written by `members` and read by `init(_:)`. A member that
// a later version adds must be optional here, so that older databases can still be read.

extension Decision {
    var members: [String: JSONValue] {
        var members: [String: JSONValue] = [
            "rule": .string(rule), "eventCount": .integer(eventCount),
        ]
        members["milliseconds"] = milliseconds.map { .number($0) }
        members["details"] = details
        return members
    }

    init(_ json: JSONValue) throws {
        self.init(
            rule: try json.text("rule"), eventCount: try json.count("eventCount"),
            milliseconds: json["milliseconds"]?.number,
            // Not the subscript, for which a null is as good as missing.
            details: json.object?["details"])
    }
}

extension MetricReport {
    var members: [String: JSONValue] {
        var members: [String: JSONValue] = [
            "time": .time(time), "resource": .integer(resource.units),
            "values": .object(values.mapValues(JSONValue.number)),
        ]
        if isObjective { members["objective"] = true }
        if let cost { members["cost"] = .number(cost.value) }
        return members
    }

    init(_ json: JSONValue) throws {
        self.init(
            time: try json.time("time"), resource: Resource(try json.count("resource")),
            isObjective: json["objective"] == true, cost: try Cost(in: json),
            values: try (json["values"]?.object ?? [:]).mapValues { try $0.realNumber() })
    }
}

extension Cost {
    fileprivate init?(in json: JSONValue) throws {
        guard json["cost"] != nil else { return nil }
        self.init(try json.number("cost"))
    }
}

extension TrainingFailure {
    var members: [String: JSONValue] {
        ["cause": .string(cause.rawValue), "reason": .string(reason)]
    }

    init(_ json: JSONValue) throws {
        self.init(try json.choice("cause"), try json.text("reason"))
    }
}

extension Trial.Outcome {
    var members: [String: JSONValue] {
        var members: [String: JSONValue]
        switch self {
        case .completed: members = ["outcome": "completed"]
        case .stopped(let reason, _):
            members = ["outcome": "stopped", "stopReason": .string(reason.rawValue)]
        case .failed(let failure):
            members = failure.members
            members["outcome"] = "failed"
        }
        if let cost { members["cost"] = .number(cost.value) }
        return members
    }

    init(_ json: JSONValue) throws {
        switch try json.text("outcome") {
        case "completed": self = .completed(try Cost(in: json))
        case "stopped": self = .stopped(try json.choice("stopReason"), try Cost(in: json))
        case "failed": self = .failed(try TrainingFailure(json))
        case let outcome: throw PayloadError("a trial has the unknown outcome '\(outcome)'")
        }
    }
}

extension TuningJob.Outcome {
    var members: [String: JSONValue] {
        switch self {
        case .completed: ["outcome": "completed"]
        case .stopped: ["outcome": "stopped"]
        case .failed(let reason): ["outcome": "failed", "reason": .string(reason)]
        }
    }

    init(_ json: JSONValue) throws {
        switch try json.text("outcome") {
        case "completed": self = .completed
        case "stopped": self = .stopped
        case "failed": self = .failed(reason: try json.text("reason"))
        case let outcome: throw PayloadError("a tuning job has the unknown outcome '\(outcome)'")
        }
    }
}

extension TrainingJob.Transition {
    var members: [String: JSONValue] {
        var members: [String: JSONValue] = [
            "status": .string(status.rawValue), "startTime": .time(startTime),
            "message": .string(message),
        ]
        if let endTime { members["endTime"] = .time(endTime) }
        return members
    }

    init(_ json: JSONValue) throws {
        self.init(
            status: try json.choice("status"), startTime: try json.time("startTime"),
            endTime: try json.optionalTime("endTime"), message: try json.text("message"))
    }
}

extension TrainingJob.FinalMetric {
    var members: [String: JSONValue] { ["value": .number(value), "time": .time(time)] }

    init(_ json: JSONValue) throws {
        self.init(value: try json.number("value"), time: try json.time("time"))
    }
}

extension TuningJob.TrainingJobCounts {
    var members: [String: JSONValue] {
        [
            "completed": .integer(completed), "inProgress": .integer(inProgress),
            "retryableError": .integer(retryableError),
            "nonRetryableError": .integer(nonRetryableError), "stopped": .integer(stopped),
        ]
    }

    init(_ json: JSONValue) throws {
        self.init()
        completed = try json.count("completed")
        inProgress = try json.count("inProgress")
        retryableError = try json.count("retryableError")
        nonRetryableError = try json.count("nonRetryableError")
        stopped = try json.count("stopped")
    }
}

extension TuningJob.ObjectiveCounts {
    var members: [String: JSONValue] {
        [
            "succeeded": .integer(succeeded), "pending": .integer(pending),
            "failed": .integer(failed),
        ]
    }

    init(_ json: JSONValue) throws {
        self.init()
        succeeded = try json.count("succeeded")
        pending = try json.count("pending")
        failed = try json.count("failed")
    }
}

extension CompletionDetails {
    var members: [String: JSONValue] {
        var members: [String: JSONValue] = ["notImprovingCount": .integer(notImprovingCount)]
        if let convergenceTime { members["convergenceTime"] = .time(convergenceTime) }
        return members
    }

    init(_ json: JSONValue) throws {
        self.init()
        notImprovingCount = try json.count("notImprovingCount")
        convergenceTime = try json.optionalTime("convergenceTime")
    }
}

extension ResourceLimits {
    var members: [String: JSONValue] {
        var members: [String: JSONValue] = ["parallelCountMax": .integer(parallelCountMax)]
        if let trainingJobCountMax {
            members["trainingJobCountMax"] = .integer(trainingJobCountMax)
        }
        if let runtimeMax { members["runtimeMax"] = .duration(runtimeMax) }
        return members
    }

    init(_ json: JSONValue) throws {
        let parallelCountMax = try json.count("parallelCountMax")
        let trainingJobCountMax = json["trainingJobCountMax"]?.integer
        guard parallelCountMax >= 1, trainingJobCountMax.map({ $0 >= 1 }) ?? true else {
            throw PayloadError("a limit of training jobs is below 1")
        }
        self.init(
            trainingJobCountMax: trainingJobCountMax, parallelCountMax: parallelCountMax,
            runtimeMax: json["runtimeMax"] == nil ? nil : try json.duration("runtimeMax"))
    }
}
