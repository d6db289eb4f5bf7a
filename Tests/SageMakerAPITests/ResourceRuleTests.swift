import SageMakerAPI
import Testing
import Tuning

@Suite("Resources, sources of data and profiling")
struct ResourceRuleTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let config: JSONValue
        let message: String?
        var testDescription: String { message ?? "accepted" }

        init(_ config: JSONValue, _ message: String?) {
            self.config = config
            self.message = message
        }
    }

    private static let group: JSONValue = [
        "InstanceType": "ml.c5.large", "InstanceCount": 1, "InstanceGroupName": "one",
    ]

    private static let rows: [Row] = [
        Row(["InstanceGroups": [group]], nil),
        Row(["InstanceGroups": [], "InstanceType": "ml.c5.large"], nil),
        Row(
            ["InstanceGroups": [group], "InstanceType": "ml.c5.large"],
            "has InstanceGroups and InstanceType; give InstanceType in each of the "
                + "InstanceGroups."),
        Row(
            ["InstanceGroups": [group], "InstanceCount": 1],
            "has InstanceGroups and InstanceCount; give InstanceCount in each of the "
                + "InstanceGroups."),
        Row(
            ["InstanceGroups": [group, group]],
            ": InstanceGroupName 'one' is given twice; names must be unique."),
        Row(["InstanceType": "ml.m5.large", "VolumeKmsKeyId": "key"], nil),
        Row(["InstanceType": "ml.g5.xlarge", "VolumeKmsKeyId": ""], nil),
        Row(
            ["InstanceType": "ml.g5.xlarge", "VolumeKmsKeyId": "key"],
            ": VolumeKmsKeyId is not for instance type 'ml.g5.xlarge', which has local storage; "
                + "leave it out."),
        Row(
            [
                "InstanceGroups": [group.setting("ml.p4d.24xlarge", at: "InstanceType")],
                "VolumeKmsKeyId": "key",
            ],
            ": VolumeKmsKeyId is not for instance type 'ml.p4d.24xlarge', which has local "
                + "storage; leave it out."),
    ]

    @Test("Instances are given in one way, and keys are for volumes", arguments: rows)
    func resources(row: Row) throws {
        let training = Requests.trainingJob.setting(row.config, at: "ResourceConfig")
        try check(row.message.map { place($0, "ResourceConfig") }) { () throws(APIError) in
            _ = try CreateTrainingJob(body: training).validated()
        }
        let tuning = Requests.tuningJob.setting(
            row.config, at: "TrainingJobDefinition", "ResourceConfig")
        let message = row.message.map { place($0, "TrainingJobDefinition.ResourceConfig") }
        try check(message) { () throws(APIError) in
            _ = try CreateHyperParameterTuningJob(body: tuning).validated()
        }
    }

    @Test("Keys are for the volumes of flexible configurations too")
    func flexibleResources() throws {
        let body = Requests.tuningJob.removing("TrainingJobDefinition", "ResourceConfig").setting(
            [
                "VolumeKmsKeyId": "key",
                "InstanceConfigs": [
                    ["InstanceType": "ml.trn1.2xlarge", "InstanceCount": 1, "VolumeSizeInGB": 1]
                ],
            ], at: "TrainingJobDefinition", "HyperParameterTuningResourceConfig")
        try check(
            "TrainingJobDefinition.HyperParameterTuningResourceConfig: VolumeKmsKeyId is not for "
                + "instance type 'ml.trn1.2xlarge', which has local storage; leave it out."
        ) { () throws(APIError) in
            _ = try CreateHyperParameterTuningJob(body: body).validated()
        }
    }

    private static let s3: JSONValue = ["S3DataType": "S3Prefix", "S3Uri": "s3://bucket/key"]
    private static let fileSystem: JSONValue = [
        "FileSystemId": "fs-0123456789", "FileSystemAccessMode": "ro", "FileSystemType": "EFS",
        "DirectoryPath": "/data",
    ]

    @Test(
        "A channel has one source of data",
        arguments: [
            (["S3DataSource": s3], nil), (["FileSystemDataSource": fileSystem], nil), ([:], 0),
            (["S3DataSource": s3, "FileSystemDataSource": fileSystem], 2),
        ] as [(JSONValue, Int?)])
    func dataSources(source: JSONValue, count: Int?) throws {
        let body = Requests.trainingJob.setting(
            [["ChannelName": "train", "DataSource": source]], at: "InputDataConfig")
        let message = count.map {
            "InputDataConfig: channel 'train' has \($0) data sources; its DataSource must have "
                + "exactly one of [S3DataSource, FileSystemDataSource, DatasetSource]."
        }
        try check(message) { () throws(APIError) in
            _ = try CreateTrainingJob(body: body).validated()
        }
    }

    @Test("Data goes to groups of instances that exist", arguments: ["one", "two"])
    func groupsOfChannels(name: String) throws {
        let source = Self.s3.setting([.string(name)], at: "InstanceGroupNames")
        let body = Requests.trainingJob
            .setting(["InstanceGroups": [Self.group]], at: "ResourceConfig")
            .setting(
                [["ChannelName": "train", "DataSource": ["S3DataSource": source]]],
                at: "InputDataConfig")
        let message =
            "InputDataConfig: channel 'train' has InstanceGroupNames 'two', which is not one of "
            + "the InstanceGroups [one]."
        try check(name == "one" ? nil : message) { () throws(APIError) in
            _ = try CreateTrainingJob(body: body).validated()
        }
    }

    @Test(
        "Profiling has six intervals",
        arguments: [(100, true), (60_000, true), (99, false), (0, false), (60_001, false)])
    func profilingIntervals(milliseconds: Int, isTaken: Bool) throws {
        let body = Requests.trainingJob.setting(
            .integer(milliseconds), at: "ProfilerConfig", "ProfilingIntervalInMilliseconds")
        let message =
            "ProfilerConfig: ProfilingIntervalInMilliseconds [\(milliseconds)] must be one of "
            + "[100, 200, 500, 1000, 5000, 60000]."
        try check(isTaken ? nil : message) { () throws(APIError) in
            _ = try CreateTrainingJob(body: body).validated()
        }
        let update = try UpdateTrainingJob(body: [
            "TrainingJobName": "Single-1",
            "ProfilerConfig": ["ProfilingIntervalInMilliseconds": .integer(milliseconds)],
        ])
        let running = try #require(try Jobs.three().trainingJobs[2])
        try check(isTaken ? nil : message) { () throws(APIError) in
            _ = try update.changes(of: running)
        }
    }

    @Test("Transform jobs take prefixes and manifests", arguments: ["Converse", "S3Prefix"])
    func transformInput(type: String) throws {
        let body = Algorithms.validated.setting(
            [
                "TransformInput": [
                    "DataSource": [
                        "S3DataSource": ["S3DataType": .string(type), "S3Uri": "s3://bucket/key"]
                    ]
                ],
                "TransformOutput": ["S3OutputPath": "s3://bucket/output"],
                "TransformResources": ["InstanceType": "ml.m5.large", "InstanceCount": 1],
            ], at: "ValidationSpecification", "ValidationProfiles", "0", "TransformJobDefinition")
        let message =
            "TransformJobDefinition.TransformInput: S3DataType 'Converse' is not for transform "
            + "jobs; give ManifestFile or S3Prefix."
        try check(type == "S3Prefix" ? nil : message) { () throws(APIError) in
            _ = try CreateAlgorithm(body: body).validated(now: Jobs.start)
        }
    }

    private func place(_ message: String, _ place: String) -> String {
        message.hasPrefix(":") ? place + message : "\(place) \(message)"
    }

    private func check(_ message: String?, _ create: () throws(APIError) -> Void) throws {
        guard let message else { return try create() }
        #expect(throws: APIError.validation(message)) { try create() }
    }
}
