import Synchronization

/// A queue between many senders and one receiver, who takes everything that waits at once.
///
/// Unbounded by itself: what can wait is bounded by the senders, each of whom waits for an answer
/// before sending again.
final class Mailbox<Message: Sendable>: Sendable {
    private struct State {
        var waiting: [Message] = []
        var receiver: CheckedContinuation<[Message]?, Never>?
        var isClosed = false
    }

    private let state = Mutex(State())

    /// Adds a message.
    ///
    /// - Returns: Whether it will be received; `false` once the mailbox is closed.
    @discardableResult
    func send(_ message: Message) -> Bool {
        let (isOpen, receiver) = state.withLock { state in
            guard !state.isClosed else {
                return (false, CheckedContinuation<[Message]?, Never>?.none)
            }
            if state.receiver == nil { state.waiting.append(message) }
            defer { state.receiver = nil }
            return (true, state.receiver)
        }
        receiver?.resume(returning: [message])
        return isOpen
    }

    /// Waits until there are messages and takes them all, in order.
    ///
    /// - Returns: `nil` when the task is cancelled or the mailbox closed.
    func take() async -> [Message]? {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let known: [Message]?? = state.withLock { state in
                    if state.isClosed || Task.isCancelled { return .some(nil) }
                    if state.waiting.isEmpty {
                        state.receiver = continuation
                        return .none
                    }
                    defer { state.waiting = [] }
                    return .some(state.waiting)
                }
                if let known { continuation.resume(returning: known) }
            }
        } onCancel: {
            stopReceiving()
        }
    }

    /// Refuses all later messages.
    ///
    /// - Returns: The messages that were never taken; whoever waits for them must be told.
    func close() -> [Message] {
        stopReceiving()
        return state.withLock { state in
            defer { state.waiting = [] }
            return state.waiting
        }
    }

    private func stopReceiving() {
        let receiver = state.withLock { state in
            state.isClosed = true
            defer { state.receiver = nil }
            return state.receiver
        }
        receiver?.resume(returning: nil)
    }
}
