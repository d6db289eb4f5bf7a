import Synchronization

/// Wakes the one task that waits; a call that comes before the wait is not lost.
final class Wakeup: Sendable {
    private struct State {
        var isSet = false
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    /// Wakes whoever waits, or will wait next.
    func call() {
        let waiter = state.withLock { state in
            state.isSet = state.waiter == nil
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume()
    }

    /// Waits for a call, or for the task to be cancelled.
    func wait() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isDone = state.withLock { state in
                    precondition(state.waiter == nil, "two tasks wait")
                    if state.isSet || Task.isCancelled {
                        state.isSet = false
                        return true
                    }
                    state.waiter = continuation
                    return false
                }
                if isDone { continuation.resume() }
            }
        } onCancel: {
            state.withLock { state in
                defer { state.waiter = nil }
                return state.waiter
            }?.resume()
        }
    }

    /// Waits for a call, but no longer than a while.
    ///
    /// - Throws: `CancellationError`.
    func wait(atMost duration: Duration, _ clock: BackendClock) async throws {
        await withTaskGroup { group in
            group.addTask { try? await clock.sleep(duration) }
            group.addTask { await self.wait() }
            await group.next()
            group.cancelAll()
        }
        try Task.checkCancellation()
    }
}
