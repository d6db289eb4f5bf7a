import SageMakerAPI
import Testing
import Tuning

@Suite("Algorithms")
struct AlgorithmTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let body: JSONValue
        let message: String

        init(_ body: JSONValue, _ message: String) {
            self.body = body
            self.message = message
        }

        var testDescription: String { message }
    }

    @Test("A request becomes an algorithm that is described as it was asked for")
    func creation() throws {
        let result = try CreateAlgorithm(body: Algorithms.creation).validated(now: Algorithms.now)
        #expect(result.tags == [Tag(key: "team", value: "vision")])
        #expect(result.validation == nil)
        let answer = DescribeAlgorithm.answer(result.algorithm)
        #expect(answer["AlgorithmName"] == "Trees")
        #expect(answer["AlgorithmArn"] == .string(Algorithms.arn))
        #expect(answer["AlgorithmStatus"] == "Completed")
        #expect(answer["AlgorithmStatusDetails"] == ["ValidationStatuses": []])
        #expect(answer["CreationTime"] == 1_700_000_000.0)
        #expect(answer["Tags"] == nil)
        for name in ["AlgorithmDescription", "TrainingSpecification"] {
            #expect(answer[name] == Algorithms.creation[name])
        }
    }

    @Test("A profile becomes a training job of the algorithm; a transform job is not run")
    func profile() throws {
        let body = Algorithms.validated.setting(
            [
                "TransformInput": [
                    "DataSource": [
                        "S3DataSource": ["S3DataType": "S3Prefix", "S3Uri": "s3://bucket/in"]
                    ]
                ],
                "TransformOutput": ["S3OutputPath": "s3://bucket/out"],
                "TransformResources": ["InstanceType": "ml.m5.large", "InstanceCount": 1],
            ],
            at: "ValidationSpecification", "ValidationProfiles", "0", "TransformJobDefinition")
        let result = try CreateAlgorithm(body: body).validated(now: Algorithms.now)
        let job = try #require(result.validation)
        #expect(job.kind == .training)
        #expect(job.name == result.algorithm.validationJob)
        #expect(job.definitions[0].image == "exec:train")
        #expect(
            job.definitions[0].staticHyperparameters == ["depth": "2", "lr": "0.5", "kind": "a"])
        #expect(result.algorithm.status == .pending)
        let statuses = DescribeAlgorithm.answer(result.algorithm)["AlgorithmStatusDetails"]
        #expect(
            statuses?["ValidationStatuses"] == [
                ["Name": "small", "Status": "NotStarted"],
                [
                    "Name": "small-transform", "Status": "NotStarted",
                    "FailureReason":
                        "Batch transform jobs cannot run here, so the inference code was not validated.",
                ],
            ])
    }

    private static let rules = ["TrainingSpecification", "SupportedHyperParameters"]
    private static let profileValues = [
        "ValidationSpecification", "ValidationProfiles", "0", "TrainingJobDefinition",
        "HyperParameters", "depth",
    ]

    @Test(
        "An algorithm whose parts do not fit is refused",
        arguments: [
            Row(
                Algorithms.creation.setting("depth", atPath: rules + ["1", "Name"]),
                "Hyperparameter 'depth' is declared twice; give each its own name."),
            Row(
                Algorithms.creation.setting("3", atPath: rules + ["0", "DefaultValue"]),
                "Hyperparameter 'depth' has the default value '3', so it cannot be required."),
            Row(
                Algorithms.creation.setting("2", atPath: rules + ["1", "DefaultValue"]),
                "Hyperparameter 'lr': default value '2' must be a number from 0.0 to 1.0."),
            Row(
                Algorithms.creation.setting(true, atPath: rules + ["3", "IsTunable"]),
                "Hyperparameter 'note': FreeText cannot be tunable."),
            Row(
                Algorithms.creation.setting("Continuous", atPath: rules + ["0", "Type"]),
                "Hyperparameter 'depth': the type is Continuous, so the range must be Continuous too, "
                    + "not Integer."),
            Row(
                Algorithms.creation.setting(
                    Algorithms.range("Integer", "9", "1"), atPath: rules + ["0", "Range"]),
                "Parameter 'depth': MinValue 9 must not be greater than MaxValue 1."),
            Row(
                Algorithms.creation.setting(
                    "train", at: "TrainingSpecification", "TrainingChannels", "1", "Name"),
                "TrainingChannels: 'train' is given twice; names must be unique."),
            Row(
                Algorithms.creation.setting(
                    "a b", at: "TrainingSpecification", "TrainingImage"),
                #"1 validation error detected: Value 'a b' at 'trainingSpecification.trainingImage' "#
                    + "failed to satisfy constraint: Member must satisfy regular expression pattern: "
                    + #"[\S]+"#),
            Row(
                Algorithms.validated.setting("99", atPath: profileValues),
                "Hyperparameter 'depth': value '99' must be a whole number from 1 to 9."),
        ])
    func refusedAlgorithms(row: Row) {
        let error = #expect(throws: APIError.self) {
            try CreateAlgorithm(body: row.body).validated(now: Algorithms.now)
        }
        #expect(error == .validation(row.message))
    }

    @Test("A training job takes image, metrics and defaults from its algorithm, and keeps its name")
    func trainingJob() throws {
        let specification = try Algorithms.specification(trainingJob: Algorithms.trainingJob)
        let definition = specification.definitions[0]
        #expect(definition.image == "exec:train")
        #expect(definition.metrics.map(\.name) == ["accuracy"])
        #expect(definition.staticHyperparameters == ["depth": "3", "lr": "0.5", "kind": "a"])
        #expect(definition.envelope["AlgorithmSpecification"]?["AlgorithmName"] == "Trees")
        #expect(definition.envelope["AlgorithmSpecification"]?["TrainingImage"] == nil)
        let named = Algorithms.trainingJob.setting(
            .string(Algorithms.arn), at: "AlgorithmSpecification", "AlgorithmName")
        let byARN = try Algorithms.specification(trainingJob: named)
        #expect(byARN.definitions[0].image == "exec:train")
    }

    @Test("A tuning job without ranges searches what the algorithm lets it")
    func tuningJob() throws {
        let definition = try Algorithms.specification(tuningJob: Algorithms.tuningJob)
            .definitions[0]
        #expect(definition.searchSpace.parameters.map(\.name) == ["depth", "lr"])
        #expect(definition.staticHyperparameters == ["kind": "b"])
        let fixed = Algorithms.tuningJob.setting(
            ["depth": "4"], at: "TrainingJobDefinition", "StaticHyperParameters")
        let rest = try Algorithms.specification(tuningJob: fixed).definitions[0]
        #expect(rest.searchSpace.parameters.map(\.name) == ["lr"])
        #expect(rest.staticHyperparameters == ["depth": "4", "kind": "a"])
    }

    @Test(
        "A training job that its algorithm does not allow is refused",
        arguments: [
            Row(
                Algorithms.trainingJob.setting(
                    "none", at: "AlgorithmSpecification", "AlgorithmName"),
                "Algorithm arn:aws:sagemaker:us-east-1:123456789012:algorithm/none does not exist."),
            Row(
                Algorithms.trainingJob.setting(
                    .string(Algorithms.arn.replacing("1:", with: "2:")),
                    at: "AlgorithmSpecification", "AlgorithmName"),
                "Algorithm arn:aws:sagemaker:us-east-2:123456789012:algorithm/trees does not exist."
            ),
            Row(
                Algorithms.trainingJob.setting(
                    "exec:x", at: "AlgorithmSpecification", "TrainingImage"),
                "AlgorithmSpecification has both TrainingImage and AlgorithmName; give exactly one."
            ),
            Row(
                Algorithms.trainingJob.setting("1", at: "HyperParameters", "width"),
                "Hyperparameter 'width' is not one that the algorithm supports."),
            Row(
                Algorithms.trainingJob.setting(["lr": "0.1"], at: "HyperParameters"),
                "Hyperparameter 'depth' is required by the algorithm; give it a value or a range."),
            Row(
                Algorithms.trainingJob.setting("3.5", at: "HyperParameters", "depth"),
                "Hyperparameter 'depth': value '3.5' must be a whole number."),
            Row(
                Algorithms.trainingJob.setting("c", at: "HyperParameters", "kind"),
                "Hyperparameter 'kind': value 'c' must be one of a, b."),
            Row(
                Algorithms.trainingJob.setting(
                    "ml.p3.2xlarge", at: "ResourceConfig", "InstanceType"),
                "ResourceConfig: the algorithm does not support instance type 'ml.p3.2xlarge'; it "
                    + "supports [ml.m5.large, ml.c5.large]."),
            Row(
                Algorithms.trainingJob.setting(2, at: "ResourceConfig", "InstanceCount"),
                "ResourceConfig: the algorithm does not support distributed training; give it one "
                    + "instance, not 2."),
            Row(
                Algorithms.trainingJob.removing("InputDataConfig"),
                "InputDataConfig: channel 'train' is required by the algorithm."),
            Row(
                Algorithms.trainingJob.setting(
                    [
                        Algorithms.channel,
                        Algorithms.channel.setting("other", at: "ChannelName"),
                    ], at: "InputDataConfig"),
                "InputDataConfig: channel 'other' is not one of the algorithm's [test, train]."),
            Row(
                Algorithms.trainingJob.setting("text/x", at: "InputDataConfig", "0", "ContentType"),
                "InputDataConfig: channel 'train': the algorithm does not support content type "
                    + "'text/x' there; it supports [text/csv]."),
            Row(
                Algorithms.trainingJob.setting("Pipe", at: "InputDataConfig", "0", "InputMode"),
                "InputDataConfig: channel 'train': the algorithm does not support input mode 'Pipe' "
                    + "there; it supports [File]."),
            Row(
                Algorithms.trainingJob.setting(
                    [
                        Algorithms.channel,
                        Algorithms.channel.setting("test", at: "ChannelName")
                            .setting("Gzip", at: "CompressionType").removing("ContentType"),
                    ], at: "InputDataConfig"),
                "2 validation errors detected: InputDataConfig: channel 'test': the algorithm does "
                    + "not support compression type 'Gzip' there; it supports [].; InputDataConfig: "
                    + "channel 'test' has CompressionType Gzip, which needs input mode Pipe, not "
                    + "File."),
        ])
    func refusedTrainingJobs(row: Row) {
        let error = #expect(throws: APIError.self) {
            try Algorithms.specification(trainingJob: row.body)
        }
        #expect(error == .validation(row.message))
    }

    private static func ranges(_ kind: String, _ name: String, _ upper: String) -> JSONValue {
        Algorithms.tuningJob.setting(
            [
                "\(kind)ParameterRanges": [
                    ["Name": .string(name), "MinValue": "1", "MaxValue": .string(upper)]
                ]
            ], at: "HyperParameterTuningJobConfig", "ParameterRanges"
        ).setting(
            "3", at: "TrainingJobDefinition", "StaticHyperParameters",
            name == "depth" ? "note" : "depth")
    }

    private static let goal = ["HyperParameterTuningJobConfig", "HyperParameterTuningJobObjective"]

    @Test(
        "A tuning job that its algorithm does not allow is refused",
        arguments: [
            Row(
                ranges("Integer", "depth", "10"),
                "Hyperparameter 'depth': the tuning range is a whole number from 1 to 10, but all "
                    + "values must be a whole number from 1 to 9."),
            Row(
                ranges("Continuous", "depth", "9"),
                "Hyperparameter 'depth' is Integer but has a range of type Continuous; give it one of "
                    + "type Integer."),
            Row(
                ranges("Continuous", "note", "9"),
                "Hyperparameter 'note' is free text and cannot be tuned; give it a static value."),
            Row(
                ranges("Continuous", "width", "9"),
                "Hyperparameter 'width' is not one that the algorithm supports."),
            Row(
                Algorithms.tuningJob.setting("Minimize", atPath: goal + ["Type"]),
                "HyperParameterTuningJobObjective: the algorithm does not support the objective "
                    + "Minimize accuracy; it supports [Maximize accuracy]."),
        ])
    func refusedTuningJobs(row: Row) {
        let error = #expect(throws: APIError.self) {
            try Algorithms.specification(tuningJob: row.body)
        }
        #expect(error == .validation(row.message))
    }
}
