// What training jobs and the definitions of tuning jobs have in common.

extension Shape {
    static let inputMode = word(["Pipe", "File", "FastFile"])

    static let stoppingCondition = structure([
        .optional("MaxRuntimeInSeconds", integer(from: 1)),
        .optional("MaxWaitTimeInSeconds", integer(from: 1)),
        .optional("MaxPendingTimeInSeconds", integer(from: 7_200, to: 2_419_200)),
    ])

    static let retryStrategy = structure([
        .required("MaximumRetryAttempts", integer(from: 1, to: 30))
    ])

    static let checkpointConfig = structure([
        .required("S3Uri", address), .optional("LocalPath", directoryPath),
    ])

    static let outputDataConfig = structure([
        .optional("KmsKeyId", keyID),
        .required("S3OutputPath", address),
        .optional("CompressionType", word(["GZIP", "NONE"])),
    ])

    private static let networkID = text(0...32, "[-0-9a-zA-Z]+")
    static let networkConfig = structure([
        .required("SecurityGroupIds", list(networkID, count: 1...5)),
        .required("Subnets", list(networkID, count: 1...16)),
    ])

    /// Instance types are names of machines somewhere else: any `ml.` name is taken.
    static let instanceType = text(0...256, #"ml\.[a-z0-9\-]+\.[a-z0-9\-]+|local(_gpu)?"#)

    static let resourceConfig = structure([
        .optional("InstanceType", instanceType),
        .optional("InstanceCount", integer(from: 0)),
        .optional("VolumeSizeInGB", integer(from: 0)),
        .optional("VolumeKmsKeyId", keyID),
        .optional("KeepAlivePeriodInSeconds", integer(from: 0, to: 21_600)),
        .optional("InstanceGroups", instanceGroups),
        .optional("TrainingPlanArn", text(50...2_048)),
        .optional("InstancePlacementConfig", anything),
    ])

    private static let instanceGroups = list(
        structure([
            .required("InstanceType", instanceType),
            .required("InstanceCount", integer(from: 0)),
            .required("InstanceGroupName", text(1...64, ".+")),
        ]), count: 0...5)
}

// MARK: - Input data

extension Shape {
    static let inputDataConfig = list(
        structure([
            .required("ChannelName", text(1...64, #"[A-Za-z0-9\.\-_]+"#)),
            .required("DataSource", dataSource),
            .optional("ContentType", text(0...256, ".*")),
            .optional("CompressionType", word(["None", "Gzip"])),
            .optional("RecordWrapperType", word(["None", "RecordIO"])),
            .optional("InputMode", inputMode),
            .optional(
                "ShuffleConfig", structure([.required("Seed", .integer(Int.min...Int.max))])),
        ]), count: 1...20)

    private static let dataSource = structure([
        .optional("S3DataSource", objectDataSource),
        .optional("FileSystemDataSource", fileSystemDataSource),
        .optional("DatasetSource", structure([.required("DatasetArn", text(0...2_048))])),
    ])

    private static let objectDataSource = structure([
        .required(
            "S3DataType",
            word(["ManifestFile", "S3Prefix", "AugmentedManifestFile", "Converse"])),
        .required("S3Uri", address),
        .optional("S3DataDistributionType", word(["FullyReplicated", "ShardedByS3Key"])),
        .optional("AttributeNames", list(text(1...256, ".+"), count: 0...16)),
        .optional("InstanceGroupNames", list(text(1...64, ".+"), count: 0...5)),
        .optional("ModelAccessConfig", structure([.required("AcceptEula", boolean)])),
        .optional("HubAccessConfig", structure([.required("HubContentArn", text(0...255))])),
    ])

    private static let fileSystemDataSource = structure([
        .required("FileSystemId", text(11...21, "(fs-[0-9a-f]{8,})")),
        .required("FileSystemAccessMode", word(["rw", "ro"])),
        .required("FileSystemType", word(["EFS", "FSxLustre"])),
        .required("DirectoryPath", directoryPath),
    ])
}
