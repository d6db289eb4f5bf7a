import Tuning

/// Requests that are accepted as they are, and what tests do to them.
enum Requests {
    static let tuningJob: JSONValue = [
        "HyperParameterTuningJobName": "digits",
        "HyperParameterTuningJobConfig": [
            "Strategy": "Random",
            "HyperParameterTuningJobObjective": ["Type": "Maximize", "MetricName": "accuracy"],
            "ResourceLimits": ["MaxNumberOfTrainingJobs": 4, "MaxParallelTrainingJobs": 2],
            "ParameterRanges": [
                "ContinuousParameterRanges": [
                    ["Name": "lr", "MinValue": "1e-4", "MaxValue": "0.1", "ScalingType": "Auto"]
                ],
                "IntegerParameterRanges": [["Name": "depth", "MinValue": "1", "MaxValue": "8"]],
                "CategoricalParameterRanges": [["Name": "kind", "Values": ["a", "b", "c"]]],
            ],
            "RandomSeed": 7,
        ],
        "TrainingJobDefinition": definition,
        "Tags": [["Key": "team", "Value": "vision"]],
    ]

    static let definition: JSONValue = [
        "StaticHyperParameters": ["epochs": "10"],
        "AlgorithmSpecification": [
            "TrainingImage": "exec:train", "TrainingInputMode": "File",
            "MetricDefinitions": [["Name": "accuracy", "Regex": "accuracy=([0-9.]+)"]],
        ],
        "RoleArn": "arn:aws:iam::123456789012:role/tuner",
        "OutputDataConfig": ["S3OutputPath": "s3://bucket/models"],
        "ResourceConfig": [
            "InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 10,
        ],
        "StoppingCondition": ["MaxRuntimeInSeconds": 3600],
    ]

    /// Two definitions with objectives and ranges of their own.
    static let tuningJobOfSeveral =
        tuningJob
        .removing("TrainingJobDefinition")
        .removing("HyperParameterTuningJobConfig", "HyperParameterTuningJobObjective")
        .removing("HyperParameterTuningJobConfig", "ParameterRanges")
        .setting([member(named: "one"), member(named: "two")], at: "TrainingJobDefinitions")

    static func member(named name: String) -> JSONValue {
        definition
            .setting(.string(name), at: "DefinitionName")
            .setting(
                ["Type": "Maximize", "MetricName": "accuracy"], at: "TuningObjective"
            )
            .setting(
                [
                    "ContinuousParameterRanges": [
                        ["Name": "lr", "MinValue": "0", "MaxValue": "1"]
                    ]
                ], at: "HyperParameterRanges")
    }

    static let trainingJob: JSONValue = [
        "TrainingJobName": "Single-1",
        "HyperParameters": ["lr": "0.1"],
        "AlgorithmSpecification": [
            "TrainingImage": "exec:train", "TrainingInputMode": "File",
            "MetricDefinitions": [["Name": "loss", "Regex": "loss=([0-9.]+)"]],
        ],
        "RoleArn": "arn:aws:iam::123456789012:role/tuner",
        "OutputDataConfig": ["S3OutputPath": "file:///tmp/models/"],
    ]
}

extension JSONValue {
    /// The same object with a value at a path of members; an index of a list is a number.
    func setting(_ value: JSONValue, at path: String...) -> JSONValue {
        setting(value, atPath: path)
    }

    /// The same object with null at a path, which means that nothing is there.
    func removing(_ path: String...) -> JSONValue {
        setting(.null, atPath: path)
    }

    /// The same object with a value at a path of members.
    func setting(_ value: JSONValue, atPath path: [String]) -> JSONValue {
        guard let first = path.first else { return value }
        let rest = Array(path.dropFirst())
        if case .array(var elements) = self, let index = Int(first) {
            elements[index] = elements[index].setting(value, atPath: rest)
            return .array(elements)
        }
        var members = object ?? [:]
        members[first] = (members[first] ?? [:]).setting(value, atPath: rest)
        return .object(members)
    }
}
