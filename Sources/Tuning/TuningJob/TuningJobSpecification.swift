/// Everything needed to run a tuning job, checked once; any value of this type can run.
///
/// A training job created on its own is a tuning job of kind `.training`: it has one definition, an
/// empty search space and the plan `.fullTraining(.single)`, and so shares scheduling, storage and
/// recovery with all others.
public struct TuningJobSpecification: Hashable, Codable, Sendable {
    /// What a client asked for.
    public enum Kind: String, Hashable, Codable, Sendable {
        /// A search.
        case tuning
        /// One training job, created on its own.
        case training
    }

    /// The name, and the prefix of the names of its training jobs.
    public let name: TuningJob.Name
    /// What was asked for.
    public let kind: Kind
    /// What is trained; at least one.
    public let definitions: [TrainingJobDefinition]
    /// How hyperparameters are chosen.
    public let plan: TuningPlan
    /// How much it may use.
    public let limits: ResourceLimits
    /// When it has found enough.
    public var completionCriteria: CompletionCriteria { criteria ?? CompletionCriteria() }
    /// Missing in what was stored before there were criteria.
    private let criteria: CompletionCriteria?
    /// What it knows from other tuning jobs; `nil` when it starts from nothing.
    public let warmStart: WarmStart?
    /// Where randomness starts; `nil` takes the tuning job's ID.
    public let seed: UInt64?
    /// The tags it starts with.
    public let tags: [Tag]
    /// `arn:aws:sagemaker:REGION:ACCOUNT`, what all of its ARNs begin with.
    public let arnPrefix: String
    /// The names of the backends that run its definitions, one for each; `nil` until it is
    /// submitted, and where there was but one when it was.
    public private(set) var backends: [String]?
    /// The request as it came, for the answers that repeat it.
    public var request: JSONValue { opaqueRequest.value }
    private let opaqueRequest: OpaqueJSON

    /// Puts together parts that have been checked.
    public init(
        name: TuningJob.Name, kind: Kind = .tuning, definitions: [TrainingJobDefinition],
        plan: TuningPlan, limits: ResourceLimits, criteria: CompletionCriteria? = nil,
        warmStart: WarmStart? = nil,
        seed: UInt64? = nil, tags: [Tag] = [],
        arnPrefix: String = "arn:aws:sagemaker:us-east-1:123456789012",
        request: JSONValue = .object([:])
    ) {
        precondition(!definitions.isEmpty, "tuning job \(name) has no definition")
        self.name = name
        self.kind = kind
        self.definitions = definitions
        self.plan = plan
        self.limits = limits
        self.criteria = criteria
        self.warmStart = warmStart
        self.seed = seed
        self.tags = tags
        self.arnPrefix = arnPrefix
        opaqueRequest = OpaqueJSON(request)
    }

    /// The name of the training job with an ordinal, the same every time it is asked for.
    ///
    /// `NAME-ORDINAL-SUFFIX`, where the suffix keeps a later tuning job of the same name apart. A
    /// training job created on its own has the name it was given.
    public func trainingJobName(ordinal: Int, of id: TuningJob.ID) -> TrainingJob.Name {
        if kind == .training { return name }
        var generator = SeededGenerator(seed: UInt64(bitPattern: id.rawValue), ordinal: ordinal)
        let digits = String(ordinal + 1)
        let suffix = String(UInt32(truncatingIfNeeded: generator.next()), radix: 16)
        return name + "-" + digits.leftPadded(to: 3) + "-" + suffix.leftPadded(to: 8)
    }

    /// Whether two specifications ask for the same, wherever they run.
    public func asksForTheSame(as other: TuningJobSpecification) -> Bool {
        run(by: nil) == other.run(by: nil)
    }

    /// The same, with the backends that run its definitions.
    public func run(by backends: [String]?) -> TuningJobSpecification {
        precondition(
            backends.map { $0.count == definitions.count } ?? true,
            "\(backends ?? []) for \(definitions.count) definitions")
        var routed = self
        routed.backends = backends
        return routed
    }

    /// Where the randomness of a tuning job with this specification starts.
    package func seed(of id: TuningJob.ID) -> UInt64 {
        seed ?? UInt64(bitPattern: id.rawValue)
    }

    /// The ARN of one of its training jobs.
    public func arn(ofTrainingJob name: TrainingJob.Name) -> String {
        "\(arnPrefix):training-job/\(name.lowercased())"
    }

    /// The ARN of the tuning job.
    public var arn: String { "\(arnPrefix):hyper-parameter-tuning-job/\(name.lowercased())" }
}

/// A label that clients attach to jobs.
public struct Tag: Hashable, Codable, Sendable {
    /// The key of the tag whose value is the name of the backend that is to run a job, whatever
    /// the daemon's rules say.
    public static let backendKey = "tuner:backend"

    /// The label's name, unique on one resource.
    public let key: String
    /// The label's value; may be empty.
    public let value: String

    /// Labels something.
    public init(key: String, value: String) {
        self.key = key
        self.value = value
    }
}

extension String {
    fileprivate func leftPadded(to length: Int) -> String {
        String(repeating: "0", count: max(0, length - count)) + self
    }
}
