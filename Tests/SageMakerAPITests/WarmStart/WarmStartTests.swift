import Testing
import Tuning

@testable import SageMakerAPI

@Suite("Warm start")
struct WarmStartTests {
    static let config = "HyperParameterTuningJobConfig"

    /// A request that learns from parents, otherwise as the parents were.
    static func request(
        _ kind: WarmStart.Kind = .identicalDataAndAlgorithm, parents: [String] = ["parent"]
    ) -> JSONValue {
        let names = parents.map { JSONValue.object(["HyperParameterTuningJobName": .string($0)]) }
        return Requests.tuningJob
            .setting("child", at: "HyperParameterTuningJobName")
            .setting(
                [
                    "ParentHyperParameterTuningJobs": .array(names),
                    "WarmStartType": .string(kind.rawValue),
                ], at: "WarmStartConfig")
    }

    /// A parent with the outcomes of its training jobs, whose lr is a hundredth of their number.
    static func parent(
        _ outcomes: [Trial.Outcome], of body: JSONValue = Requests.tuningJob, isOver: Bool = true
    ) throws -> ParentTuningJob {
        var jobs = Jobs(try CreateHyperParameterTuningJob(body: body).validated())
        for (trial, outcome) in outcomes.enumerated() {
            let values = [
                "lr": "0.0\(trial + 1)", "depth": "\(trial + 1)",
                "kind": ["a", "b", "c"][trial % 3],
            ]
            try jobs.train(trial, values, at: 10 * Double(trial))
            try jobs.apply(trial, at: 10 * Double(trial) + 5, .finished(outcome))
        }
        if isOver { try jobs.state.apply(.finished(.completed, Jobs.time(900))) }
        return ParentTuningJob(
            job: jobs.state.job, specification: jobs.state.specification,
            trainingJobs: jobs.trainingJobs.values.filter { $0.status.isFinished })
    }

    static let outcomes: [Trial.Outcome] = [
        .completed(Cost(-0.5)), .completed(Cost(-0.7)), .completed(nil),
        .failed(TrainingFailure(.algorithm, "diverged")),
        .failed(TrainingFailure(.internal, "lost")), .stopped(.earlyStopping, Cost(-0.6)),
    ]

    private func warmStart(
        _ body: JSONValue, parents: KnownParents
    ) throws -> WarmStart {
        try #require(
            try CreateHyperParameterTuningJob(body: body).validated(parents: parents).warmStart)
    }

    @Test("Completed and failed training jobs count, with the values and costs they had")
    func priors() throws {
        let parents = ["parent": try Self.parent(Self.outcomes)]
        for kind in [WarmStart.Kind.identicalDataAndAlgorithm, .transferLearning] {
            let warmStart = try warmStart(Self.request(kind), parents: parents)
            #expect(warmStart.kind == kind)
            #expect(warmStart.priors.map { $0.hyperparameters["depth"] } == ["1", "2", "3", "4"])
            #expect(warmStart.priors.map(\.cost) == [Cost(-0.5), Cost(-0.7), nil, nil])
            #expect(warmStart.priors.allSatisfy { $0.parent == 0 })
            let isSame = kind == .identicalDataAndAlgorithm
            #expect(warmStart.priors.allSatisfy { $0.isComparable == isSame })
            #expect(warmStart.best?.ordinal == 1 && warmStart.best?.cost == Cost(-0.7))
        }
    }

    @Test("Values outside the new ranges and categories that are gone are left out")
    func ranges() throws {
        let parents = ["parent": try Self.parent(Self.outcomes)]
        let narrow = Self.request()
            .setting(
                "0.015", at: Self.config, "ParameterRanges", "ContinuousParameterRanges", "0",
                "MinValue"
            )
            .setting(
                ["a", "b"], at: Self.config, "ParameterRanges", "CategoricalParameterRanges", "0",
                "Values")
        // lr 0.01 is too little, and the third training job had kind c.
        let priors = try warmStart(narrow, parents: parents).priors
        #expect(priors.map { $0.hyperparameters["depth"] } == ["2", "4"])
    }

    @Test("A static value that is searched now is the value that was tried")
    func staticBecomesSearched() throws {
        let parents = ["parent": try Self.parent(Self.outcomes)]
        let body = Self.request()
            .removing("TrainingJobDefinition", "StaticHyperParameters")
            .setting(
                [
                    ["Name": "depth", "MinValue": "1", "MaxValue": "8"],
                    ["Name": "epochs", "MinValue": "1", "MaxValue": "20"],
                ], at: Self.config, "ParameterRanges", "IntegerParameterRanges")
        let priors = try warmStart(body, parents: parents).priors
        #expect(priors.count == 4)
        #expect(priors.allSatisfy { $0.hyperparameters["epochs"] == "10" && $0.isComparable })
    }

    @Test("Where a searched value is static now, only those that had it are comparable")
    func searchedBecomesStatic() throws {
        let parents = ["parent": try Self.parent(Self.outcomes)]
        let body = Self.request()
            .setting(
                ["epochs": "10", "depth": "02"], at: "TrainingJobDefinition",
                "StaticHyperParameters"
            )
            .removing(Self.config, "ParameterRanges", "IntegerParameterRanges")
        let priors = try warmStart(body, parents: parents).priors
        #expect(priors.map(\.isComparable) == [false, true, false, false])
        #expect(priors[0].hyperparameters["depth"] == nil)
    }

    struct Refusal: Sendable {
        let body: JSONValue
        var parent = Requests.tuningJob
        var isOver = true
        let message: String
    }

    static let refusals = [
        Refusal(
            body: request(parents: ["other"]),
            message: "WarmStartConfig: there is no tuning job 'other'."),
        Refusal(
            body: request(parents: ["parent", "Parent"]),
            message: "WarmStartConfig: parent 'Parent' is given twice."),
        Refusal(
            body: request(), isOver: false,
            message: "WarmStartConfig: parent 'digits' is in status InProgress; wait until it is "
                + "over."),
        Refusal(
            body: request().setting(
                "Minimize", at: config, "HyperParameterTuningJobObjective", "Type"),
            message: "WarmStartConfig: parent 'digits' has the objective Maximize accuracy, not "
                + "Minimize accuracy; they must be the same."),
        Refusal(
            body: request().setting(
                ["steps": "3", "seed": "1"], at: "TrainingJobDefinition", "StaticHyperParameters"),
            message: "WarmStartConfig: parent 'digits' has other hyperparameters, static and "
                + "searched together: only this tuning job has [seed, steps]; only the parent has "
                + "[epochs]."),
        Refusal(
            body: request().removing(config, "ParameterRanges", "IntegerParameterRanges")
                .setting(
                    [["Name": "kind", "Values": ["a"]], ["Name": "depth", "Values": ["1"]]],
                    at: config, "ParameterRanges", "CategoricalParameterRanges"),
            message: "WarmStartConfig: parent 'digits' searches hyperparameter 'depth' as Integer, "
                + "not as Categorical; the type must not change."),
        Refusal(
            body: request()
                .setting(
                    "exec:other", at: "TrainingJobDefinition", "AlgorithmSpecification",
                    "TrainingImage"
                )
                .setting(
                    [
                        [
                            "ChannelName": "train",
                            "DataSource": [
                                "S3DataSource": ["S3DataType": "S3Prefix", "S3Uri": "s3://b/k"]
                            ],
                        ]
                    ], at: "TrainingJobDefinition", "InputDataConfig"),
            message: "WarmStartConfig: parent 'digits': with IdenticalDataAndAlgorithm, these must "
                + "be the same: AlgorithmSpecification (TrainingImage or AlgorithmName), "
                + "InputDataConfig. Use TransferLearning where they differ."),
        Refusal(
            body: request(), parent: Requests.tuningJobOfSeveral,
            message: "WarmStartConfig: parent 'digits' has several TrainingJobDefinitions; it "
                + "cannot be a parent."),
    ]

    @Test("What does not fit is refused by name", arguments: refusals)
    func refused(row: Refusal) throws {
        let parent = try Self.parent([], of: row.parent, isOver: row.isOver)
        let several = Requests.tuningJobOfSeveral
        #expect(throws: APIError.validation(row.message)) {
            try CreateHyperParameterTuningJob(body: row.body)
                .validated(parents: ["parent": parent, "Parent": parent])
        }
        let child = several.setting(Self.request()["WarmStartConfig"] ?? [:], at: "WarmStartConfig")
        #expect(
            throws: APIError.validation(
                "WarmStartConfig is only for a single TrainingJobDefinition.")
        ) {
            try CreateHyperParameterTuningJob(body: child).validated(parents: ["parent": parent])
        }
    }

    @Test("TransferLearning lets the image and the data differ")
    func transfer() throws {
        let body = Self.request(.transferLearning).setting(
            "exec:other", at: "TrainingJobDefinition", "AlgorithmSpecification", "TrainingImage")
        let parents = ["parent": try Self.parent(Self.outcomes)]
        #expect(try warmStart(body, parents: parents).priors.count == 4)
    }

    @Test("The overall best is the parents' or the own, of identical tuning jobs alone")
    func overallBest() throws {
        let parent = try Self.parent(Self.outcomes)
        for kind in [WarmStart.Kind.identicalDataAndAlgorithm, .transferLearning] {
            let specification = try CreateHyperParameterTuningJob(body: Self.request(kind))
                .validated(parents: ["parent": parent])
            var jobs = Jobs(specification)
            try jobs.train(0, ["lr": "0.05", "depth": "3", "kind": "a"], at: 0)
            try jobs.apply(0, at: 5, .finished(.completed(Cost(-0.6))))
            let isSame = kind == .identicalDataAndAlgorithm
            let better = specification.warmStart?.better(than: jobs.state.job.best)
            #expect((better?.ordinal == 1) == isSame)
            let best = try #require(parent.trainingJobs.first { $0.id.ordinal == 1 })
            let answer = DescribeHyperParameterTuningJob.answer(
                jobs.state.job, specification: specification, best: jobs.trainingJobs[0],
                parentBest: isSame ? (best, parent.specification) : nil, now: Jobs.time(9))
            let overall = answer["OverallBestTrainingJob"]
            #expect(overall?["TrainingJobName"]?.string == (isSame ? best.name : nil))
            #expect(overall?["TuningJobName"]?.string == (isSame ? "digits" : nil))
            let own = specification.warmStart?.better(
                than: TuningJob.Best(ordinal: 0, cost: try #require(Cost(-0.8))))
            #expect(own == nil)
        }
    }
}
