import Foundation
import Synchronization

/// Lets so many in at once, in the order of their coming.
package final class Turns: Sendable {
    private struct State {
        var free: Int
        var waiting: [(UUID, CheckedContinuation<Void, any Error>)] = []
    }

    private let state: Mutex<State>

    /// Lets in as many as this.
    package init(count: Int) { state = Mutex(State(free: count)) }

    /// Waits to be let in.
    ///
    /// - Throws: `CancellationError` when the task does not want to wait any more.
    package func take() async throws {
        let id = UUID()
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let isFree: Bool? = state.withLock { state in
                    if Task.isCancelled { return nil }
                    if state.free > 0 {
                        state.free -= 1
                        return true
                    }
                    state.waiting.append((id, continuation))
                    return false
                }
                switch isFree {
                case nil: continuation.resume(throwing: CancellationError())
                case true?: continuation.resume()
                case false?: break
                }
            }
        } onCancel: {
            let cancelled = state.withLock { state in
                state.waiting.firstIndex { $0.0 == id }.map { state.waiting.remove(at: $0).1 }
            }
            cancelled?.resume(throwing: CancellationError())
        }
    }

    /// Lets in the next; called once by each who was let in.
    package func giveBack() {
        let next = state.withLock { state in
            guard !state.waiting.isEmpty else {
                state.free += 1
                return CheckedContinuation<Void, any Error>?.none
            }
            return state.waiting.removeFirst().1
        }
        next?.resume()
    }
}
