/// What is trained: the program, what it is given, and what is searched.
public struct TrainingJobDefinition: Hashable, Codable, Sendable {
    /// The name, where several definitions have one.
    public let name: String?
    /// The hyperparameters that are searched; empty for a training job created on its own.
    public let searchSpace: SearchSpace
    /// What to optimise; `nil` for a training job created on its own.
    public let objective: Objective?
    /// Hyperparameters that every training job has.
    public let staticHyperparameters: [Parameter.Name: String]
    /// The training image, which says what program runs.
    public let image: String
    /// What is read from the program's output.
    public let metrics: [MetricDefinition]
    /// How long one training job may take.
    public let stoppingCondition: StoppingCondition
    /// How often a training job that failed by an internal error is tried again.
    public let retryCountMax: Int
    /// The whole definition as it came; a backend takes from it what it understands.
    public var envelope: JSONValue { opaqueEnvelope.value }
    private let opaqueEnvelope: OpaqueJSON

    /// Puts together parts that have been checked.
    public init(
        name: String? = nil, searchSpace: SearchSpace, objective: Objective?,
        staticHyperparameters: [Parameter.Name: String] = [:], image: String,
        metrics: [MetricDefinition] = [], stoppingCondition: StoppingCondition = .init(),
        retryCountMax: Int = 0, envelope: JSONValue = .object([:])
    ) {
        self.name = name
        self.searchSpace = searchSpace
        self.objective = objective
        self.staticHyperparameters = staticHyperparameters
        self.image = image
        self.metrics = metrics
        self.stoppingCondition = stoppingCondition
        self.retryCountMax = retryCountMax
        opaqueEnvelope = OpaqueJSON(envelope)
    }

    /// The hyperparameter that tells a training program its objective metric.
    public static let objectiveHyperparameter = "_tuning_objective_metric"

    /// All hyperparameters of a training job: the static, the tuned, and the objective's name.
    public func hyperparameters(with tuned: Hyperparameters) -> [Parameter.Name: String] {
        var all = staticHyperparameters.merging(tuned.values) { _, tuned in tuned }
        if let objective { all[Self.objectiveHyperparameter] = objective.metric }
        return all
    }
}

/// How long a training job may take, over all of its attempts.
public struct StoppingCondition: Hashable, Codable, Sendable {
    /// The longest it may run; a day unless given.
    public let runtimeMax: Duration
    /// The longest it may wait for capacity and run together; `nil` for no limit.
    public let waitMax: Duration?
    /// The longest it may wait for its start; `nil` for no limit.
    public let pendingMax: Duration?

    /// Takes limits, all above zero.
    public init(
        runtimeMax: Duration = .seconds(86_400), waitMax: Duration? = nil,
        pendingMax: Duration? = nil
    ) {
        self.runtimeMax = runtimeMax
        self.waitMax = waitMax
        self.pendingMax = pendingMax
    }
}

/// A metric and the regular expression that finds its values in a training program's output.
///
/// The first capture group is the value, or the whole match where there is no group.
public struct MetricDefinition: Hashable, Codable, Sendable {
    /// The metric.
    public let name: MetricName
    /// The regular expression, as ICU and Java read it; searched in each line.
    public let regex: String

    /// Defines a metric.
    public init(name: MetricName, regex: String) {
        self.name = name
        self.regex = regex
    }
}
