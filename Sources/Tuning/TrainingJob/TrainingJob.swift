import Foundation

/// One run of the algorithm with fixed hyperparameters, and all that is known of it: the fold of
/// its events.
public struct TrainingJob: Identifiable, Hashable, Sendable {
    /// A training job's name, unique in a store.
    public typealias Name = String

    /// A training job's place: the tuning job it belongs to, and its ordinal there, from 0.
    public struct ID: Hashable, Sendable {
        /// The tuning job.
        public let tuningJob: TuningJob.ID
        /// The trial.
        public let ordinal: Trial.ID

        /// Names a place.
        public init(tuningJob: TuningJob.ID, ordinal: Trial.ID) {
            self.tuningJob = tuningJob
            self.ordinal = ordinal
        }
    }

    /// Its place.
    public let id: ID
    /// Its name.
    public let name: Name
    /// The index of its definition in the tuning job's specification.
    public let definition: Int
    /// The hyperparameters that were searched.
    public let tuned: Hyperparameters
    /// Why they were chosen.
    public let decision: Decision
    /// When it was created.
    public let creationTime: Date

    /// Where it stands, roughly.
    public package(set) var status = Status.inProgress
    /// Where it stands, exactly, and where it stood before; the last is the present.
    public package(set) var transitions: [Transition] = []
    /// When it first began to train.
    public package(set) var startTime: Date?
    /// When it ended, with its artifacts saved.
    public package(set) var endTime: Date?
    /// When its status last changed.
    public package(set) var lastModifiedTime: Date
    /// How long finished attempts trained.
    public package(set) var earlierRuntime: Duration = .zero
    /// When the present attempt began to train.
    public package(set) var attemptStartTime: Date?
    /// How long it was interrupted, waiting for capacity, in all attempts.
    public package(set) var interruptedRuntime: Duration = .zero
    /// Since when it is interrupted; `nil` while it is not.
    public package(set) var interruptionTime: Date?
    /// The number of the latest attempt, from 1; 0 before the first.
    public package(set) var attempt = 0
    /// Whether an attempt is launched and not over.
    public package(set) var isRunning = false
    /// Whether it is halted until its strategy resumes it.
    public package(set) var isPaused = false
    /// Where the next attempt, or the present one, goes on from; `nil` to start from nothing.
    public package(set) var checkpoint: Checkpoint?
    /// Objective reports up to the checkpoint.
    public package(set) var checkpointResource = Resource(0)
    /// Objective reports of the present attempt, with those up to the checkpoint it started from.
    public package(set) var resource = Resource(0)
    /// How far the present attempt's metrics have been read.
    public package(set) var mark: ReportMark?
    /// The last value of every metric.
    public package(set) var finalMetrics: [MetricName: FinalMetric] = [:]
    /// The cost of the last objective report, in the end that of the outcome; `nil` without one, or
    /// when it was not finite.
    public package(set) var cost: Cost?
    /// Whether its objective could be used.
    public package(set) var objectiveStatus = ObjectiveStatus.pending
    /// Why it was stopped, or is to be.
    public package(set) var stopReason: StopReason?
    /// More about why it was stopped, for people.
    public package(set) var stopMessage: String?
    /// Why it failed.
    public package(set) var failure: TrainingFailure?

    /// Where it stands, exactly.
    public var secondaryStatus: SecondaryStatus {
        transitions.last?.status ?? .starting
    }

    /// Begins with what never changes; a store fills in the rest.
    package init(
        id: ID, name: Name, definition: Int, tuned: Hyperparameters, decision: Decision,
        creationTime: Date
    ) {
        self.id = id
        self.name = name
        self.definition = definition
        self.tuned = tuned
        self.decision = decision
        self.creationTime = creationTime
        lastModifiedTime = creationTime
    }
}

extension TrainingJob {
    /// Where a training job stands, roughly; the wire's `TrainingJobStatus`.
    public enum Status: String, Hashable, Codable, Sendable, CaseIterable {
        /// It waits or runs.
        case inProgress = "InProgress"
        /// It has trained to its end.
        case completed = "Completed"
        /// It has failed for good.
        case failed = "Failed"
        /// It has been asked to stop.
        case stopping = "Stopping"
        /// It was stopped.
        case stopped = "Stopped"

        /// Whether nothing more will happen.
        public var isFinished: Bool {
            switch self {
            case .completed, .failed, .stopped: true
            case .inProgress, .stopping: false
            }
        }
    }

    /// Where a training job stands, exactly; the wire's `SecondaryStatus`.
    public enum SecondaryStatus: String, Hashable, Codable, Sendable {
        /// It waits for a slot.
        case pending = "Pending"
        /// Its place is being made ready.
        case starting = "Starting"
        /// Its input is being fetched.
        case downloading = "Downloading"
        /// Its program runs.
        case training = "Training"
        /// It lost its machine, and waits for another.
        case interrupted = "Interrupted"
        /// Its results are being put away.
        case uploading = "Uploading"
        /// It has been asked to stop.
        case stopping = "Stopping"
        /// It was stopped.
        case stopped = "Stopped"
        /// It was stopped because it ran as long as it may.
        case maxRuntimeExceeded = "MaxRuntimeExceeded"
        /// It was stopped because it waited and ran as long as it may.
        case maxWaitTimeExceeded = "MaxWaitTimeExceeded"
        /// It has trained to its end.
        case completed = "Completed"
        /// It has failed for good.
        case failed = "Failed"
    }

    /// Whether a training job's objective could be used; the wire's `ObjectiveStatus`.
    public enum ObjectiveStatus: String, Hashable, Codable, Sendable {
        /// It is not known yet.
        case pending = "Pending"
        /// It could be used.
        case succeeded = "Succeeded"
        /// There is none that could be used.
        case failed = "Failed"
    }

    /// A stay in one secondary status.
    public struct Transition: Hashable, Codable, Sendable {
        /// The status.
        public let status: SecondaryStatus
        /// When it was entered.
        public let startTime: Date
        /// When it was left; `nil` while it lasts.
        public var endTime: Date?
        /// What was going on, for people; what was last said of it.
        public internal(set) var message: String

        package init(
            status: SecondaryStatus, startTime: Date, endTime: Date? = nil, message: String
        ) {
            self.status = status
            self.startTime = startTime
            self.endTime = endTime
            self.message = message
        }
    }

    /// The last value of a metric; may be NaN or infinite.
    public struct FinalMetric: Hashable, Sendable {
        /// The value.
        public let value: Double
        /// When it was printed, or seen.
        public let time: Date

        /// Keeps a value.
        public init(value: Double, time: Date) {
            self.value = value
            self.time = time
        }
    }
}
