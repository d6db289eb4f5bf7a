import Foundation
import SageMakerAPI
import Tuning

/// An algorithm, and requests that are right for it.
enum Algorithms {
    static let now = Date(timeIntervalSince1970: 1_700_000_000)
    static let arn = "arn:aws:sagemaker:us-east-1:123456789012:algorithm/trees"

    static let creation: JSONValue = [
        "AlgorithmName": "Trees",
        "AlgorithmDescription": "Grows trees",
        "TrainingSpecification": [
            "TrainingImage": "exec:train",
            "SupportedHyperParameters": [
                [
                    "Name": "depth", "Type": "Integer", "IsTunable": true, "IsRequired": true,
                    "Range": range("Integer", "1", "9"),
                ],
                [
                    "Name": "lr", "Type": "Continuous", "IsTunable": true, "DefaultValue": "0.5",
                    "Range": range("Continuous", "0", "1"),
                ],
                [
                    "Name": "kind", "Type": "Categorical", "DefaultValue": "a",
                    "Range": [
                        "CategoricalParameterRangeSpecification": ["Values": ["a", "b"]]
                    ],
                ],
                ["Name": "note", "Type": "FreeText"],
            ],
            "SupportedTrainingInstanceTypes": ["ml.m5.large", "ml.c5.large"],
            "MetricDefinitions": [["Name": "accuracy", "Regex": "accuracy=([0-9.]+)"]],
            "SupportedTuningJobObjectiveMetrics": [
                ["Type": "Maximize", "MetricName": "accuracy"]
            ],
            "TrainingChannels": [
                [
                    "Name": "train", "IsRequired": true, "SupportedContentTypes": ["text/csv"],
                    "SupportedCompressionTypes": ["Gzip"], "SupportedInputModes": ["File"],
                ],
                [
                    "Name": "test", "SupportedContentTypes": [],
                    "SupportedInputModes": ["File", "Pipe"],
                ],
            ],
        ],
        "Tags": [["Key": "team", "Value": "vision"]],
    ]

    static func range(_ kind: String, _ lower: String, _ upper: String) -> JSONValue {
        [
            "\(kind)ParameterRangeSpecification": [
                "MinValue": .string(lower), "MaxValue": .string(upper),
            ]
        ]
    }

    static let channel: JSONValue = [
        "ChannelName": "train",
        "DataSource": ["S3DataSource": ["S3DataType": "S3Prefix", "S3Uri": "s3://bucket/data"]],
        "ContentType": "text/csv",
    ]

    static let trainingJob =
        Requests.trainingJob
        .setting("Trees", at: "AlgorithmSpecification", "AlgorithmName")
        .removing("AlgorithmSpecification", "TrainingImage")
        .removing("AlgorithmSpecification", "MetricDefinitions")
        .setting(["depth": "3"], at: "HyperParameters")
        .setting([channel], at: "InputDataConfig")
        .setting(["InstanceType": "ml.m5.large", "InstanceCount": 1], at: "ResourceConfig")

    static let tuningJob =
        Requests.tuningJob
        .setting("TRees", at: "TrainingJobDefinition", "AlgorithmSpecification", "AlgorithmName")
        .removing("TrainingJobDefinition", "AlgorithmSpecification", "TrainingImage")
        .removing("TrainingJobDefinition", "AlgorithmSpecification", "MetricDefinitions")
        .setting(["kind": "b"], at: "TrainingJobDefinition", "StaticHyperParameters")
        .setting([channel], at: "TrainingJobDefinition", "InputDataConfig")
        .removing("HyperParameterTuningJobConfig", "ParameterRanges")

    /// With a profile that validates it.
    static let validated = creation.setting(
        [
            "ValidationRole": "arn:aws:iam::123456789012:role/tuner",
            "ValidationProfiles": [
                [
                    "ProfileName": "small",
                    "TrainingJobDefinition": [
                        "TrainingInputMode": "File", "HyperParameters": ["depth": "2"],
                        "InputDataConfig": [channel],
                        "OutputDataConfig": ["S3OutputPath": "s3://bucket/models"],
                        "ResourceConfig": ["InstanceType": "ml.m5.large", "InstanceCount": 1],
                        "StoppingCondition": ["MaxRuntimeInSeconds": 60],
                    ],
                ]
            ],
        ], at: "ValidationSpecification")

    /// The algorithms that a request names, where the algorithm above is stored.
    static func known(_ references: Set<AlgorithmReference>) throws -> KnownAlgorithms {
        let algorithm = try CreateAlgorithm(body: creation).validated(now: now).algorithm
        let found = references.filter { $0.refers(to: algorithm) }
        return Dictionary(uniqueKeysWithValues: found.map { ($0, algorithm) })
    }

    static func specification(trainingJob body: JSONValue) throws -> TuningJobSpecification {
        let request = try CreateTrainingJob(body: body)
        return try request.validated(algorithms: known(request.algorithms))
    }

    static func specification(tuningJob body: JSONValue) throws -> TuningJobSpecification {
        let request = try CreateHyperParameterTuningJob(body: body)
        return try request.validated(algorithms: known(request.algorithms))
    }
}
