// The request of CreateHyperParameterTuningJob.

extension Shape {
    static let createTuningJob = structure([
        .required("HyperParameterTuningJobName", tuningJobName),
        .required("HyperParameterTuningJobConfig", tuningJobConfig),
        .optional("TrainingJobDefinition", trainingJobDefinition),
        .optional("TrainingJobDefinitions", list(trainingJobDefinition, count: 1...10)),
        .optional("WarmStartConfig", warmStartConfig),
        .optional("Tags", tags),
        .optional("Autotune", structure([.required("Mode", word(["Enabled"]))])),
    ])

    /// `Sobol` is an extension: a sequence that fills the space evenly.
    static let strategy = word(["Bayesian", "Random", "Hyperband", "Grid", "Sobol"])

    private static let tuningJobConfig = structure([
        .required("Strategy", strategy),
        .optional(
            "StrategyConfig",
            structure([
                .optional(
                    "HyperbandStrategyConfig",
                    structure([
                        .optional("MinResource", integer(from: 1)),
                        .optional("MaxResource", integer(from: 1)),
                    ]))
            ])),
        .optional("HyperParameterTuningJobObjective", objective),
        .required(
            "ResourceLimits",
            structure([
                .optional("MaxNumberOfTrainingJobs", integer(from: 1)),
                .required("MaxParallelTrainingJobs", integer(from: 1)),
                .optional("MaxRuntimeInSeconds", integer(from: 120, to: 15_768_000)),
            ])),
        .optional("ParameterRanges", parameterRanges),
        .optional("TrainingJobEarlyStoppingType", word(["Off", "Auto"])),
        .optional("TuningJobCompletionCriteria", completionCriteria),
        .optional("RandomSeed", integer(from: 0)),
    ])

    private static let completionCriteria = structure([
        .optional("TargetObjectiveMetricValue", number),
        .optional(
            "BestObjectiveNotImproving",
            structure([.optional("MaxNumberOfTrainingJobsNotImproving", integer(from: 3))])),
        .optional(
            "ConvergenceDetected",
            structure([.optional("CompleteOnConvergence", word(["Disabled", "Enabled"]))])),
    ])

    private static let warmStartConfig = structure([
        .required(
            "ParentHyperParameterTuningJobs",
            list(
                structure([.optional("HyperParameterTuningJobName", tuningJobName)]),
                count: 1...5)),
        .required("WarmStartType", word(["IdenticalDataAndAlgorithm", "TransferLearning"])),
    ])
}

// MARK: - Ranges

extension Shape {
    private static let parameterRanges = structure([
        .optional("IntegerParameterRanges", list(numericRange, count: 0...30)),
        .optional("ContinuousParameterRanges", list(numericRange, count: 0...30)),
        .optional(
            "CategoricalParameterRanges",
            list(
                structure([
                    .required("Name", parameterName),
                    .required("Values", list(parameterValue, count: 1...30)),
                ]), count: 0...30)),
        .optional(
            "AutoParameters",
            list(
                structure([
                    .required("Name", parameterName), .required("ValueHint", parameterValue),
                ]), count: 0...100)),
    ])

    private static let numericRange = structure([
        .required("Name", parameterName),
        .required("MinValue", parameterValue),
        .required("MaxValue", parameterValue),
        .optional("ScalingType", word(["Auto", "Linear", "Logarithmic", "ReverseLogarithmic"])),
    ])
}

// MARK: - Definitions

extension Shape {
    /// The most environment variables that the definitions of a tuning job may have together.
    static let tuningEnvironmentCountMax = 48

    private static let trainingJobDefinition = structure([
        .optional("DefinitionName", text(1...64, "[a-zA-Z0-9](-*[a-zA-Z0-9]){0,63}")),
        .optional("TuningObjective", objective),
        .optional("HyperParameterRanges", parameterRanges),
        .optional("StaticHyperParameters", hyperparameters),
        .required(
            "AlgorithmSpecification",
            structure([
                .optional("TrainingImage", text(0...255, ".*")),
                .required("TrainingInputMode", inputMode),
                .optional("AlgorithmName", text(1...170)),
                .optional("MetricDefinitions", metricDefinitions),
            ])),
        .required("RoleArn", roleARN),
        .optional("InputDataConfig", inputDataConfig),
        .optional("VpcConfig", networkConfig),
        .required("OutputDataConfig", outputDataConfig),
        .optional("ResourceConfig", resourceConfig),
        .optional("HyperParameterTuningResourceConfig", tuningResourceConfig),
        .required("StoppingCondition", stoppingCondition),
        .optional("EnableNetworkIsolation", boolean),
        .optional("EnableInterContainerTrafficEncryption", boolean),
        .optional("EnableManagedSpotTraining", boolean),
        .optional("CheckpointConfig", checkpointConfig),
        .optional("RetryStrategy", retryStrategy),
        .optional("Environment", environment(count: tuningEnvironmentCountMax)),
    ])

    private static let tuningResourceConfig = structure([
        .optional("InstanceType", instanceType),
        .optional("InstanceCount", integer(from: 0)),
        .optional("VolumeSizeInGB", integer(from: 0)),
        .optional("VolumeKmsKeyId", keyID),
        .optional("AllocationStrategy", word(["Prioritized"])),
        .optional(
            "InstanceConfigs",
            list(
                structure([
                    .required("InstanceType", instanceType),
                    .required("InstanceCount", integer(from: 0)),
                    .required("VolumeSizeInGB", integer(from: 1)),
                ]), count: 1...6)),
    ])
}
