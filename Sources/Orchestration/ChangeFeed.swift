import Synchronization
import Tuning

/// Tells what has been stored of tuning jobs, to whoever wants to know, as soon as it is durable.
///
/// Whoever listens first and then reads the store misses nothing.
public final class ChangeFeed: Sendable {
    /// Where the changes of tuning jobs go to.
    private typealias Listener = AsyncStream<TuningJobChange>.Continuation

    private struct State {
        var listeners: [TuningJob.ID?: [Int: Listener]] = [:]
        var nextNumber = 0
    }

    private let state = Mutex(State())

    init() {}

    /// The changes from now on; ends when the listener stops listening.
    ///
    /// - Parameters:
    ///   - id: The tuning job; all of them unless given.
    ///   - policy: What becomes of changes that come faster than they are taken.
    public func changes(
        of id: TuningJob.ID? = nil,
        buffering policy: AsyncStream<TuningJobChange>.Continuation.BufferingPolicy = .unbounded
    ) -> AsyncStream<TuningJobChange> {
        let (stream, listener) = AsyncStream.makeStream(
            of: TuningJobChange.self, bufferingPolicy: policy)
        let number = state.withLock { state in
            defer { state.nextNumber += 1 }
            state.listeners[id, default: [:]][state.nextNumber] = listener
            return state.nextNumber
        }
        listener.onTermination = { [weak self] _ in self?.remove(number, of: id) }
        return stream
    }

    /// Tells what has been stored.
    func publish(_ change: TuningJobChange) {
        let listeners = state.withLock { state in
            [change.job.id, nil].flatMap { state.listeners[$0].map { Array($0.values) } ?? [] }
        }
        for listener in listeners { listener.yield(change) }
    }

    private func remove(_ number: Int, of id: TuningJob.ID?) {
        state.withLock { state in
            state.listeners[id]?[number] = nil
            if state.listeners[id]?.isEmpty == true { state.listeners[id] = nil }
        }
    }
}
