import SageMakerAPI
import Testing
import Tuning

@Suite("CreateHyperParameterTuningJob")
struct TuningJobRulesTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let body: JSONValue
        let message: String
        var testDescription: String { message }

        init(_ body: JSONValue, _ message: String) {
            self.body = body
            self.message = message
        }
    }

    private static let config = "HyperParameterTuningJobConfig"
    private static let one = "TrainingJobDefinition"
    private static let several = "TrainingJobDefinitions"
    private static let good = Requests.tuningJob
    private static let goodSeveral = Requests.tuningJobOfSeveral

    private static func ranges(_ ranges: JSONValue, max: JSONValue = 4) -> JSONValue {
        good.setting(ranges, at: config, "ParameterRanges")
            .setting(max, at: config, "ResourceLimits", "MaxNumberOfTrainingJobs")
    }

    private static func grid(_ ranges: JSONValue, max: JSONValue, tag: String? = nil) -> JSONValue {
        let body = self.ranges(ranges, max: max).setting("Grid", at: config, "Strategy")
        guard let tag else { return body }
        return body.setting([["Key": "tuner:grid-levels", "Value": .string(tag)]], at: "Tags")
    }

    private static func check(_ row: Row) {
        #expect(throws: APIError.validation(row.message)) {
            try CreateHyperParameterTuningJob(body: row.body).validated()
        }
    }

    private static let real: JSONValue = [
        "ContinuousParameterRanges": [["Name": "lr", "MinValue": "0", "MaxValue": "1"]]
    ]
    private static let three: JSONValue = [
        "CategoricalParameterRanges": [["Name": "kind", "Values": ["a", "b", "c"]]]
    ]

    @Test(
        "What makes no search space is refused",
        arguments: [
            Row(
                good.removing(config, "ParameterRanges"),
                "ParameterRanges is missing; give at least one hyperparameter a range."),
            Row(ranges([:]), "ParameterRanges has no range; give at least one hyperparameter one."),
            Row(
                good.setting(["lr": "1"], at: one, "StaticHyperParameters"),
                "Hyperparameter 'lr' is in StaticHyperParameters and in ParameterRanges; "
                    + "give it one value, or a range."),
            Row(
                ranges([
                    "IntegerParameterRanges": [["Name": "n", "MinValue": "x", "MaxValue": "2"]]
                ]),
                "Parameter 'n': bound 'x' must be a whole number such as 3 or -12."),
            Row(
                ranges([
                    "ContinuousParameterRanges": [
                        ["Name": "n", "MinValue": "NaN", "MaxValue": "2"]
                    ]
                ]),
                "Parameter 'n': bound 'NaN' must be a finite decimal number such as 0.1 or 1e-4."),
            Row(
                ranges([
                    "ContinuousParameterRanges": [["Name": "n", "MinValue": "3", "MaxValue": "2"]]
                ]),
                "Parameter 'n': MinValue 3.0 must not be greater than MaxValue 2.0."),
            Row(
                ranges([
                    "ContinuousParameterRanges": [
                        [
                            "Name": "n", "MinValue": "0", "MaxValue": "2",
                            "ScalingType": "Logarithmic",
                        ]
                    ]
                ]),
                "Parameter 'n': Logarithmic scaling needs values above zero, but MinValue is 0.0; "
                    + "raise it or choose Linear."),
            Row(
                ranges([
                    "IntegerParameterRanges": [
                        [
                            "Name": "n", "MinValue": "0", "MaxValue": "2",
                            "ScalingType": "ReverseLogarithmic",
                        ]
                    ]
                ]),
                "Parameter 'n': ReverseLogarithmic scaling is for continuous ranges only; "
                    + "choose Auto, Linear or Logarithmic."),
            Row(
                ranges([
                    "IntegerParameterRanges": [["Name": "n", "MinValue": "1", "MaxValue": "9"]],
                    "CategoricalParameterRanges": [["Name": "n", "Values": ["a"]]],
                ]),
                "Parameter 'n' is declared twice; give each parameter its own name."),
            Row(
                ranges([
                    "IntegerParameterRanges": .array(
                        (0..<20).map {
                            ["Name": .string("i\($0)"), "MinValue": "1", "MaxValue": "9"]
                        }),
                    "CategoricalParameterRanges": .array(
                        (0..<11).map {
                            ["Name": .string("c\($0)"), "Values": ["a"]]
                        }),
                ]),
                "The ranges of a tuning job may have 30 hyperparameters together, but there are 31."
            ),
        ])
    func searchSpaces(row: Row) { Self.check(row) }

    @Test(
        "Combinations must be enough for the training jobs asked for",
        arguments: [
            Row(
                ranges(three, max: 10),
                "You don't have enough combinations of hyperparameter ranges. The total number of "
                    + "hyperparameter combinations for the provided ranges [3.0] must be equal or "
                    + "greater than the value of MaxNumberOfJobs, [10]. Provide additional ranges."),
            Row(
                grid(three, max: 2),
                "With Strategy Grid, MaxNumberOfTrainingJobs [2] must equal the number of "
                    + "hyperparameter combinations [3], or be left out."),
            Row(
                grid(real, max: .null),
                "Parameter 'lr': Grid search needs a number of levels for a continuous range; make it "
                    + "categorical, or set the tag tuner:grid-levels to 'lr=5'."),
            Row(
                grid(real, max: .null, tag: "many"),
                "Tag tuner:grid-levels: 'many' must be a number of levels such as 5, or a "
                    + "hyperparameter with one such as lr=5."),
            Row(
                grid(real, max: .null, tag: "lr=0"),
                "Tag tuner:grid-levels: 'lr=0' must be a number of levels such as 5, or a "
                    + "hyperparameter with one such as lr=5."),
            Row(
                grid(real, max: .null, tag: "5 depth=3"),
                "Parameter 'depth' is not in the search space."),
        ])
    func combinations(row: Row) { Self.check(row) }

    @Test(
        "Grids that can be searched are accepted",
        arguments: [
            (grid(three, max: 3), GridLevels()),
            (grid(three, max: .null), GridLevels()),
            (grid(real, max: 5, tag: "5"), GridLevels(standard: 5)),
            (grid(real, max: 4, tag: "9 lr=4"), GridLevels(byName: ["lr": 4], standard: 9)),
        ])
    func grids(body: JSONValue, levels: GridLevels) throws {
        let specification = try CreateHyperParameterTuningJob(body: body).validated()
        #expect(specification.plan == .fullTraining(.grid(levels)))
    }

    @Test(
        "Definitions that contradict themselves are refused",
        arguments: [
            Row(
                good.removing(one),
                "Give exactly one of TrainingJobDefinition and TrainingJobDefinitions."),
            Row(
                goodSeveral.setting(Requests.definition, at: one),
                "Give exactly one of TrainingJobDefinition and TrainingJobDefinitions."),
            Row(
                good.setting("loss", at: config, "HyperParameterTuningJobObjective", "MetricName"),
                "A metric is required for this hyperparameter tuning job objective. "
                    + "Provide a metric in the metric definitions."),
            Row(
                good.removing(config, "HyperParameterTuningJobObjective"),
                "HyperParameterTuningJobObjective is missing; name the metric to optimise and the "
                    + "direction."),
            Row(
                good.setting(
                    "(", at: one, "AlgorithmSpecification", "MetricDefinitions", "0", "Regex"),
                "MetricDefinitions: the Regex '(' of metric 'accuracy' is not a regular expression."
            ),
            Row(
                good.removing(one, "AlgorithmSpecification", "TrainingImage"),
                "TrainingJobDefinition.AlgorithmSpecification has no TrainingImage; it says which "
                    + "program is trained."),
            Row(
                good.setting(
                    ["InstanceType": "ml.m5.large"], at: one,
                    "HyperParameterTuningResourceConfig"),
                "TrainingJobDefinition has both ResourceConfig and "
                    + "HyperParameterTuningResourceConfig; give one."),
            Row(
                good.setting(60, at: one, "StoppingCondition", "MaxWaitTimeInSeconds")
                    .setting(true, at: one, "EnableManagedSpotTraining"),
                "TrainingJobDefinition.StoppingCondition: MaxWaitTimeInSeconds [60] must be at least "
                    + "MaxRuntimeInSeconds [3600]."),
            Row(
                good.setting([:], at: config, "StrategyConfig"),
                "StrategyConfig is only for Strategy Hyperband; leave it out."),
            Row(
                good.setting(
                    [["Key": "a", "Value": "1"], ["Key": "a", "Value": "2"]], at: "Tags"),
                "Tag key 'a' is given twice; keys must be unique."),
            Row(
                goodSeveral.setting("one", at: several, "1", "DefinitionName"),
                "DefinitionName 'one' is given twice; names must be unique."),
            Row(
                goodSeveral.removing(several, "0", "DefinitionName"),
                "TrainingJobDefinitions[0] has no DefinitionName; several definitions need names."),
            Row(
                goodSeveral.removing(several, "1", "TuningObjective"),
                "TrainingJobDefinitions[1].TuningObjective is missing; name the metric to optimise "
                    + "and the direction."),
            Row(
                goodSeveral.removing(several, "1", "HyperParameterRanges"),
                "TrainingJobDefinitions[1].HyperParameterRanges is missing; give at least one "
                    + "hyperparameter a range."),
            Row(
                goodSeveral.setting(real, at: config, "ParameterRanges"),
                "With TrainingJobDefinitions, ParameterRanges belongs into each definition; remove it "
                    + "from HyperParameterTuningJobConfig."),
            Row(
                goodSeveral
                    .setting(variables("A", 30), at: several, "0", "Environment")
                    .setting(variables("B", 19), at: several, "1", "Environment"),
                "The Environments of all definitions may have 48 variables together, but there are "
                    + "49."),
        ])
    func definitions(row: Row) { Self.check(row) }

    private static func variables(_ prefix: String, _ count: Int) -> JSONValue {
        .object(
            Dictionary(uniqueKeysWithValues: (0..<count).map { ("\(prefix)\($0)", "x") }))
    }

    @Test(
        "What this version cannot do is refused by name",
        arguments: [
            Row(
                good.setting(
                    [["Name": "x", "ValueHint": "1"]], at: config, "ParameterRanges",
                    "AutoParameters"),
                "AutoParameters are only for tuning jobs with Autotune; set its Mode to Enabled, "
                    + "or give the hyperparameters ranges.")
        ])
    func unavailable(row: Row) { Self.check(row) }

    @Test("Every problem of a request is told at once")
    func everyProblem() {
        let body = Self.ranges([
            "IntegerParameterRanges": [["Name": "n", "MinValue": "2", "MaxValue": "1"]]
        ])
        .setting(
            [["Name": "x", "ValueHint": "1"]], at: Self.config, "ParameterRanges", "AutoParameters")
        Self.check(
            Row(
                body,
                "2 validation errors detected: AutoParameters are only for tuning jobs with Autotune; "
                    + "set its Mode to Enabled, or give the hyperparameters ranges.; Parameter 'n': "
                    + "MinValue 2 must not be greater than MaxValue 1."))
    }

    @Test(
        "A strategy is a plan",
        arguments: [
            ("Bayesian", SearchMethod.bayesian), ("Random", .random), ("Sobol", .quasiRandom),
        ])
    func strategy(name: String, method: SearchMethod) throws {
        let body = Self.good.setting(.string(name), at: Self.config, "Strategy")
        let specification = try CreateHyperParameterTuningJob(body: body).validated()
        #expect(specification.plan == .fullTraining(method))
    }

    @Test("An image that no backend runs is refused in the backend's words")
    func image() {
        let message = "TrainingJobDefinition.AlgorithmSpecification.TrainingImage: no 'exec'"
        #expect(throws: APIError.validation(message)) {
            try CreateHyperParameterTuningJob(body: Requests.tuningJob)
                .validated(checkImage: { definition, _ in "no '\(definition.image.prefix(4))'" })
        }
    }
}
