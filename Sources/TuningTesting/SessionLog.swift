import Foundation
import Synchronization
import Tuning

/// Gives sessions to a backend and keeps what is reported to them.
public final class SessionLog: Sendable {
    private struct Record {
        var samples: [MetricSample] = []
        var phases: [TrainingPhase] = []
        var marks: [ReportMark] = []
    }

    /// Stops the attempt.
    public let stop = StopSignal()
    /// Is given when enough samples have come.
    public let announcement = StopSignal()

    private let record = Mutex(Record())
    private let announceAt: Int
    private let holds: Bool
    private let verdict: Verdict

    /// Makes an empty log.
    ///
    /// - Parameters:
    ///   - verdict: The answer to every measurement.
    ///   - announceAt: How many samples are enough.
    ///   - holds: Whether the report that makes them enough returns only when it is cancelled, so
    ///     that the attempt cannot come to its end before it is detached from.
    public init(verdict: Verdict = .proceed, announceAt: Int = .max, holds: Bool = false) {
        self.verdict = verdict
        self.holds = holds
        self.announceAt = announceAt
    }

    /// A session that goes on behind a mark.
    public func session(mark: ReportMark?) -> AttemptSession {
        AttemptSession(mark: mark, stop: stop) { [self] update in try await keep(update) }
    }

    /// All samples, in order.
    public var samples: [MetricSample] { record.withLock { $0.samples } }
    /// The values of the conformance suite's metric, in order.
    public var values: [Double] { samples.compactMap { $0.values[BackendConformance.metric] } }
    /// All phases, in order.
    public var phases: [TrainingPhase] { record.withLock { $0.phases } }
    /// All marks, in order.
    public var marks: [ReportMark] { record.withLock { $0.marks } }
    /// The last mark; `nil` before the first.
    public var lastMark: ReportMark? { marks.last }

    private func keep(_ update: AttemptUpdate) async throws -> Verdict {
        switch update {
        case .entered(let phase, _, _):
            record.withLock { $0.phases.append(phase) }
            return .proceed
        case .measured(let samples, let mark):
            let count = record.withLock { record in
                record.samples += samples
                record.marks.append(mark)
                return record.samples.count
            }
            if count >= announceAt {
                announcement.request(.requested)
                if holds { try await Task.sleep(for: .seconds(3600)) }
            }
            return verdict
        }
    }
}
