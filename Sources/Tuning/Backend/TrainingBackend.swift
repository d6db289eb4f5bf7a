import Foundation

/// A place where training jobs run: local processes, a simulation, another service.
public protocol TrainingBackend: Sendable {
    /// How many attempts may run at once; at least one.
    var slotCount: Int { get }

    /// Runs an attempt to its end, asking after each report whether to go on.
    ///
    /// - An attempt that already runs, or has run, under the same ID is attached to, not started
    ///   twice: its end is reported again. Metrics up to `session.mark` are not reported again.
    /// - `session.stop` asks for a stop: the program gets its grace period, and the end is
    ///   `.stopped` with the reason asked for, or the end it came to meanwhile. A stop that was
    ///   asked for before the start has taken effect is obeyed too.
    /// - The verdict `.stop` on a report is obeyed like a stop for `.earlyStopping`.
    /// - Cancelling the task detaches: this throws `CancellationError` soon, and the attempt goes
    ///   on where that is possible, to be attached to later.
    /// - An attempt that fails is a result.
    ///
    /// - Throws: What `session.report` throws, and `CancellationError`.
    func run(_ attempt: Attempt, in session: AttemptSession) async throws -> Attempt.End
}

/// What a backend is given to run one attempt with.
public struct AttemptSession: Sendable {
    /// Where the metrics that are already stored end; `nil` when none are.
    public let mark: ReportMark?
    /// Asks for a stop.
    public let stop: StopSignal
    /// Takes news of the attempt, in order; returns once they are durable.
    public let report: @Sendable (AttemptUpdate) async throws -> Verdict

    /// Puts together a session.
    public init(
        mark: ReportMark? = nil, stop: StopSignal = StopSignal(),
        report: @escaping @Sendable (AttemptUpdate) async throws -> Verdict
    ) {
        self.mark = mark
        self.stop = stop
        self.report = report
    }
}

/// News of a running attempt.
public enum AttemptUpdate: Hashable, Sendable {
    /// It has come to a phase; a phase that is reported again after attaching changes nothing.
    case entered(TrainingPhase, at: Date, message: String?)
    /// It has printed metrics: samples in order, not empty, and the mark behind the last.
    case measured([MetricSample], ReportMark)
}

/// What a running attempt is doing.
public enum TrainingPhase: String, Hashable, Codable, Sendable {
    /// It waits for a place to run.
    case pending
    /// Its place is being made ready.
    case starting
    /// Its input is being fetched.
    case downloading
    /// Its program runs.
    case training
    /// It lost its machine, and waits for another.
    case interrupted
    /// Its results are being put away.
    case uploading
}

/// Whether a reporting trial goes on.
public enum Verdict: String, Hashable, Codable, Sendable {
    /// It trains on.
    case proceed
    /// It is halted, and may be resumed.
    case pause
    /// It is stopped for good.
    case stop
}
