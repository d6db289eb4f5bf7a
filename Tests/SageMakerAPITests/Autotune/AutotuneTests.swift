import Testing
import Tuning

@testable import SageMakerAPI

@Suite("Autotune")
struct AutotuneTests {
    static let config = "HyperParameterTuningJobConfig"

    struct Row: Sendable {
        let name: String
        let hint: String
        let lower: String
        let upper: String
        let scaling: ScalingType
    }

    @Test(
        "Numbers get ranges that contain them, as far as their names suggest",
        arguments: [
            Row(
                name: "learning_rate", hint: "0.01", lower: "0.0001", upper: "1.0",
                scaling: .logarithmic),
            Row(name: "eta", hint: "0.3", lower: "0.003", upper: "1.0", scaling: .logarithmic),
            Row(
                name: "weightDecay", hint: "1e-4", lower: "1e-07", upper: "0.1",
                scaling: .logarithmic),
            Row(
                name: "lambda_l2", hint: "1.0", lower: "0.001", upper: "1000.0",
                scaling: .logarithmic),
            Row(name: "dropout", hint: "0.2", lower: "0.0", upper: "0.9", scaling: .linear),
            Row(name: "subsample", hint: "0.8", lower: "0.1", upper: "1.0", scaling: .linear),
            Row(name: "max_depth", hint: "6", lower: "1", upper: "12", scaling: .linear),
            Row(name: "num-layers", hint: "2", lower: "1", upper: "10", scaling: .linear),
            Row(name: "batch_size", hint: "64", lower: "16", upper: "256", scaling: .auto),
            Row(name: "x", hint: "0", lower: "0", upper: "10", scaling: .linear),
            Row(name: "x", hint: "-3", lower: "-12", upper: "0", scaling: .linear),
            Row(name: "x", hint: "2.5", lower: "0.25", upper: "25.0", scaling: .logarithmic),
            Row(name: "x", hint: "0.0", lower: "0.0", upper: "1.0", scaling: .linear),
            Row(name: "x", hint: "-1.0", lower: "-10.0", upper: "-0.1", scaling: .linear),
        ])
    func numbers(row: Row) throws {
        let range = try #require(SuggestedRange(name: row.name, hint: row.hint))
        #expect(
            range.json == [
                "Name": .string(row.name), "MinValue": .string(row.lower),
                "MaxValue": .string(row.upper), "ScalingType": .string(row.scaling.rawValue),
            ])
    }

    @Test("Momentum is searched finely near one")
    func momentum() throws {
        let range = try #require(SuggestedRange(name: "momentum", hint: "0.9"))
        #expect(range.json["ScalingType"] == "ReverseLogarithmic")
        let upper = try #require(range.json["MaxValue"]?.string.flatMap { Double($0) })
        #expect(abs(upper - 0.99) < 1e-12)
    }

    @Test("Truth values are both tried; other texts are not eligible")
    func texts() {
        #expect(
            SuggestedRange(name: "x", hint: "True")?.json == [
                "Name": "x", "Values": ["True", "False"],
            ])
        #expect(SuggestedRange(name: "x", hint: "adam") == nil)
        #expect(SuggestedRange(name: "x", hint: "nan") == nil)
        #expect(SuggestedRange(name: "lambda", hint: "1e308") == nil)
    }

    @Test("Any number as a hint gives a range that can be searched", arguments: 1...200)
    func anyNumber(seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed))
        let names = ["lr", "alpha", "dropout", "momentum", "depth", "x", "batch_size", "beta"]
        let name = names[Int(random.next() % UInt64(names.count))]
        let exponent = Int.random(in: -30...30, using: &random)
        let isWhole = random.nextUnit() < 0.3
        let hint =
            isWhole
            ? "\(Int.random(in: -9999...9999, using: &random))"
            : "\(Int.random(in: -99...99, using: &random))e\(exponent)"
        let range = try #require(SuggestedRange(name: name, hint: hint), "seed \(seed)")
        let body = Requests.tuningJob.setting(
            [range.list.rawValue: [range.json]], at: Self.config, "ParameterRanges")
        let space = try CreateHyperParameterTuningJob(
            body: body.setting(1, at: Self.config, "ResourceLimits", "MaxNumberOfTrainingJobs")
        ).validated().definitions[0].searchSpace
        #expect(space.dimension == 1, "seed \(seed)")
    }

    private static let bare: JSONValue = Requests.tuningJob
        .setting(["Mode": "Enabled"], at: "Autotune")
        .setting(
            [
                "AutoParameters": [
                    ["Name": "lr", "ValueHint": "0.01"], ["Name": "depth", "ValueHint": "4"],
                    ["Name": "optimizer", "ValueHint": "adam"],
                ]
            ], at: config, "ParameterRanges"
        )
        .setting(["MaxParallelTrainingJobs": 2], at: config, "ResourceLimits")

    @Test("Fills in what was left out, and shows it")
    func completes() throws {
        let specification = try CreateHyperParameterTuningJob(body: Self.bare).validated()
        let definition = specification.definitions[0]
        #expect(definition.searchSpace.parameters.map(\.name) == ["depth", "lr"])
        #expect(definition.staticHyperparameters == ["epochs": "10", "optimizer": "adam"])
        #expect(definition.retryCountMax == Autotune.retryCount)
        #expect(specification.plan == .medianStopping(.random))
        #expect(specification.limits.trainingJobCountMax == 20)
        #expect(specification.completionCriteria.completesOnConvergence)
        let job = TuningJob(
            id: TuningJob.ID(rawValue: 1), specification: specification, creationTime: Jobs.start)
        let answer = DescribeHyperParameterTuningJob.answer(
            job, specification: specification, best: nil, now: Jobs.start)
        let config = answer[Self.config]
        #expect(answer["Autotune"] == ["Mode": "Enabled"])
        #expect(config?["TrainingJobEarlyStoppingType"] == "Auto")
        #expect(config?["ResourceLimits"]?["MaxNumberOfTrainingJobs"] == 20)
        #expect(
            config?["ParameterRanges"]?["ContinuousParameterRanges"]?.array?.first?["MinValue"]
                == "0.0001")
        #expect(
            answer["TrainingJobDefinition"]?["RetryStrategy"] == ["MaximumRetryAttempts": 3])
    }

    @Test("Leaves what was given as it is")
    func keeps() throws {
        let body = Requests.tuningJob
            .setting(["Mode": "Enabled"], at: "Autotune")
            .setting("Off", at: Self.config, "TrainingJobEarlyStoppingType")
            .setting(
                ["ConvergenceDetected": ["CompleteOnConvergence": "Disabled"]], at: Self.config,
                "TuningJobCompletionCriteria"
            )
            .setting(
                ["MaximumRetryAttempts": 1], at: "TrainingJobDefinition", "RetryStrategy")
        let specification = try CreateHyperParameterTuningJob(body: body).validated()
        let plain = try CreateHyperParameterTuningJob(body: Requests.tuningJob).validated()
        #expect(specification.plan == plain.plan && specification.limits == plain.limits)
        #expect(specification.definitions[0].searchSpace == plain.definitions[0].searchSpace)
        #expect(specification.definitions[0].retryCountMax == 1)
        #expect(!specification.completionCriteria.completesOnConvergence)
    }

    @Test("A space of few combinations gets no more training jobs than that")
    func combinations() throws {
        let body = Self.bare.setting(
            [["Name": "flag", "ValueHint": "true"]], at: Self.config, "ParameterRanges",
            "AutoParameters")
        let specification = try CreateHyperParameterTuningJob(body: body).validated()
        #expect(specification.limits.trainingJobCountMax == 2)
    }
}
