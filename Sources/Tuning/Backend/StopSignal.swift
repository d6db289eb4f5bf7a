import Synchronization

/// Asks once for a stop; whoever waits for it, now or later, is told the reason.
public final class StopSignal: Sendable {
    private struct State {
        var reason: StopReason?
        var waiters: [Int: CheckedContinuation<StopReason?, Never>] = [:]
        var nextWaiter = 0
    }

    private let state = Mutex(State())

    /// Makes a signal that has not been given.
    public init() {}

    /// The reason given; `nil` while no stop has been asked for.
    public var reason: StopReason? { state.withLock { $0.reason } }

    /// Asks for a stop; only the first reason counts.
    public func request(_ reason: StopReason) {
        let waiters = state.withLock { state in
            guard state.reason == nil else { return [CheckedContinuation<StopReason?, Never>]() }
            state.reason = reason
            defer { state.waiters = [:] }
            return Array(state.waiters.values)
        }
        for waiter in waiters { waiter.resume(returning: reason) }
    }

    /// Waits for a stop to be asked for; `nil` when the waiting task is cancelled first.
    public func wait() async -> StopReason? {
        let waiter = state.withLock { state in
            defer { state.nextWaiter += 1 }
            return state.nextWaiter
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let known: StopReason?? = state.withLock { state in
                    if let reason = state.reason { return .some(reason) }
                    if Task.isCancelled { return .some(nil) }
                    state.waiters[waiter] = continuation
                    return .none
                }
                if let known { continuation.resume(returning: known) }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: waiter) }?.resume(returning: nil)
        }
    }
}
