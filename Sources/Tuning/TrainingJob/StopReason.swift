/// Why a training job was stopped before its own end.
public enum StopReason: String, Hashable, Codable, Sendable {
    /// A client asked for it.
    case requested
    /// Its tuning job was stopped or is over.
    case tuningJobEnded
    /// The command that ran it was interrupted; another attempt will follow when it goes on.
    case interrupted
    /// Its verdict was to stop: it was not promising enough.
    case earlyStopping
    /// It ran as long as it may.
    case runtimeExceeded
    /// It waited and ran together as long as it may.
    case waitTimeExceeded
    /// It waited for its start as long as it may.
    case pendingTimeExceeded
}

/// Why a training job failed.
public struct TrainingFailure: Error, Hashable, Codable, Sendable {
    /// Whose fault it is, which decides whether trying again makes sense.
    public enum Cause: String, Hashable, Codable, Sendable {
        /// The training program or its request; the same would happen again.
        case algorithm
        /// The place where it ran: a lost machine, a full disk, a killed supervisor.
        case `internal`
    }

    /// Whose fault it is.
    public let cause: Cause
    /// What happened, for people; at most 1,024 characters.
    public let reason: String

    /// Describes a failure; the reason is cut to 1,024 characters.
    public init(_ cause: Cause, _ reason: String) {
        self.cause = cause
        self.reason = String(reason.prefix(1024))
    }
}
