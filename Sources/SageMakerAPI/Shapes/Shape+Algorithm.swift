// The requests that create, name and list algorithms, and the one that updates a training job.

extension Shape {
    private static let entityName = text(1...63, "[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}")
    private static let description = text(0...1_024, #"[\p{L}\p{M}\p{Z}\p{S}\p{N}\p{P}]*"#)

    /// What `InferenceSpecification` and transform jobs hold is kept and shown, not understood.
    static let createAlgorithm = structure([
        .required("AlgorithmName", entityName),
        .optional("AlgorithmDescription", description),
        .required("TrainingSpecification", trainingSpecification),
        .optional(
            "InferenceSpecification",
            structure([.required("Containers", list(anything, count: 1...15))])),
        .optional(
            "ValidationSpecification",
            structure([
                .required("ValidationRole", roleARN),
                .required("ValidationProfiles", list(validationProfile, count: 1...1)),
            ])),
        .optional("CertifyForMarketplace", boolean),
        .optional("Tags", tags),
    ])

    /// Images that are command lines may have spaces.
    private static let trainingSpecification = structure([
        .required("TrainingImage", text(0...255, #"[\S]+|exec:.*"#)),
        .optional("TrainingImageDigest", text(0...72, "[Ss][Hh][Aa]256:[0-9a-fA-F]{64}")),
        .optional("SupportedHyperParameters", list(hyperparameter, count: 0...100)),
        .required("SupportedTrainingInstanceTypes", list(instanceType, count: 0...Int.max)),
        .optional("SupportsDistributedTraining", boolean),
        .optional("MetricDefinitions", metricDefinitions),
        .required("TrainingChannels", list(channel, count: 1...8)),
        .optional("SupportedTuningJobObjectiveMetrics", list(objective, count: 0...Int.max)),
        .optional(
            "AdditionalS3DataSource",
            structure([
                .required("S3DataType", word(["S3Object", "S3Prefix"])),
                .required("S3Uri", address),
                .optional("CompressionType", word(["None", "Gzip"])),
                .optional("ETag", text()),
            ])),
    ])

    private static let numericRange = structure([
        .required("MinValue", parameterValue), .required("MaxValue", parameterValue),
    ])

    private static let hyperparameter = structure([
        .required("Name", text(0...256, #"[\p{L}\p{M}\p{Z}\p{S}\p{N}\p{P}]*"#)),
        .optional("Description", description),
        .required("Type", word(["Integer", "Continuous", "Categorical", "FreeText"])),
        .optional(
            "Range",
            structure([
                .optional("IntegerParameterRangeSpecification", numericRange),
                .optional("ContinuousParameterRangeSpecification", numericRange),
                .optional(
                    "CategoricalParameterRangeSpecification",
                    structure([.required("Values", list(parameterValue, count: 1...30))])),
            ])),
        .optional("IsTunable", boolean),
        .optional("IsRequired", boolean),
        .optional("DefaultValue", text(0...2_500, ".*")),
    ])

    private static let channel = structure([
        .required("Name", text(1...64, #"[A-Za-z0-9\.\-_]+"#)),
        .optional("Description", description),
        .optional("IsRequired", boolean),
        .required("SupportedContentTypes", list(text(0...256, ".*"), count: 0...Int.max)),
        .optional(
            "SupportedCompressionTypes", list(word(["None", "Gzip"]), count: 0...Int.max)),
        .required("SupportedInputModes", list(inputMode, count: 1...Int.max)),
    ])

    private static let validationProfile = structure([
        .required("ProfileName", entityName),
        .required(
            "TrainingJobDefinition",
            structure([
                .required("TrainingInputMode", inputMode),
                .optional("HyperParameters", hyperparameters),
                .required("InputDataConfig", inputDataConfig),
                .required("OutputDataConfig", outputDataConfig),
                .required("ResourceConfig", resourceConfig),
                .required("StoppingCondition", stoppingCondition),
            ])),
        .optional(
            "TransformJobDefinition",
            structure([
                .required("TransformInput", structure([.required("DataSource", anything)])),
                .required("TransformOutput", structure([.required("S3OutputPath", address)])),
                .required("TransformResources", anything),
            ])),
    ])
}

// MARK: - References and listings

extension Shape {
    static let describeAlgorithm = structure([.required("AlgorithmName", algorithmReference)])
    static let deleteAlgorithm = structure([.required("AlgorithmName", entityName)])

    private static let algorithmReference = text(
        1...170,
        #"(arn:aws[a-z\-]*:sagemaker:[a-z0-9\-]*:[0-9]{12}:[a-z\-]*\/)?"#
            + #"([a-zA-Z0-9]([a-zA-Z0-9-]){0,62})(?<!-)"#)

    static let listAlgorithms = structure([
        .optional("CreationTimeAfter", timestamp),
        .optional("CreationTimeBefore", timestamp),
        .optional("MaxResults", integer(from: 1, to: 100)),
        .optional("NameContains", text(0...63, #"[a-zA-Z0-9\-]+"#)),
        .optional("NextToken", text(0...8_192, ".*")),
        .optional("SortBy", word(["Name", "CreationTime"])),
        .optional("SortOrder", word(["Ascending", "Descending"])),
    ])
}

// MARK: - Training jobs

extension Shape {
    static let updateTrainingJob = structure([
        .required("TrainingJobName", trainingJobName),
        .optional(
            "ProfilerConfig",
            structure([
                .optional("S3OutputPath", address),
                .optional("ProfilingIntervalInMilliseconds", .integer(Int.min...Int.max)),
                .optional(
                    "ProfilingParameters",
                    map(
                        key: text(1...256, ".*"), value: text(0...256, ".*"), count: 0...20)),
                .optional("DisableProfiler", boolean),
            ])),
        .optional("ProfilerRuleConfigurations", list(profilerRule, count: 0...20)),
        .optional(
            "ResourceConfig",
            structure([.required("KeepAlivePeriodInSeconds", integer(from: 0, to: 21_600))])),
        .optional(
            "RemoteDebugConfig", structure([.optional("EnableRemoteDebug", boolean)])),
    ])

    private static let profilerRule = structure([
        .required("RuleConfigurationName", text(1...256, ".*")),
        .optional("LocalPath", directoryPath),
        .optional("S3OutputPath", address),
        .required("RuleEvaluatorImage", text(0...255, ".*")),
        .optional("InstanceType", text()),
        .optional("VolumeSizeInGB", integer(from: 0)),
        .optional(
            "RuleParameters",
            map(key: text(1...256, ".*"), value: text(0...256, ".*"), count: 0...100)),
    ])
}
