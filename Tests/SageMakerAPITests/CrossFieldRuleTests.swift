import SageMakerAPI
import Testing
import Tuning

@Suite("Rules over several members")
struct CrossFieldRuleTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let body: JSONValue
        let message: String?
        var testDescription: String { message ?? "accepted" }

        init(_ body: JSONValue, _ message: String?) {
            self.body = body
            self.message = message
        }
    }

    private static let config = "HyperParameterTuningJobConfig"
    private static let one = "TrainingJobDefinition"
    private static let good = Requests.tuningJob

    private static func training(_ row: Row) throws {
        try check(row) { () throws(APIError) in
            _ = try CreateTrainingJob(body: row.body).validated()
        }
    }

    private static func tuning(_ row: Row) throws {
        try check(row) { () throws(APIError) in
            _ = try CreateHyperParameterTuningJob(body: row.body).validated()
        }
    }

    private static func check(_ row: Row, _ create: () throws(APIError) -> Void) throws {
        guard let message = row.message else { return try create() }
        #expect(throws: APIError.validation(message)) { try create() }
    }

    private static func channel(
        _ name: String = "train", type: String = "S3Prefix", with members: JSONValue = [:]
    ) -> JSONValue {
        var channel: [String: JSONValue] = [
            "ChannelName": .string(name),
            "DataSource": ["S3DataSource": ["S3DataType": .string(type), "S3Uri": "s3://b/p"]],
        ]
        channel.merge(members.object ?? [:]) { _, new in new }
        return .object(channel)
    }

    private static func channels(_ channels: JSONValue..., mode: String = "File") -> JSONValue {
        Requests.trainingJob.setting(.array(channels), at: "InputDataConfig")
            .setting(.string(mode), at: "AlgorithmSpecification", "TrainingInputMode")
    }

    private static let streamRows: [Row] = [
        Row(
            channels(channel(type: "AugmentedManifestFile")),
            "InputDataConfig: channel 'train' has S3DataType AugmentedManifestFile, which needs "
                + "input mode Pipe, not File."),
        Row(
            channels(channel(type: "AugmentedManifestFile", with: ["InputMode": "FastFile"])),
            "InputDataConfig: channel 'train' has S3DataType AugmentedManifestFile, which needs "
                + "input mode Pipe, not FastFile."),
        Row(channels(channel(type: "AugmentedManifestFile", with: ["InputMode": "Pipe"])), nil),
        Row(channels(channel(type: "AugmentedManifestFile"), mode: "Pipe"), nil),
        Row(
            channels(channel(with: ["CompressionType": "Gzip"])),
            "InputDataConfig: channel 'train' has CompressionType Gzip, which needs input mode "
                + "Pipe, not File."),
        Row(channels(channel(with: ["CompressionType": "None"])), nil),
        Row(
            channels(channel(with: ["RecordWrapperType": "RecordIO"])),
            "InputDataConfig: channel 'train' has RecordWrapperType RecordIO, which needs input "
                + "mode Pipe, not File."),
        Row(
            channels(
                channel(with: ["RecordWrapperType": "RecordIO", "CompressionType": "Gzip"]),
                mode: "Pipe"), nil),
    ]

    @Test("What only a stream can do needs input mode Pipe", arguments: streamRows)
    func streams(row: Row) throws { try Self.training(row) }

    @Test(
        "Channels have names of their own",
        arguments: [
            Row(
                channels(channel("a"), channel("b"), channel("a")),
                "InputDataConfig: ChannelName 'a' is given twice; names must be unique."),
            Row(channels(channel("a"), channel("A")), nil),
        ])
    func channelNames(row: Row) throws { try Self.training(row) }

    @Test("Channels of definitions follow the same rules")
    func definitions() throws {
        try Self.tuning(
            Row(
                Self.good.setting(
                    [Self.channel("a"), Self.channel("a")], at: Self.one, "InputDataConfig"),
                "TrainingJobDefinition.InputDataConfig: ChannelName 'a' is given twice; "
                    + "names must be unique."))
    }

    private static let waitRows: [Row] = [
        Row(
            Requests.trainingJob.setting(
                90_000, at: "StoppingCondition", "MaxWaitTimeInSeconds"),
            "StoppingCondition: MaxWaitTimeInSeconds is only for managed spot training; leave it "
                + "out, or set EnableManagedSpotTraining."),
        Row(
            Requests.trainingJob
                .setting(86_400, at: "StoppingCondition", "MaxWaitTimeInSeconds")
                .setting(true, at: "EnableManagedSpotTraining"), nil),
        Row(Requests.trainingJob.setting(true, at: "EnableManagedSpotTraining"), nil),
    ]

    @Test("Only managed spot training waits, and no shorter than it trains", arguments: waitRows)
    func waiting(row: Row) throws { try Self.training(row) }

    @Test(
        "Settings of Hyperband fit together",
        arguments: [
            (
                [
                    "StrategyConfig": [
                        "HyperbandStrategyConfig": ["MinResource": 9, "MaxResource": 3]
                    ]
                ],
                "HyperbandStrategyConfig: MinResource [9] must not be greater than MaxResource [3]."
            ),
            (
                ["TrainingJobEarlyStoppingType": "Auto"],
                "TrainingJobEarlyStoppingType must be Off with Strategy Hyperband, which stops "
                    + "training jobs itself."
            ),
        ] as [(JSONValue, String)])
    func hyperband(members: JSONValue, part: String) throws {
        var config = Self.good[Self.config]?.object ?? [:]
        config["Strategy"] = "Hyperband"
        config.merge(members.object ?? [:]) { _, new in new }
        let error = try #require(throws: APIError.self) {
            try CreateHyperParameterTuningJob(
                body: Self.good.setting(.object(config), at: Self.config)
            ).validated()
        }
        #expect(error.message.contains(part))
    }

    @Test("A training job has at most a hundred hyperparameters", arguments: [96, 97])
    func hyperparameterCount(fixed: Int) throws {
        let names = (0..<fixed).map { ("h\($0)", JSONValue.string("1")) }
        let body = Self.good.setting(
            .object(Dictionary(uniqueKeysWithValues: names)), at: Self.one, "StaticHyperParameters")
        // Three are searched, and one more names the objective.
        try Self.tuning(
            Row(
                body,
                fixed == 96
                    ? nil
                    : "TrainingJobDefinition has 101 hyperparameters, static, searched and "
                        + "_tuning_objective_metric, but a training job may have 100."))
    }

    @Test("The hyperparameter that names the objective cannot be searched")
    func objectiveHyperparameter() throws {
        try Self.tuning(
            Row(
                Self.good.setting(
                    "_tuning_objective_metric", at: Self.config, "ParameterRanges",
                    "IntegerParameterRanges", "0", "Name"),
                "TrainingJobDefinition: _tuning_objective_metric is set by the service; it cannot "
                    + "have a range."))
    }

    @Test("Ranges are counted over all definitions, those that are wrong too")
    func rangeCount() throws {
        let ranges = JSONValue.array(
            (0..<16).map { ["Name": .string("p\($0)"), "MinValue": "1", "MaxValue": "0"] })
        var body = Requests.tuningJobOfSeveral
        for index in ["0", "1"] {
            body = body.setting(
                ["IntegerParameterRanges": ranges], at: "TrainingJobDefinitions", index,
                "HyperParameterRanges")
        }
        let error = try #require(throws: APIError.self) {
            try CreateHyperParameterTuningJob(body: body).validated()
        }
        #expect(error.message.hasPrefix("33 validation errors detected: "))
        #expect(error.message.contains("may have 30 hyperparameters together, but there are 32."))
    }

    @Test("Tags of the service itself are refused", arguments: ["aws:x", "AWS:x", "Aws:"])
    func reservedTags(key: String) throws {
        try Self.training(
            Row(
                Requests.trainingJob.setting([["Key": .string(key), "Value": ""]], at: "Tags"),
                "Tag key '\(key)' begins with aws:, which is reserved."))
    }

    @Test("Tags that only contain aws are taken", arguments: ["aws", "my:aws:x", "awsx:y"])
    func otherTags(key: String) throws {
        try Self.training(
            Row(
                Requests.trainingJob.setting([["Key": .string(key), "Value": ""]], at: "Tags"), nil)
        )
    }

    @Test("A definition may repeat the objective and the ranges of the config, not change them")
    func repeated() throws {
        let objective = try #require(Self.good[Self.config]?["HyperParameterTuningJobObjective"])
        let ranges = try #require(Self.good[Self.config]?["ParameterRanges"])
        let same = Self.good.setting(objective, at: Self.one, "TuningObjective")
            .setting(ranges, at: Self.one, "HyperParameterRanges")
        try Self.tuning(Row(same, nil))
        try Self.tuning(
            Row(
                same.setting("Minimize", at: Self.one, "TuningObjective", "Type")
                    .setting([], at: Self.one, "HyperParameterRanges", "IntegerParameterRanges"),
                "2 validation errors detected: TrainingJobDefinition.TuningObjective differs from "
                    + "HyperParameterTuningJobObjective; give one of them.; "
                    + "TrainingJobDefinition.HyperParameterRanges differs from ParameterRanges; "
                    + "give one of them."))
    }

    @Test("A flexible configuration excludes the members of a single one")
    func instanceConfigs() throws {
        let config: JSONValue = [
            "InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1,
            "InstanceConfigs": [
                ["InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1]
            ],
        ]
        let error = try #require(throws: APIError.self) {
            try CreateHyperParameterTuningJob(
                body: Self.good.removing(Self.one, "ResourceConfig")
                    .setting(config, at: Self.one, "HyperParameterTuningResourceConfig")
            ).validated()
        }
        #expect(error.message.hasPrefix("3 validation errors detected: "))
        for member in ["InstanceType", "InstanceCount", "VolumeSizeInGB"] {
            #expect(error.message.contains("has InstanceConfigs and \(member);"))
        }
    }
}
