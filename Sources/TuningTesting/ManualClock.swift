import Synchronization

/// A clock whose time passes only when a test says so.
package final class ManualClock: Clock, Sendable {
    /// A time on a manual clock.
    package struct Instant: InstantProtocol {
        /// The time since the clock was made.
        package let offset: Duration

        /// The time a while later.
        package func advanced(by duration: Duration) -> Instant {
            Instant(offset: offset + duration)
        }

        /// How long it takes until another time.
        package func duration(to other: Instant) -> Duration { other.offset - offset }

        /// Whether one time is before another.
        package static func < (left: Instant, right: Instant) -> Bool { left.offset < right.offset }
    }

    private struct State {
        var now = Instant(offset: .zero)
        var sleepers:
            [Int: (deadline: Instant, continuation: CheckedContinuation<Void, any Error>)] =
                [:]
        var watchers: [Int: (count: Int, continuation: CheckedContinuation<Void, Never>)] = [:]
        var nextNumber = 0

        mutating func number() -> Int {
            defer { nextNumber += 1 }
            return nextNumber
        }

        /// Takes out the watchers for whom enough sleep.
        mutating func satisfied() -> [CheckedContinuation<Void, Never>] {
            let numbers = watchers.filter { $0.value.count <= sleepers.count }.keys
            return numbers.compactMap { watchers.removeValue(forKey: $0)?.continuation }
        }
    }

    private let state = Mutex(State())

    /// Makes a clock that stands at zero.
    package init() {}

    /// The present time.
    package var now: Instant { state.withLock { $0.now } }

    /// The shortest time that can pass.
    package var minimumResolution: Duration { .nanoseconds(1) }

    /// Lets time pass and wakes those whose time has come.
    package func advance(by duration: Duration) {
        let due = state.withLock { state in
            state.now = state.now.advanced(by: duration)
            let now = state.now
            let numbers = state.sleepers.filter { $0.value.deadline <= now }
                .sorted { ($0.value.deadline, $0.key) < ($1.value.deadline, $1.key) }.map(\.key)
            return numbers.compactMap { state.sleepers.removeValue(forKey: $0)?.continuation }
        }
        for sleeper in due { sleeper.resume() }
    }

    /// Waits until at least so many sleep; returns at once when they do.
    package func sleepers(_ count: Int = 1) async {
        await withCheckedContinuation { continuation in
            let satisfied = state.withLock { state in
                let number = state.number()
                state.watchers[number] = (count, continuation)
                return state.satisfied()
            }
            for watcher in satisfied { watcher.resume() }
        }
    }

    /// Sleeps until a time.
    ///
    /// - Throws: `CancellationError` when the task is cancelled first.
    package func sleep(until deadline: Instant, tolerance: Duration? = nil) async throws {
        let number = state.withLock { $0.number() }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation {
                (continuation: CheckedContinuation<Void, any Error>) in
                let watchers: [CheckedContinuation<Void, Never>]? = state.withLock { state in
                    guard !Task.isCancelled, deadline > state.now else { return nil }
                    state.sleepers[number] = (deadline, continuation)
                    return state.satisfied()
                }
                for watcher in watchers ?? [] { watcher.resume() }
                if watchers == nil { continuation.resume() }
            }
        } onCancel: {
            let sleeper = state.withLock { $0.sleepers.removeValue(forKey: number) }
            sleeper?.continuation.resume(throwing: CancellationError())
        }
        try Task.checkCancellation()
    }
}
