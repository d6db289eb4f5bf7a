import Foundation

/// One fact about one trial, in the past tense; stored before anyone acts on it.
public struct TrialEvent: Hashable, Sendable {
    /// The trial.
    public let trial: Trial.ID
    /// When it happened.
    public let time: Date
    /// What happened.
    public let change: Change

    /// States a fact.
    public init(trial: Trial.ID, time: Date, change: Change) {
        self.trial = trial
        self.time = time
        self.change = change
    }

    /// What can happen to a trial.
    ///
    ///     created ─▶ started ─▶ entered, reported … ─▶ finished
    ///                   ▲              │
    ///                   └ attemptFailed, paused
    public enum Change: Hashable, Sendable {
        /// Its hyperparameters were chosen, for the definition with this index.
        case created(Hyperparameters, Decision, definition: Int)
        /// An attempt was launched, or is about to be.
        case started(attempt: Int, TrainingExtent)
        /// The attempt came to a phase.
        case entered(TrainingPhase, message: String?)
        /// The attempt printed metrics; the mark is behind the last.
        case reported([MetricReport], ReportMark)
        /// Somebody wants it stopped; the message says more about why.
        case stopRequested(StopReason, message: String? = nil)
        /// The attempt failed and another one will follow.
        case attemptFailed(TrainingFailure)
        /// The attempt was halted, to be resumed.
        case paused(Checkpoint)
        /// Nothing more will happen.
        case finished(Trial.Outcome)
    }
}

/// One fact about a tuning job: about one of its trials, or about itself.
public enum TuningEvent: Hashable, Sendable {
    /// Something about one of its trials.
    case trial(TrialEvent)
    /// A client wants the tuning job stopped.
    case stopRequested(Date)
    /// No further improvement is to be expected.
    case converged(Date)
    /// Nothing more will happen.
    case finished(TuningJob.Outcome, Date)

    /// When it happened.
    public var time: Date {
        switch self {
        case .trial(let event): event.time
        case .stopRequested(let time), .converged(let time), .finished(_, let time): time
        }
    }
}

/// An event that cannot follow what went before: the log is damaged, or the code is wrong.
public struct TransitionError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong.
    public let description: String

    init(_ event: TrialEvent, after state: String) {
        description = "trial \(event.trial): \(event.change) cannot follow \(state)"
    }

    init(_ description: String) {
        self.description = description
    }
}
