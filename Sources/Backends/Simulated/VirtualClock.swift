import Foundation
import Synchronization

/// A clock whose time passes only when everybody who takes part sleeps: then it jumps to the next
/// deadline, so that a simulation of a month takes as long as its decisions.
///
/// Those who take part are the bodies of `participate`, which `SimulatedBackend` calls for every
/// attempt. Limits:
/// - While a participant is awake, time stands still; so a participant must not wait for something
///   that another participant does after a sleep, and sleeps in one child task at a time.
/// - Others may sleep on the clock too and are woken in time, but their sleep alone does not make
///   time pass, and what they do after waking takes no time into account.
/// - Finding the next deadline takes time proportional to the number of sleepers.
public final class VirtualClock: Clock, Sendable {
    /// A time on a virtual clock.
    public struct Instant: InstantProtocol {
        /// The time since the clock was made.
        public let offset: Duration

        /// The time a while later.
        public func advanced(by duration: Duration) -> Instant {
            Instant(offset: offset + duration)
        }

        /// How long it takes until another time.
        public func duration(to other: Instant) -> Duration { other.offset - offset }

        /// Whether one time is before another.
        public static func < (left: Instant, right: Instant) -> Bool { left.offset < right.offset }
    }

    fileprivate struct Sleeper {
        let deadline: Instant
        let isParticipant: Bool
        let continuation: CheckedContinuation<Void, any Error>
    }

    fileprivate struct State {
        var now = Instant(offset: .zero)
        var participantCount = 0
        var sleepingParticipantCount = 0
        var sleepers: [Int: Sleeper] = [:]
        var nextSleeper = 0
    }

    @TaskLocal private static var participant: ObjectIdentifier?

    private let state = Mutex(State())
    private let startDate: Date

    /// Makes a clock that starts at a date.
    public init(startDate: Date = Date(timeIntervalSince1970: 0)) {
        self.startDate = startDate
    }

    /// The present time.
    public var now: Instant { state.withLock { $0.now } }

    /// The shortest time that can pass.
    public var minimumResolution: Duration { .nanoseconds(1) }

    /// The present time as a date.
    public var date: Date {
        startDate.addingTimeInterval(now.offset / .seconds(1))
    }

    /// Takes part while a body runs: time stands still unless the body sleeps on this clock.
    public func participate<Value: Sendable>(
        _ body: () async throws -> Value
    ) async rethrows -> Value {
        state.withLock { $0.participantCount += 1 }
        defer {
            let woken = state.withLock { state in
                state.participantCount -= 1
                return state.jump()
            }
            for sleeper in woken { sleeper.continuation.resume() }
        }
        return try await Self.$participant.withValue(ObjectIdentifier(self), operation: body)
    }

    /// Sleeps until a time.
    ///
    /// - Throws: `CancellationError` when the task is cancelled first.
    public func sleep(until deadline: Instant, tolerance: Duration? = nil) async throws {
        let isParticipant = Self.participant == ObjectIdentifier(self)
        let number = state.withLock { state in
            defer { state.nextSleeper += 1 }
            return state.nextSleeper
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let sleeper = Sleeper(
                    deadline: deadline, isParticipant: isParticipant, continuation: continuation)
                let (isCancelled, woken) = state.withLock { state in
                    if Task.isCancelled { return (true, [sleeper]) }
                    if deadline <= state.now { return (false, [sleeper]) }
                    state.add(sleeper, number)
                    return (false, state.jump())
                }
                for sleeper in woken {
                    if isCancelled {
                        sleeper.continuation.resume(throwing: CancellationError())
                    } else {
                        sleeper.continuation.resume()
                    }
                }
            }
        } onCancel: {
            let sleeper = state.withLock { $0.remove(number) }
            sleeper?.continuation.resume(throwing: CancellationError())
        }
    }
}

// MARK: - State

extension VirtualClock.State {
    fileprivate mutating func add(_ sleeper: VirtualClock.Sleeper, _ number: Int) {
        sleepers[number] = sleeper
        if sleeper.isParticipant { sleepingParticipantCount += 1 }
    }

    fileprivate mutating func remove(_ number: Int) -> VirtualClock.Sleeper? {
        guard let sleeper = sleepers.removeValue(forKey: number) else { return nil }
        if sleeper.isParticipant { sleepingParticipantCount -= 1 }
        return sleeper
    }

    /// Goes on to the next deadline if all participants sleep; gives the sleepers to wake.
    fileprivate mutating func jump() -> [VirtualClock.Sleeper] {
        guard participantCount > 0, sleepingParticipantCount >= participantCount,
            let next = sleepers.values.map(\.deadline).min()
        else { return [] }
        now = max(now, next)
        let due = sleepers.filter { $0.value.deadline <= now }.keys.sorted()
        return due.compactMap { remove($0) }
    }
}
