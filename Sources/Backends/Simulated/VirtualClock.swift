import Foundation
import Synchronization

/// A clock whose time passes only when everybody who takes part sleeps: then it goes on to the next
/// deadline, at once or at a pace, so that a simulation of a month takes as long as its decisions.
///
/// Those who take part are the bodies of `participate`, which `SimulatedBackend` calls for every
/// attempt. Limits:
/// - While a participant is awake, time stands still; so a participant must not wait for something
///   that another participant does after a sleep, and sleeps in one child task at a time.
/// - Others may sleep on the clock too and are woken in time, but without a pace their sleep alone
///   does not make time pass, and what they do after waking takes no time into account.
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

    @TaskLocal private static var participant: ObjectIdentifier?

    private let state: Mutex<VirtualClockState>
    private let startDate: Date

    /// Makes a clock that starts at a date.
    ///
    /// - Parameters:
    ///   - startDate: The date at which virtual time starts.
    ///   - speed: How many virtual seconds pass in a real one, above zero; infinitely many unless
    ///     given. What is lost while somebody is awake is made up for while all sleep, at four
    ///     times the speed.
    ///   - settling: How long in real time all participants must have slept before time goes on,
    ///     so that those who are about to take part can.
    public init(
        startDate: Date = Date(timeIntervalSince1970: 0), speed: Double = .infinity,
        settling: Duration = .zero
    ) {
        precondition(speed > 0, "speed \(speed)")
        self.startDate = startDate
        state = Mutex(VirtualClockState(speed: speed, settling: settling))
    }

    /// The present time.
    public var now: Instant {
        state.withLock { state in
            state.catchUp()
            return state.now
        }
    }

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
        change { state in state.participantCount += 1 }
        defer { change { state in state.participantCount -= 1 } }
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
                let sleeper = VirtualClockState.Sleeper(
                    deadline: deadline, isParticipant: isParticipant, continuation: continuation)
                var isOver = false
                change { state in
                    isOver = Task.isCancelled || deadline <= state.now
                    if !isOver { state.add(sleeper, number) }
                }
                guard isOver else { return }
                if Task.isCancelled {
                    continuation.resume(throwing: CancellationError())
                } else {
                    continuation.resume()
                }
            }
        } onCancel: {
            var sleeper: VirtualClockState.Sleeper?
            change { state in sleeper = state.remove(number) }
            sleeper?.continuation.resume(throwing: CancellationError())
        }
    }

    /// Changes who takes part or sleeps, and lets time go on if it can.
    private func change(_ body: (inout VirtualClockState) -> Void) {
        let woken = state.withLock { state in
            state.catchUp()
            body(&state)
            return goOn(&state)
        }
        for sleeper in woken { sleeper.continuation.resume() }
    }

    /// Goes on to the next deadline, now or later; gives the sleepers to wake now.
    private func goOn(_ state: inout VirtualClockState) -> [VirtualClockState.Sleeper] {
        state.timer?.cancel()
        state.timer = nil
        var woken: [VirtualClockState.Sleeper] = []
        while let wait = state.timeToNextDeadline {
            if wait > .zero {
                state.timer = Task { [weak self] in
                    guard (try? await Task.sleep(for: wait)) != nil else { return }
                    self?.wakeNext()
                }
                break
            }
            woken += state.jump()
        }
        return woken
    }

    /// Goes on to the next deadline, as its time has come.
    private func wakeNext() {
        let woken = state.withLock { state in
            // Cancelled meanwhile, too late for the sleep to end.
            if Task.isCancelled { return [VirtualClockState.Sleeper]() }
            state.catchUp()
            return state.jump() + goOn(&state)
        }
        for sleeper in woken { sleeper.continuation.resume() }
    }
}
