import SageMakerAPI
import Testing
import Tuning

@Suite("Accepted requests")
struct AcceptedRequestTests {
    @Test("A tuning job becomes a specification")
    func tuningJob() throws {
        let scope = RequestScope(region: "eu-west-1", account: "210987654321")
        let specification = try CreateHyperParameterTuningJob(body: Requests.tuningJob)
            .validated(scope: scope)
        #expect(specification.name == "digits")
        #expect(specification.kind == .tuning)
        #expect(specification.plan == .fullTraining(.random))
        #expect(specification.limits == ResourceLimits(trainingJobCountMax: 4, parallelCountMax: 2))
        #expect(specification.seed == 7)
        #expect(specification.tags == [Tag(key: "team", value: "vision")])
        #expect(
            specification.arn
                == "arn:aws:sagemaker:eu-west-1:210987654321:hyper-parameter-tuning-job/digits")
        #expect(specification.request == Requests.tuningJob)
        let definition = try #require(specification.definitions.first)
        #expect(definition.searchSpace.parameters.map(\.name) == ["depth", "lr", "kind"])
        #expect(definition.objective == Objective(.maximize, "accuracy"))
        #expect(definition.staticHyperparameters == ["epochs": "10"])
        #expect(definition.image == "exec:train")
        #expect(
            definition.metrics == [
                MetricDefinition(name: "accuracy", regex: "accuracy=([0-9.]+)")
            ])
        #expect(definition.stoppingCondition == StoppingCondition(runtimeMax: .seconds(3600)))
        #expect(definition.retryCountMax == 0)
        #expect(definition.envelope == Requests.definition)
    }

    @Test("Several definitions have names, objectives and ranges of their own")
    func severalDefinitions() throws {
        let definitions = try CreateHyperParameterTuningJob(body: Requests.tuningJobOfSeveral)
            .validated().definitions
        #expect(definitions.map(\.name) == ["one", "two"])
        #expect(definitions.map(\.searchSpace.dimension) == [1, 1])
    }

    @Test("Sobol is a strategy of its own, beyond the API")
    func sobol() throws {
        let body = Requests.tuningJob.setting(
            "Sobol", at: "HyperParameterTuningJobConfig", "Strategy")
        let specification = try CreateHyperParameterTuningJob(body: body).validated()
        #expect(specification.plan == .fullTraining(.quasiRandom))
    }

    @Test(
        "Flexible resources show training jobs their first choice",
        arguments: [
            (
                [
                    "InstanceType": "ml.c5.xlarge", "InstanceCount": 2,
                    "AllocationStrategy": "Prioritized",
                ],
                ["InstanceType": "ml.c5.xlarge", "InstanceCount": 2]
            ),
            (
                [
                    "InstanceConfigs": [
                        ["InstanceType": "ml.c5.xlarge", "InstanceCount": 1, "VolumeSizeInGB": 3],
                        ["InstanceType": "ml.m5.xlarge", "InstanceCount": 1, "VolumeSizeInGB": 4],
                    ], "VolumeKmsKeyId": "key",
                ],
                [
                    "InstanceType": "ml.c5.xlarge", "InstanceCount": 1, "VolumeSizeInGB": 3,
                    "VolumeKmsKeyId": "key",
                ]
            ),
        ] as [(JSONValue, JSONValue)])
    func flexibleResources(config: JSONValue, shown: JSONValue) throws {
        let body = Requests.tuningJob
            .removing("TrainingJobDefinition", "ResourceConfig")
            .setting(config, at: "TrainingJobDefinition", "HyperParameterTuningResourceConfig")
        let envelope = try CreateHyperParameterTuningJob(body: body).validated()
            .definitions[0].envelope
        #expect(envelope["ResourceConfig"] == shown)
        #expect(envelope["HyperParameterTuningResourceConfig"] == config)
    }

    @Test("A training job becomes a tuning job of one")
    func trainingJob() throws {
        let body = Requests.trainingJob.setting(3, at: "RetryStrategy", "MaximumRetryAttempts")
        let specification = try CreateTrainingJob(body: body).validated()
        #expect(specification.name == "Single-1")
        #expect(specification.kind == .training)
        #expect(specification.plan == .fullTraining(.single))
        #expect(specification.limits == ResourceLimits(trainingJobCountMax: 1, parallelCountMax: 1))
        let definition = try #require(specification.definitions.first)
        #expect(definition.searchSpace == .empty)
        #expect(definition.objective == nil)
        #expect(definition.staticHyperparameters == ["lr": "0.1"])
        #expect(definition.stoppingCondition.runtimeMax == .seconds(86_400))
        #expect(definition.retryCountMax == 3)
        #expect(definition.envelope["TrainingJobName"] == nil)
        #expect(definition.envelope["RoleArn"] == Requests.trainingJob["RoleArn"])
        #expect(
            CreateTrainingJob.answer(specification) == [
                "TrainingJobArn":
                    "arn:aws:sagemaker:us-east-1:123456789012:training-job/single-1"
            ])
    }

    @Test(
        "A training job that cannot run is refused",
        arguments: [
            (
                Requests.trainingJob.removing("AlgorithmSpecification", "TrainingImage"),
                "AlgorithmSpecification has no TrainingImage; it says which program is trained."
            ),
            (
                Requests.trainingJob.setting("x", at: "AlgorithmSpecification", "AlgorithmName"),
                "2 validation errors detected: AlgorithmSpecification.AlgorithmName is not available "
                    + "in this version of tuner; use TrainingImage.; AlgorithmSpecification has both "
                    + "TrainingImage and AlgorithmName; give exactly one."
            ),
            (
                Requests.trainingJob.setting(
                    86_399, at: "StoppingCondition", "MaxWaitTimeInSeconds"
                ).setting(true, at: "EnableManagedSpotTraining"),
                "StoppingCondition: MaxWaitTimeInSeconds [86399] must be at least "
                    + "MaxRuntimeInSeconds [86400]."
            ),
            (
                Requests.trainingJob.setting(
                    [
                        "JobType": "FineTuning",
                        "BaseModelArn":
                            "arn:aws:sagemaker:us-east-1:aws:hub-content/hub/Model/model/1.0.0",
                    ], at: "ServerlessJobConfig"),
                "ServerlessJobConfig is not available in this version of tuner; leave it out."
            ),
        ])
    func refusedTrainingJob(body: JSONValue, message: String) {
        #expect(throws: APIError.validation(message)) {
            try CreateTrainingJob(body: body).validated()
        }
    }

    @Test(
        "The region is that of the credential scope",
        arguments: [
            (
                "AWS4-HMAC-SHA256 Credential=AK/20260101/eu-central-1/sagemaker/aws4_request, "
                    + "SignedHeaders=host, Signature=0", "eu-central-1"
            ),
            (
                "AWS4-HMAC-SHA256 Credential=A/K/20260101/us-west-2/sagemaker/aws4_request",
                "us-west-2"
            ),
            ("AWS4-HMAC-SHA256 Credential=AK/20260101/EU:1/sagemaker/aws4_request", "us-east-1"),
            ("Bearer token", "us-east-1"), (nil, "us-east-1"),
        ] as [(String?, String)])
    func region(authorization: String?, region: String) {
        let scope = RequestScope(authorization: authorization, account: "123456789012")
        #expect(scope.arnPrefix == "arn:aws:sagemaker:\(region):123456789012")
    }

    @Test(
        "Only targets of this service name operations",
        arguments: [
            nil, "", "SageMaker.", "SageMaker.createTrainingJob", "DescribeTrainingJob",
            "Other.DescribeTrainingJob", "SageMaker.CreateModel",
        ] as [String?])
    func unknownOperations(target: String?) throws {
        let error = try #require(throws: APIError.self) { try Operation(target: target) }
        #expect(error.code == "UnknownOperationException")
        #expect(error.status == 400)
    }
}
