import Foundation
@testable import SageMakerAPI
@testable import SageMakerBackend
import Testing
import Tuning

@Suite("What an attempt asks SageMaker for")
struct TrainingJobRequestTests {
    private static func members(of shape: Shape) -> [String: Shape] {
        guard case .structure(let members) = shape.kind else { return [:] }
        return Dictionary(
            uniqueKeysWithValues: members.map { ($0.name, ServiceModel.shared[$0.shape]) })
    }

    @Test("Every member of a tuning job's definition is sent, or left out for a reason")
    func everyMember() throws {
        let request = ServiceModel.shared.request(of: "CreateHyperParameterTuningJob")
        let definition = try #require(Self.members(of: request)["TrainingJobDefinition"])
        let known = Set(Self.members(of: definition).keys)
        let taken = Set(
            Self.members(of: ServiceModel.shared.request(of: "CreateTrainingJob")).keys)
        #expect(known.count >= 18)
        #expect(known.subtracting(taken) == Set(TrainingJobRequest.tuningMembers.keys))
    }

    @Test("What is sent is what the service takes, and every field as it was given")
    func unchanged() throws {
        let given: [String: JSONValue] = [
            "InputDataConfig": [
                [
                    "ChannelName": "train", "InputMode": "FastFile",
                    "DataSource": [
                        "S3DataSource": ["S3DataType": "S3Prefix", "S3Uri": "s3://bucket/train"]
                    ],
                ]
            ],
            "VpcConfig": ["SecurityGroupIds": ["sg-1"], "Subnets": ["subnet-1"]],
            "EnableNetworkIsolation": true, "EnableInterContainerTrafficEncryption": false,
            "EnableManagedSpotTraining": true, "RetryStrategy": ["MaximumRetryAttempts": 3],
            "Environment": ["KEY": "value"],
            "ResourceConfig": [
                "InstanceType": "ml.m5.xlarge", "InstanceCount": 2, "VolumeSizeInGB": 10,
                "KeepAlivePeriodInSeconds": 600,
            ],
            "StoppingCondition": ["MaxRuntimeInSeconds": 3600, "MaxWaitTimeInSeconds": 7200],
        ]
        var envelope = given
        envelope["DefinitionName"] = "one"
        envelope["TuningObjective"] = ["Type": "Minimize", "MetricName": "value"]
        envelope["HyperParameterRanges"] = [:]
        envelope["StaticHyperParameters"] = ["a": "1"]
        let attempt = Fixture.attempt(
            ["a": "1", "b": "2"], envelope: envelope, tags: [Tag(key: "team", value: "x")])
        let body = TrainingJobRequest(attempt).body
        try ShapeValidator.check(body, isRequestOf: "CreateTrainingJob")
        #expect(UnknownMembers.problems(body, ofRequest: .createTrainingJob) == [])
        for (name, value) in given { #expect(body[name] == value) }
        #expect(body["AlgorithmSpecification"] == Fixture.envelope["AlgorithmSpecification"])
        #expect(body["HyperParameters"] == ["a": "1", "b": "2"])
        #expect(
            body["Tags"] == [
                ["Key": "team", "Value": "x"],
                ["Key": "tuner:attempt", "Value": "job-1/1@1700000000"],
            ])
        let names = Set(body.object?.keys.map { $0 } ?? [])
        #expect(names.isDisjoint(with: TrainingJobRequest.tuningMembers.keys))
    }

    @Test("A flexible configuration becomes one of its choices, in the order of preference")
    func choices() {
        let attempt = Fixture.attempt(envelope: [
            "HyperParameterTuningResourceConfig": [
                "AllocationStrategy": "Prioritized", "VolumeKmsKeyId": "key",
                "InstanceConfigs": [
                    ["InstanceType": "ml.m5.xlarge", "InstanceCount": 1, "VolumeSizeInGB": 5],
                    ["InstanceType": "ml.c5.xlarge", "InstanceCount": 2, "VolumeSizeInGB": 6],
                ],
            ]
        ])
        #expect(TrainingJobRequest.choiceCount(attempt) == 2)
        #expect(
            TrainingJobRequest(attempt, choice: 1).body["ResourceConfig"] == [
                "InstanceType": "ml.c5.xlarge", "InstanceCount": 2, "VolumeSizeInGB": 6,
                "VolumeKmsKeyId": "key",
            ])
        #expect(TrainingJobRequest(attempt, choice: 1).name == "job-1-1b")
    }

    @Test("Later attempts have what earlier ones left of the limits")
    func limits() {
        let attempt = Fixture.attempt(
            envelope: [
                "StoppingCondition": ["MaxRuntimeInSeconds": 3600, "MaxWaitTimeInSeconds": 4000]
            ], earlierRuntime: .seconds(3000))
        #expect(
            TrainingJobRequest(attempt).body["StoppingCondition"] == [
                "MaxRuntimeInSeconds": 600, "MaxWaitTimeInSeconds": 1000,
            ])
    }

    @Test("Each training job keeps its checkpoints in a folder of its own, for all its attempts")
    func checkpoints() {
        let envelope: [String: JSONValue] = [
            "CheckpointConfig": ["S3Uri": "s3://bucket/checkpoints", "LocalPath": "/x"]
        ]
        let first = TrainingJobRequest(Fixture.attempt(envelope: envelope))
        let later = TrainingJobRequest(
            Fixture.attempt(
                number: 2, envelope: envelope,
                checkpoint: Checkpoint(location: "s3://bucket/checkpoints/job-1")))
        let expected: JSONValue = ["S3Uri": "s3://bucket/checkpoints/job-1", "LocalPath": "/x"]
        #expect(first.body["CheckpointConfig"] == expected)
        #expect(later.body["CheckpointConfig"] == expected)
    }

    @Test("A training job created on its own keeps its checkpoints where it said")
    func standalone() {
        let attempt = Attempt(
            id: Attempt.ID(trainingJob: "a", number: 1),
            definition: TrainingJobDefinition(
                searchSpace: .empty, objective: nil, image: "i",
                envelope: ["CheckpointConfig": ["S3Uri": "s3://bucket/c"]]),
            hyperparameters: [:], creationTime: .now)
        #expect(
            TrainingJobRequest(attempt).body["CheckpointConfig"] == ["S3Uri": "s3://bucket/c"])
    }

    @Test("Fifty tags of the user's leave no room for ours, and stay")
    func tags() {
        let tags = (1...50).map { Tag(key: "k\($0)", value: "") }
        #expect(TrainingJobRequest(Fixture.attempt(tags: tags)).body["Tags"]?.array?.count == 50)
    }

    @Test(
        "Names are the same every time, and tell the attempt",
        arguments: [
            ("job", 1, 0, "job"), ("job", 2, 0, "job-2"), ("job", 1, 1, "job-1b"),
            ("job", 12, 5, "job-12f"),
        ])
    func names(job: String, number: Int, choice: Int, name: String) {
        let id = Attempt.ID(trainingJob: job, number: number)
        #expect(TrainingJobNames.name(of: id, choice: choice) == name)
    }

    @Test("Long names are cut to what the service takes, and stay apart")
    func longNames() {
        let beginning = String(repeating: "a", count: 62)
        let names = ["b", "c", "d"].flatMap { ending in
            (1...4).map { number in
                let id = Attempt.ID(trainingJob: beginning + ending, number: number)
                return TrainingJobNames.name(of: id, choice: number % 3)
            }
        }
        #expect(Set(names).count == 12)
        #expect(names.allSatisfy { $0.utf8.count <= 63 })
    }

    @Test(
        "A job's tag says whether it is the attempt",
        arguments: [
            ("job-1/1@1700000000", true), ("job-1/1@1700000001", true),
            ("job-1/1@1700009999", false), ("job-1/2@1700000000", false), ("job-1/1", false),
        ])
    func identity(tag: String, isOurs: Bool) {
        #expect(TrainingJobRequest.isIdentity(tag, of: Fixture.attempt()) == isOurs)
    }
}
