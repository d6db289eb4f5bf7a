import Foundation
import Tuning

/// The answer that describes a training job.
package enum DescribeTrainingJob {
    /// Puts together the answer.
    ///
    /// - Parameter amendment: What was changed of the job's definition.
    package static func answer(
        _ job: TrainingJob, specification: TuningJobSpecification,
        amendment: [String: JSONValue] = [:]
    ) -> JSONValue {
        let definition = specification.definitions[job.definition]
        var members = requestMembers(definition)
        for (name, value) in amendment {
            // Of resources and profiling a part may be changed; a list is changed as a whole.
            members[name] = value.object.map { (members[name] ?? [:]).setting($0) } ?? value
        }
        members["TrainingJobName"] = .string(job.name)
        members["TrainingJobArn"] = .string(specification.arn(ofTrainingJob: job.name))
        if specification.kind == .tuning { members["TuningJobArn"] = .string(specification.arn) }
        members["HyperParameters"] = .object(
            definition.hyperparameters(with: job.tuned).mapValues { .string($0) })
        members["ModelArtifacts"] = [
            "S3ModelArtifacts": .string(definition.modelAddress(of: job.name))
        ]
        members["TrainingJobStatus"] = .string(job.status.rawValue)
        members["SecondaryStatus"] = .string(job.secondaryStatus.rawValue)
        members["SecondaryStatusTransitions"] = .array(job.transitions.map(\.described))
        members["FailureReason"] = job.failure.map { .string($0.reason) }
        members["CreationTime"] = JSONValue(job.creationTime)
        members["TrainingStartTime"] = job.startTime.map(JSONValue.init)
        members["TrainingEndTime"] = job.endTime.map(JSONValue.init)
        members["LastModifiedTime"] = JSONValue(job.lastModifiedTime)
        members["FinalMetricDataList"] = job.describedMetrics
        if job.startTime != nil, let endTime = job.endTime {
            members["TrainingTimeInSeconds"] = .seconds(job.runtime(at: endTime))
            members["BillableTimeInSeconds"] = .seconds(job.billableRuntime(at: endTime))
        }
        return .object(members)
    }

    private static let copiedMembers = [
        "RoleArn", "InputDataConfig", "ResourceConfig", "VpcConfig", "CheckpointConfig",
        "RetryStrategy", "Environment", "DebugHookConfig", "DebugRuleConfigurations",
        "TensorBoardOutputConfig", "ExperimentConfig", "ProfilerConfig",
        "ProfilerRuleConfigurations", "RemoteDebugConfig", "InfraCheckConfig", "MlflowConfig",
        "ModelPackageConfig",
    ]
    private static let switches = [
        "EnableNetworkIsolation", "EnableInterContainerTrafficEncryption",
        "EnableManagedSpotTraining",
    ]

    private static func requestMembers(
        _ definition: TrainingJobDefinition
    ) -> [String: JSONValue] {
        let envelope = definition.envelope
        var members: [String: JSONValue] = [:]
        for name in copiedMembers { members[name] = envelope[name] }
        for name in switches { members[name] = envelope[name] ?? false }
        members["OutputDataConfig"] = definition.outputDataConfig
        members["AlgorithmSpecification"] = definition.algorithmSpecification
        let seconds = definition.stoppingCondition.runtimeMax.components.seconds
        members["StoppingCondition"] = (envelope["StoppingCondition"] ?? [:])
            .setting(["MaxRuntimeInSeconds": .integer(Int(seconds))])
        return members
    }
}

extension TrainingJobDefinition {
    /// Where a training job leaves its model.
    fileprivate func modelAddress(of name: TrainingJob.Name) -> String {
        let output = envelope["OutputDataConfig"]?["S3OutputPath"]?.string ?? ""
        return "\(output.hasSuffix("/") ? String(output.dropLast()) : output)/\(name)"
            + "/output/model.tar.gz"
    }

    /// Series of metrics are kept whenever metrics are defined.
    fileprivate var algorithmSpecification: JSONValue {
        let specification = envelope["AlgorithmSpecification"] ?? [:]
        return specification.setting([
            "EnableSageMakerMetricsTimeSeries": .bool(
                !metrics.isEmpty || specification["EnableSageMakerMetricsTimeSeries"] == true)
        ])
    }
}

extension TrainingJob {
    /// The last value of every metric, by name; `nil` while there is none.
    fileprivate var describedMetrics: JSONValue? {
        guard !finalMetrics.isEmpty else { return nil }
        return .array(
            finalMetrics.sorted { $0.key < $1.key }.map { name, metric in
                [
                    "MetricName": .string(name), "Value": .number(metric.value),
                    "Timestamp": JSONValue(metric.time),
                ]
            })
    }
}

extension TrainingJob.Transition {
    fileprivate var described: JSONValue {
        var members: [String: JSONValue] = [
            "Status": .string(status.rawValue), "StartTime": JSONValue(startTime),
            "StatusMessage": .string(message),
        ]
        members["EndTime"] = endTime.map(JSONValue.init)
        return .object(members)
    }
}

extension JSONValue {
    /// Whole seconds, at least one.
    fileprivate static func seconds(_ duration: Duration) -> JSONValue {
        .integer(Int(max(1, duration.inSeconds)))
    }
}

extension Duration {
    fileprivate var inSeconds: Double {
        Double(components.seconds) + Double(components.attoseconds) * 1e-18
    }
}
