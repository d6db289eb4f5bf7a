// The request of CreateTrainingJob.

extension Shape {
    /// Members about debugging, profiling and experiments are kept and shown, not understood.
    static let createTrainingJob = structure([
        .required("TrainingJobName", trainingJobName),
        .optional("HyperParameters", hyperparameters),
        .required("AlgorithmSpecification", algorithmSpecification),
        .required("RoleArn", roleARN),
        .optional("InputDataConfig", inputDataConfig),
        .required("OutputDataConfig", outputDataConfig),
        .optional("ResourceConfig", resourceConfig),
        .optional("VpcConfig", networkConfig),
        .optional("StoppingCondition", stoppingCondition),
        .optional("Tags", tags),
        .optional("EnableNetworkIsolation", boolean),
        .optional("EnableInterContainerTrafficEncryption", boolean),
        .optional("EnableManagedSpotTraining", boolean),
        .optional("CheckpointConfig", checkpointConfig),
        .optional("Environment", environment(count: 100)),
        .optional("RetryStrategy", retryStrategy),
    ])

    private static let word256 = text(0...256, ".*")
    private static let algorithmSpecification = structure([
        .optional("TrainingImage", text(0...255, ".*")),
        .optional("AlgorithmName", text(1...170)),
        .required("TrainingInputMode", inputMode),
        .optional("MetricDefinitions", metricDefinitions),
        .optional("EnableSageMakerMetricsTimeSeries", boolean),
        .optional("ContainerEntrypoint", list(word256, count: 1...100)),
        .optional("ContainerArguments", list(word256, count: 1...100)),
        .optional(
            "TrainingImageConfig",
            structure([
                .required("TrainingRepositoryAccessMode", word(["Platform", "Vpc"])),
                .optional(
                    "TrainingRepositoryAuthConfig",
                    structure([
                        .required(
                            "TrainingRepositoryCredentialsProviderArn", text(1...2_048))
                    ])),
            ])),
    ])
}
