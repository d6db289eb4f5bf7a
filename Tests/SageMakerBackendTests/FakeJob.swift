import Foundation
import Tuning

/// A training job of the fake service, told by hyperparameters what to do.
///
/// `count` metrics, one every `step` seconds, then `end`: `complete`, `fail` (with `reason`) or
/// `endless`. Its course goes on with the looks at it, by one stage at most in each second, so that
/// a slow test misses nothing; with `timed` it goes on by time alone.
struct FakeJob {
    let request: JSONValue
    let created: Duration
    private(set) var status = "InProgress"
    private(set) var transitions: [(status: String, time: Int)]
    private(set) var metrics: [String: (value: Double, time: Int)] = [:]
    private(set) var failureReason: String?
    private(set) var lastModified: Int
    private(set) var ended: Duration?
    var tags: [String: String] = [:]
    private var stage = 0
    private var stageTime: Duration

    init(_ request: JSONValue, at now: Duration) {
        self.request = request
        created = now
        stageTime = now
        transitions = [("Starting", now.epoch)]
        lastModified = now.epoch
        for tag in request["Tags"]?.array ?? [] {
            tags[tag["Key"]?.string ?? ""] = tag["Value"]?.string ?? ""
        }
    }

    var name: String { request["TrainingJobName"]?.string ?? "" }
    var isFinished: Bool { ended != nil }
    var secondaryStatus: String { transitions.last?.status ?? "" }

    private func parameter(_ name: String) -> String? {
        request["HyperParameters"]?[name]?.string
    }

    private var count: Int { parameter("count").flatMap { Int($0) } ?? 0 }
    private var step: Duration {
        .seconds(parameter("step").flatMap { Double($0) } ?? 1)
    }

    /// Goes on, as far as it has come by now.
    mutating func advance(at now: Duration) {
        let isTimed = parameter("timed") != nil
        while !isFinished, now - stageTime >= step {
            stageTime = isTimed ? stageTime + step : now
            goOn(at: stageTime)
            if !isTimed { return }
        }
    }

    private mutating func goOn(at now: Duration) {
        if status == "Stopping" { return finish("Stopped", "Stopped", at: now) }
        stage += 1
        switch stage {
        case 1: enter("Downloading", at: now)
        case 2: enter("Training", at: now)
        case 3..<3 + count:
            metrics["value"] = (Double(stage - 2), now.epoch)
            metrics["other"] = (Double(stage - 2) / 10, now.epoch)
        default:
            switch parameter("end") {
            case "endless": stage -= 1
            case "fail":
                failureReason = parameter("reason") ?? "AlgorithmError: no luck"
                finish("Failed", "Failed", at: now)
            case "expire": finish("Stopped", "MaxRuntimeExceeded", at: now)
            default: finish("Completed", "Completed", at: now)
            }
        }
    }

    /// Begins to stop; whether that is possible.
    mutating func stop(at now: Duration) -> Bool {
        guard !isFinished else { return false }
        if status != "Stopping" {
            status = "Stopping"
            stageTime = now
            enter("Stopping", at: now)
        }
        return true
    }

    /// Ends at once.
    mutating func finish(
        _ status: String, _ secondary: String, reason: String? = nil, at now: Duration
    ) {
        self.status = status
        if let reason { failureReason = reason }
        enter(secondary, at: now)
        ended = now
    }

    private mutating func enter(_ status: String, at now: Duration) {
        transitions.append((status, now.epoch))
        lastModified = now.epoch
    }

    // MARK: Answers

    var description: JSONValue {
        var members = request.object ?? [:]
        members["Tags"] = nil
        members["TrainingJobArn"] = .string(arn)
        members["TrainingJobStatus"] = .string(status)
        members["SecondaryStatus"] = .string(secondaryStatus)
        members["CreationTime"] = .integer(created.epoch)
        members["LastModifiedTime"] = .integer(lastModified)
        if stage >= 2 { members["TrainingStartTime"] = .integer(created.epoch + 2) }
        members["FailureReason"] = failureReason.map { .string($0) }
        members["SecondaryStatusTransitions"] = .array(
            transitions.map {
                [
                    "Status": .string($0.status), "StartTime": .integer($0.time),
                    "StatusMessage": .string("message of \($0.status)"),
                ]
            })
        if !metrics.isEmpty {
            members["FinalMetricDataList"] = .array(
                metrics.sorted { $0.key < $1.key }.map {
                    [
                        "MetricName": .string($0.key), "Value": .number($0.value.value),
                        "Timestamp": .integer($0.value.time),
                    ]
                })
        }
        return .object(members)
    }

    var summary: JSONValue {
        [
            "TrainingJobName": .string(name), "TrainingJobArn": .string(arn),
            "CreationTime": .integer(created.epoch), "LastModifiedTime": .integer(lastModified),
            "TrainingJobStatus": .string(status), "SecondaryStatus": .string(secondaryStatus),
        ]
    }

    var arn: String { "arn:aws:sagemaker:us-east-1:123456789012:training-job/\(name)" }
}

extension Duration {
    /// Whole seconds since 1970, as the service tells times.
    fileprivate var epoch: Int {
        Int(VirtualTime.origin.timeIntervalSince1970 + self / .seconds(1))
    }
}
