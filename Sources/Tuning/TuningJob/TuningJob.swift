import Foundation

/// One search for good hyperparameters, as listing and describing show it: the fold of its events.
public struct TuningJob: Identifiable, Hashable, Sendable {
    /// A tuning job's name, unique in a store whatever its case.
    public typealias Name = String

    /// A tuning job's identity, chosen at random when it is created; positive.
    public struct ID: RawRepresentable, Hashable, Codable, Sendable {
        /// The number.
        public let rawValue: Int64

        /// Takes a number.
        public init(rawValue: Int64) {
            self.rawValue = rawValue
        }

        /// Draws a new identity.
        public static func random(using random: inout some RandomNumberGenerator) -> ID {
            ID(rawValue: .random(in: 1...Int64.max, using: &random))
        }
    }

    /// Its identity.
    public let id: ID
    /// Its name.
    public let name: Name
    /// What was asked for.
    public let kind: TuningJobSpecification.Kind
    /// Its ARN.
    public let arn: String
    /// The name of its search method.
    public let strategy: String
    /// How much it may use.
    public let limits: ResourceLimits
    /// When it was created.
    public let creationTime: Date

    /// Where it stands.
    public package(set) var status = Status.inProgress
    /// When its status last changed.
    public package(set) var lastModifiedTime: Date
    /// When it ended.
    public package(set) var endTime: Date?
    /// How many training jobs stand where.
    public package(set) var trainingJobCounts = TrainingJobCounts()
    /// How many training jobs have an objective that could be used.
    public package(set) var objectiveCounts = ObjectiveCounts()
    /// The finished training job with the lowest cost; the first of equals.
    public package(set) var best: Best?
    /// How much it still improves.
    public package(set) var completion = CompletionDetails()
    /// Why it failed.
    public package(set) var failureReason: String?

    /// A new tuning job.
    public init(id: ID, specification: TuningJobSpecification, creationTime: Date) {
        self.init(
            id: id, name: specification.name, kind: specification.kind, arn: specification.arn,
            strategy: specification.plan.label, limits: specification.limits,
            creationTime: creationTime)
    }

    package init(
        id: ID, name: Name, kind: TuningJobSpecification.Kind, arn: String, strategy: String,
        limits: ResourceLimits, creationTime: Date
    ) {
        self.id = id
        self.name = name
        self.kind = kind
        self.arn = arn
        self.strategy = strategy
        self.limits = limits
        self.creationTime = creationTime
        lastModifiedTime = creationTime
    }
}

extension TuningJob {
    /// Where a tuning job stands; the wire's `HyperParameterTuningJobStatus`.
    public enum Status: String, Hashable, Codable, Sendable, CaseIterable {
        /// It runs.
        case inProgress = "InProgress"
        /// It has been asked to stop.
        case stopping = "Stopping"
        /// It was stopped.
        case stopped = "Stopped"
        /// A limit or a criterion ended it, or nothing was left to try.
        case completed = "Completed"
        /// It could not go on.
        case failed = "Failed"

        /// Whether nothing more will happen.
        public var isFinished: Bool {
            switch self {
            case .completed, .failed, .stopped: true
            case .inProgress, .stopping: false
            }
        }
    }

    /// How a tuning job ended.
    public enum Outcome: Hashable, Codable, Sendable {
        /// A limit or a criterion ended it, or nothing was left to try.
        case completed
        /// A client stopped it.
        case stopped
        /// It could not go on.
        case failed(reason: String)
    }

    /// How many training jobs stand where; the wire's `TrainingJobStatusCounters`.
    public struct TrainingJobCounts: Hashable, Codable, Sendable {
        /// Trained to their end.
        public package(set) var completed = 0
        /// Not finished: waiting, running or stopping.
        public package(set) var inProgress = 0
        /// Failed for good by an internal error.
        public package(set) var retryableError = 0
        /// Failed by an error of their own.
        public package(set) var nonRetryableError = 0
        /// Stopped, by whom or what ever.
        public package(set) var stopped = 0

        /// No training jobs.
        public init() {}

        /// All training jobs there have been.
        public var total: Int {
            completed + inProgress + retryableError + nonRetryableError + stopped
        }

        /// Training jobs that failed for good.
        public var failed: Int { retryableError + nonRetryableError }
    }

    /// How many objectives could be used; the wire's `ObjectiveStatusCounters`.
    public struct ObjectiveCounts: Hashable, Codable, Sendable {
        /// Finished with an objective that was used.
        public package(set) var succeeded = 0
        /// Not finished.
        public package(set) var pending = 0
        /// Finished without an objective that could be used.
        public package(set) var failed = 0

        /// No training jobs.
        public init() {}
    }

    /// The training job with the lowest cost.
    public struct Best: Hashable, Codable, Sendable {
        /// Which training job it is.
        public let ordinal: Trial.ID
        /// Its cost.
        public let cost: Cost

        /// Names the best.
        public init(ordinal: Trial.ID, cost: Cost) {
            self.ordinal = ordinal
            self.cost = cost
        }
    }
}
