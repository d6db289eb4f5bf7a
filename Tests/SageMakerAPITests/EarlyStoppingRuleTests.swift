import Testing
import Tuning

@testable import SageMakerAPI

@Suite("Rules of early stopping")
struct EarlyStoppingRuleTests {
    static let config = "HyperParameterTuningJobConfig"

    private static func hyperband(
        _ settings: JSONValue?, fixed: JSONValue = [:], checkpoints: Bool = false
    ) -> JSONValue {
        var body = Requests.tuningJob
            .setting("Hyperband", at: config, "Strategy")
            .setting(fixed, at: "TrainingJobDefinition", "StaticHyperParameters")
        if let settings {
            body = body.setting(settings, at: config, "StrategyConfig", "HyperbandStrategyConfig")
        }
        if checkpoints {
            body = body.setting(
                ["S3Uri": "s3://bucket/checkpoints"], at: "TrainingJobDefinition",
                "CheckpointConfig")
        }
        return body
    }

    struct Row: Sendable {
        let body: JSONValue
        let plan: HyperbandPlan
    }

    @Test(
        "MaxResource is given, or taken from the first of the static hyperparameters that count",
        arguments: [
            Row(
                body: hyperband(["MaxResource": 30]),
                plan: HyperbandPlan(resourceMax: Resource(30))),
            Row(
                body: hyperband(["MinResource": 2, "MaxResource": 20_000], checkpoints: true),
                plan: HyperbandPlan(
                    resourceMin: Resource(2), resourceMax: Resource(20_000), pausesTrials: true)),
            Row(
                body: hyperband(nil, fixed: ["num_epochs": "7", "epochs": "10"]),
                plan: HyperbandPlan(resourceMax: Resource(10), endsByItself: true)),
            Row(
                body: hyperband(["MinResource": 3], fixed: ["n-epochs": "\"12\""]),
                plan: HyperbandPlan(
                    resourceMin: Resource(3), resourceMax: Resource(12), endsByItself: true)),
            Row(
                body: hyperband(["MaxResource": 30], fixed: ["n_epochs": "40"]),
                plan: HyperbandPlan(resourceMax: Resource(30))),
            Row(
                body: hyperband(["MaxResource": 30], fixed: ["numepochs": "30"]),
                plan: HyperbandPlan(resourceMax: Resource(30), endsByItself: true)),
        ])
    func plan(row: Row) throws {
        let specification = try CreateHyperParameterTuningJob(body: row.body).validated()
        #expect(specification.plan == .hyperband(row.plan))
        #expect(specification.plan.label == "Hyperband")
    }

    struct Refusal: Sendable {
        let body: JSONValue
        let message: String
    }

    private static let missing =
        "Strategy Hyperband needs HyperbandStrategyConfig.MaxResource, or a whole number in one "
        + "of the static hyperparameters [epochs, numepochs, n-epochs, n_epochs, num_epochs], from "
        + "which it is taken."

    @Test(
        "Resources that are missing, too many or do not fit are refused",
        arguments: [
            Refusal(body: hyperband(nil), message: missing),
            Refusal(
                body: hyperband(nil, fixed: ["epochs": "many", "n_epochs": "3"]), message: missing),
            Refusal(
                body: hyperband(nil, fixed: ["epochs": "20001"]),
                message: "HyperbandStrategyConfig: MaxResource [20001] must not be greater than "
                    + "20000."),
            Refusal(
                body: hyperband(["MinResource": 9], fixed: ["epochs": "8"]),
                message: "HyperbandStrategyConfig: MinResource [9] must not be greater than "
                    + "MaxResource [8], which is taken from the static hyperparameters."),
            Refusal(
                body: hyperband(["MinResource": 9, "MaxResource": 3]),
                message: "HyperbandStrategyConfig: MinResource [9] must not be greater than "
                    + "MaxResource [3]."),
        ])
    func refused(row: Refusal) {
        #expect(throws: APIError.validation(row.message)) {
            try CreateHyperParameterTuningJob(body: row.body).validated()
        }
    }

    @Test("Auto is the median rule, for one definition")
    func auto() throws {
        let body = Requests.tuningJob.setting(
            "Auto", at: Self.config, "TrainingJobEarlyStoppingType")
        let specification = try CreateHyperParameterTuningJob(body: body).validated()
        #expect(specification.plan == .medianStopping(.random))
        #expect(specification.plan.label == "Random")
        let several = Requests.tuningJobOfSeveral
            .setting("Auto", at: Self.config, "TrainingJobEarlyStoppingType")
        #expect(
            throws: APIError.validation(
                "TrainingJobEarlyStoppingType Auto is only for a single TrainingJobDefinition; "
                    + "use Off.")
        ) { try CreateHyperParameterTuningJob(body: several).validated() }
    }
}
