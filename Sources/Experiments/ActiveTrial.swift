import Foundation
import Synchronization
import Tuning

/// The trial that an objective is running: what it reports its way with.
public struct ActiveTrial: Sendable {
    /// The name of the trial, the same after an interruption.
    public let name: TrainingJob.Name
    private let reporter: TrialReporter

    init(name: TrainingJob.Name, _ reporter: TrialReporter) {
        self.name = name
        self.reporter = reporter
    }

    /// Reports how good the trial is so far; the last report, or else what the objective returns,
    /// is its result.
    ///
    /// - Parameter value: May be NaN or infinite: then it is no result, and no reason to go on.
    /// - Throws: `TrialStopped` when the trial is to stop, which an objective best lets through;
    ///   `CancellationError` when the experiment is cancelled.
    public func report(_ value: Double) async throws {
        try await reporter.report(value)
    }

    /// Whether the trial is to stop; where reports are rare, ask in between.
    public var isStopping: Bool { Task.isCancelled || reporter.isStopped }
}

/// A trial was told to stop: it was not promising enough, or the experiment is over.
public struct TrialStopped: Error, Hashable, Sendable {
    /// Why.
    public let reason: StopReason
}

/// Hands reports of one attempt over.
final class TrialReporter: Sendable {
    private struct State {
        var count = 0
        var last: Double?
        var stop: StopReason?
    }

    private let session: AttemptSession
    /// How many reports are known from before an interruption.
    private let knownCount: Int
    private let state = Mutex(State())

    init(_ session: AttemptSession) {
        self.session = session
        knownCount = session.mark.flatMap { Int($0.text) } ?? 0
    }

    /// Why the trial was told to stop; `nil` while it was not.
    var stopReason: StopReason? { state.withLock(\.stop) ?? session.stop.reason }

    /// Whether the trial was told to stop.
    var isStopped: Bool { stopReason != nil }

    func report(_ value: Double) async throws {
        try Task.checkCancellation()
        if let stopReason { throw TrialStopped(reason: stopReason) }
        let count = state.withLock { state in
            state.count += 1
            state.last = value
            return state.count
        }
        guard count > knownCount else { return }
        let sample = MetricSample(time: Date(), values: [ClosureBackend.metric: value])
        let verdict = try await session.report(.measured([sample], ReportMark("\(count)")))
        if verdict != .proceed {
            state.withLock { $0.stop = .earlyStopping }
            throw TrialStopped(reason: .earlyStopping)
        }
    }

    /// Reports what the objective returned, unless it was the last thing that it reported.
    func reportResult(_ value: Double) async throws {
        let last = state.withLock(\.last)
        guard last == nil || last?.bitPattern != value.bitPattern else { return }
        do {
            try await report(value)
        } catch is TrialStopped {
            // It has come to its end all the same.
        }
    }
}
