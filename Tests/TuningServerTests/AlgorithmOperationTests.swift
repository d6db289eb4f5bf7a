import SageMakerAPI
import Testing
import Tuning

@Suite("Operations on algorithms")
struct AlgorithmOperationTests {
    private static let arn = "arn:aws:sagemaker:us-east-1:123456789012:algorithm/trees"
    private static let reference: JSONValue = ["AlgorithmName": "Trees"]

    @Test("An algorithm is created, described by name and ARN, listed and deleted")
    func life() async throws {
        try await TestService.run { service in
            let request = Requests.algorithm("Trees")
            let created = try await service.send("CreateAlgorithm", request)
            #expect(created.value == ["AlgorithmArn": .string(Self.arn)])
            for name in ["Trees", "trees", Self.arn] {
                let described = try await service.send(
                    "DescribeAlgorithm", ["AlgorithmName": .string(name)])
                #expect(described["AlgorithmStatus"] == "Completed")
                #expect(described["TrainingSpecification"] == request["TrainingSpecification"])
            }
            let listed = try await service.send("ListAlgorithms", ["NameContains": "ree"])
            #expect(listed["AlgorithmSummaryList"]?.array?.count == 1)
            let taken = try await service.send("CreateAlgorithm", Requests.algorithm("TREES"))
            #expect(taken["__type"] == "ValidationException")

            #expect(try await service.send("DeleteAlgorithm", Self.reference).value == [:])
            let gone = try await service.send("DescribeAlgorithm", Self.reference)
            #expect(gone.error == "ValidationException: Algorithm \(Self.arn) does not exist.")
            #expect(try await service.send("DeleteAlgorithm", Self.reference).status == 400)
            #expect(try await service.send("CreateAlgorithm", request).status == 200)
        }
    }

    @Test("A training job of an algorithm gets its image, its metrics and its defaults")
    func training() async throws {
        try await TestService.run { service in
            _ = try await service.send("CreateAlgorithm", Requests.algorithm("Trees"))
            let request = Requests.trainingJob("single", hyperparameters: ["lr": "0.25"])
                .merging([
                    "AlgorithmSpecification": [
                        "AlgorithmName": "Trees", "TrainingInputMode": "File",
                    ],
                    "InputDataConfig": [Requests.channel],
                ])
            #expect(try await service.send("CreateTrainingJob", request).status == 200)
            let described = try await service.poll(
                "DescribeTrainingJob", ["TrainingJobName": "single"]
            ) { $0["TrainingJobStatus"] == "Completed" }
            #expect(described["HyperParameters"] == ["lr": "0.25", "depth": "4"])
            #expect(described["FinalMetricDataList"]?.array?.first?["MetricName"] == "score")

            let unknown = try await service.send(
                "CreateTrainingJob", request.merging(["HyperParameters": ["size": "1"]]))
            #expect(unknown.error.contains("'size'"))
        }
    }

    @Test("An algorithm whose job runs cannot be deleted")
    func use() async throws {
        try await TestService.run { service in
            _ = try await service.send("CreateAlgorithm", Requests.algorithm("Trees"))
            let request = Requests.trainingJob("held", hyperparameters: ["hold": "1", "lr": "1"])
                .merging([
                    "AlgorithmSpecification": [
                        "AlgorithmName": .string(Self.arn), "TrainingInputMode": "File",
                    ],
                    "InputDataConfig": [Requests.channel],
                ])
            #expect(try await service.send("CreateTrainingJob", request).status == 200)
            let refused = try await service.send("DeleteAlgorithm", Self.reference)
            #expect(refused["__type"] == "ConflictException")
            #expect(refused["message"]?.string?.contains("held") == true)
            _ = try await service.send("StopTrainingJob", ["TrainingJobName": "held"])
            _ = try await service.poll("DescribeTrainingJob", ["TrainingJobName": "held"]) {
                $0["TrainingJobStatus"] == "Stopped"
            }
            // The job is over a moment before its tuning job is.
            _ = try await service.poll("DeleteAlgorithm", Self.reference) { $0.status == 200 }
        }
    }

    @Test("A profile is validated by a training job, whose end is the algorithm's status")
    func validation() async throws {
        try await TestService.run { service in
            let request = Requests.algorithm("Trees").merging([
                "ValidationSpecification": [
                    "ValidationRole": "arn:aws:iam::123456789012:role/tuner",
                    "ValidationProfiles": [
                        [
                            "ProfileName": "small",
                            "TrainingJobDefinition": [
                                "TrainingInputMode": "File", "HyperParameters": ["lr": "0.5"],
                                "InputDataConfig": [Requests.channel],
                                "OutputDataConfig": ["S3OutputPath": "s3://bucket/models"],
                                "ResourceConfig": [
                                    "InstanceType": "ml.m5.large", "InstanceCount": 1,
                                ],
                                "StoppingCondition": ["MaxRuntimeInSeconds": 60],
                            ],
                        ]
                    ],
                ]
            ])
            #expect(try await service.send("CreateAlgorithm", request).status == 200)
            let described = try await service.poll("DescribeAlgorithm", Self.reference) {
                $0["AlgorithmStatus"] == "Completed"
            }
            let validation = described["AlgorithmStatusDetails"]?["ValidationStatuses"]?.array
            #expect(validation?.map { $0["Status"] } == ["Completed"])
            #expect(validation?.map { $0["Name"] } == ["small"])
        }
    }
}
