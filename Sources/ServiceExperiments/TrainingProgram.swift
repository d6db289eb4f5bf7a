import Tuning

/// The program that a service runs for every trial, and what it is given.
public struct TrainingProgram: Hashable, Sendable {
    /// What runs: `exec:COMMAND LINE` for a process of a `tuner serve`, or the name of an image.
    ///
    /// In a command line, `{NAME}` stands for the value of a parameter; without any such place
    /// `--NAME VALUE` is added for each.
    public var image: String
    /// The metric that is optimised, and the regular expression that finds it in what the program
    /// prints.
    public var metric: MetricDefinition
    /// Hyperparameters that every trial has.
    public var staticHyperparameters: [Parameter.Name: String] = [:]
    /// The role that the program runs as; SageMaker needs one of yours.
    public var role = "arn:aws:iam::123456789012:role/tuner"
    /// Where models and outputs go, an S3 or file address; `nil` keeps them where a `tuner serve`
    /// has its data.
    public var output: String?
    /// The kind of machine each trial has.
    public var instanceType = "ml.m5.large"
    /// How many machines each trial has.
    public var instanceCount = 1
    /// The size of each machine's volume, in gigabytes.
    public var volumeGigabytes = 30
    /// The longest a trial may take.
    public var runtimeMax = Duration.seconds(86_400)
    /// Further members of the API's `TrainingJobDefinition`, such as `InputDataConfig` or
    /// `CheckpointConfig`; they stand in place of what this value says.
    public var members: [String: JSONValue] = [:]

    /// Names a program, and the metric that it prints.
    ///
    ///     TrainingProgram("exec:python3 train.py", metric: "loss", regex: "loss=([0-9.e+-]+)")
    public init(_ image: String, metric: MetricName, regex: String) {
        self.image = image
        self.metric = MetricDefinition(name: metric, regex: regex)
    }

    /// The definition as the API has it.
    func definition() -> JSONValue {
        var definition: [String: JSONValue] = [
            "StaticHyperParameters": .object(staticHyperparameters.mapValues { .string($0) }),
            "AlgorithmSpecification": [
                "TrainingImage": .string(image), "TrainingInputMode": "File",
                "MetricDefinitions": [
                    ["Name": .string(metric.name), "Regex": .string(metric.regex)]
                ],
            ],
            "RoleArn": .string(role),
            "OutputDataConfig": ["S3OutputPath": .string(output ?? "s3://unused/output")],
            "ResourceConfig": [
                "InstanceType": .string(instanceType), "InstanceCount": .integer(instanceCount),
                "VolumeSizeInGB": .integer(volumeGigabytes),
            ],
            "StoppingCondition": [
                "MaxRuntimeInSeconds": .integer(Int(runtimeMax.components.seconds))
            ],
        ]
        definition.merge(members) { _, given in given }
        return .object(definition)
    }
}
