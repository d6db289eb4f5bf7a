/// Where this service takes more than the service's model says, or less; by the names of shapes.
///
/// Levels of a grid are the third extension of the API: a tag, `GridLevelsTag`.
enum ModelExtensions {
    /// Words beside those of the model. `Sobol` is a sequence that fills the space evenly.
    static let words = ["HyperParameterTuningJobStrategyType": ["Sobol"]]

    /// What texts may match in place of the model's pattern, or of its words.
    ///
    /// `file://` addresses are for local work. Types of instances name machines somewhere else, and
    /// new ones come every month.
    static let others = [
        "S3Uri": "file:///.*",
        "TrainingInstanceType": instanceType,
        "ProcessingInstanceType": instanceType,
        "TransformInstanceType": instanceType,
        "ProductionVariantInstanceType": instanceType,
    ]
    private static let instanceType = #"ml\.[a-z0-9\-]+\.[a-z0-9\-]+"#

    /// Members that the model leaves optional for the sake of jobs without a server, which are not
    /// available here.
    static let required = ["CreateTrainingJobRequest": ["AlgorithmSpecification"]]

    /// Maxima that the documentation states and the model does not: 28 days, and 20,000 epochs.
    static let maxima = ["MaxRuntimeInSeconds": 2_419_200, "HyperbandStrategyMaxResource": 20_000]
}
