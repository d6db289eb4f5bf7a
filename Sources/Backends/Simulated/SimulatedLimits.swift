import Tuning

/// Until when an attempt may wait.
///
/// Counted from when it was launched, or attached to after a crash.
struct SimulatedLimits<RunClock: Clock<Duration>>: Sendable {
    /// A time, and why the attempt is stopped then.
    struct Limit: Sendable {
        let time: RunClock.Instant
        let reason: StopReason
    }

    /// For waiting and running together.
    let wait: Limit?
    private let pendingTime: RunClock.Instant?

    /// The limits of a stopping condition.
    init(_ condition: StoppingCondition, from start: RunClock.Instant) {
        wait = condition.waitMax.map {
            Limit(time: start.advanced(by: $0), reason: .waitTimeExceeded)
        }
        pendingTime = condition.pendingMax.map { start.advanced(by: $0) }
    }

    /// The limit that comes first while an attempt waits to be started.
    var firstWhilePending: Limit? {
        let pending = pendingTime.map { Limit(time: $0, reason: .pendingTimeExceeded) }
        return [pending, wait].compactMap { $0 }.min { $0.time < $1.time }
    }
}
