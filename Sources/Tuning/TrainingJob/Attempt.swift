import Foundation

/// One try at a training job: its first start, a retry after an internal error, or a resumption.
public struct Attempt: Identifiable, Hashable, Sendable {
    /// The launch token: launching the same ID twice runs it once.
    public struct ID: Hashable, Codable, Sendable, CustomStringConvertible {
        /// The training job.
        public let trainingJob: TrainingJob.Name
        /// Which try it is, from 1.
        public let number: Int

        /// Names a try.
        public init(trainingJob: TrainingJob.Name, number: Int) {
            self.trainingJob = trainingJob
            self.number = number
        }

        /// `NAME/NUMBER`.
        public var description: String { "\(trainingJob)/\(number)" }
    }

    /// The launch token.
    public let id: ID
    /// The training job's ARN.
    public let arn: String
    /// What is trained.
    public let definition: TrainingJobDefinition
    /// All hyperparameters: the static, the tuned, and the objective's name.
    public let hyperparameters: [Parameter.Name: String]
    /// How far to train.
    public let extent: TrainingExtent
    /// Where to go on from; `nil` to start from nothing.
    public let checkpoint: Checkpoint?
    /// The training job's tags.
    public let tags: [Tag]
    /// When the training job was created.
    public let creationTime: Date
    /// How long earlier attempts ran; limits on the run time hold for the sum.
    public let earlierRuntime: Duration

    /// Puts together an attempt.
    public init(
        id: ID, arn: String = "", definition: TrainingJobDefinition,
        hyperparameters: [Parameter.Name: String], extent: TrainingExtent = .toTheEnd,
        checkpoint: Checkpoint? = nil, tags: [Tag] = [], creationTime: Date,
        earlierRuntime: Duration = .zero
    ) {
        self.id = id
        self.arn = arn
        self.definition = definition
        self.hyperparameters = hyperparameters
        self.extent = extent
        self.checkpoint = checkpoint
        self.tags = tags
        self.creationTime = creationTime
        self.earlierRuntime = earlierRuntime
    }

    /// How an attempt ended.
    public enum End: Hashable, Codable, Sendable {
        /// The program ended by itself, with success.
        case completed
        /// It was halted and can be resumed.
        case paused(Checkpoint)
        /// It was stopped.
        case stopped(StopReason)
        /// It ended without success.
        case failed(TrainingFailure)
    }
}

/// How far to train: to the end, or up to a resource at which trials are compared.
public enum TrainingExtent: Hashable, Codable, Sendable {
    /// Until the program ends by itself.
    case toTheEnd
    /// Until so many reports of the objective have come.
    case upTo(Resource)
}

/// Where a halted training job goes on from.
public struct Checkpoint: Hashable, Codable, Sendable {
    /// The path or address of the saved state.
    public let location: String

    /// Names saved state.
    public init(location: String) {
        self.location = location
    }
}

/// How far a training job has been trained: the number of its objective reports.
public struct Resource: Hashable, Comparable, Codable, Sendable {
    /// Whole units, from 0.
    public let units: Int

    /// Counts units.
    public init(_ units: Int) {
        precondition(units >= 0, "resource of \(units) units")
        self.units = units
    }

    /// Whether one resource is less than another.
    public static func < (left: Resource, right: Resource) -> Bool { left.units < right.units }
}
