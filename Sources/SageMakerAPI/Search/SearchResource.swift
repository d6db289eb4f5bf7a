/// What can be searched.
package enum SearchResource: String, Sendable, CaseIterable {
    case trainingJob = "TrainingJob"
    case tuningJob = "HyperParameterTuningJob"

    /// All that the service can search, in the order of its model; the rest does not exist here.
    static let wireNames = [
        "TrainingJob", "Experiment", "ExperimentTrial", "ExperimentTrialComponent", "Endpoint",
        "Model", "ModelPackage", "ModelPackageGroup", "Pipeline", "PipelineExecution",
        "FeatureGroup", "FeatureMetadata", "Image", "ImageVersion", "Project",
        "HyperParameterTuningJob", "ModelCard", "PipelineVersion",
    ]

    /// The member that holds the name.
    var nameMember: String { rawValue + "Name" }

    /// The members that a record of a search has; those of a description that are no longer named
    /// here are not part of it.
    var members: Set<String> {
        switch self {
        case .trainingJob: Self.trainingJobMembers
        case .tuningJob: Self.tuningJobMembers
        }
    }

    private static let trainingJobMembers: Set = [
        "TrainingJobName", "TrainingJobArn", "TuningJobArn", "LabelingJobArn", "AutoMLJobArn",
        "ModelArtifacts", "TrainingJobStatus", "SecondaryStatus", "FailureReason",
        "HyperParameters", "AlgorithmSpecification", "RoleArn", "InputDataConfig",
        "OutputDataConfig", "ResourceConfig", "WarmPoolStatus", "VpcConfig", "StoppingCondition",
        "CreationTime", "TrainingStartTime", "TrainingEndTime", "LastModifiedTime",
        "SecondaryStatusTransitions", "FinalMetricDataList", "EnableNetworkIsolation",
        "EnableInterContainerTrafficEncryption", "EnableManagedSpotTraining", "CheckpointConfig",
        "TrainingTimeInSeconds", "BillableTimeInSeconds", "DebugHookConfig", "ExperimentConfig",
        "DebugRuleConfigurations", "TensorBoardOutputConfig", "DebugRuleEvaluationStatuses",
        "OutputModelPackageArn", "ModelPackageConfig", "ProfilerConfig", "Environment",
        "RetryStrategy", "Tags",
    ]

    private static let tuningJobMembers: Set = [
        "HyperParameterTuningJobName", "HyperParameterTuningJobArn",
        "HyperParameterTuningJobConfig", "TrainingJobDefinition", "TrainingJobDefinitions",
        "HyperParameterTuningJobStatus", "CreationTime", "HyperParameterTuningEndTime",
        "LastModifiedTime", "TrainingJobStatusCounters", "ObjectiveStatusCounters",
        "BestTrainingJob", "OverallBestTrainingJob", "WarmStartConfig", "FailureReason",
        "TuningJobCompletionDetails", "ConsumedResources", "Tags",
    ]
}
