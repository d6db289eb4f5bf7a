import Foundation
import SageMakerBackend
import Synchronization

/// Time that passes as soon as everybody waits for it: up to the next moment somebody waits for.
///
/// Whether everybody waits is guessed, from nobody having asked for the time for a while. A wrong
/// guess makes code under test look slow; it never makes time go back, or pass a moment unseen.
final class VirtualTime: Sendable {
    private struct Sleeper {
        let deadline: Duration
        let continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var now = Duration.zero
        var sleepers: [Int: Sleeper] = [:]
        var nextNumber = 0
        var activity = 0
    }

    /// The date when the time is zero: 2023-11-14 22:13:20 UTC.
    static let origin = Date(timeIntervalSince1970: 1_700_000_000)
    private static let yieldCount = 40

    private let state = Mutex(State())
    private let stride: Duration
    private let patience: Duration

    /// Begins at zero.
    ///
    /// - Parameters:
    ///   - stride: The longest time that passes at once, and so the most that a wrong guess costs.
    ///   - patience: How long nobody has to be at work, in real time, where that matters.
    init(stride: Duration = .seconds(5), patience: Duration = .zero) {
        self.stride = stride
        self.patience = patience
    }

    var now: Duration { state.withLock { $0.now } }
    var date: Date { Self.origin.addingTimeInterval(now / .seconds(1)) }

    /// As the backend takes it.
    var clock: BackendClock {
        BackendClock(
            elapsed: {
                self.noteActivity()
                return self.now
            },
            sleep: { try await self.sleep($0) },
            date: { self.date })
    }

    /// Somebody is at work.
    func noteActivity() { state.withLock { $0.activity += 1 } }

    func sleep(_ duration: Duration) async throws {
        let number = state.withLock { state in
            defer { state.nextNumber += 1 }
            state.activity += 1
            return state.nextNumber
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation {
                (continuation: CheckedContinuation<Void, any Error>) in
                let isCancelled = state.withLock { state in
                    guard !Task.isCancelled else { return true }
                    state.sleepers[number] = Sleeper(
                        deadline: state.now + max(.zero, duration), continuation: continuation)
                    return false
                }
                if isCancelled { continuation.resume(throwing: CancellationError()) }
            }
        } onCancel: {
            state.withLock { $0.sleepers.removeValue(forKey: number) }?
                .continuation.resume(throwing: CancellationError())
        }
    }

    /// Does something while time passes.
    func pass<Value: Sendable>(
        _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask {
                await self.drive()
                return nil
            }
            group.addTask { try await body() }
            defer { group.cancelAll() }
            while let value = try await group.next() {
                if let value { return value }
            }
            throw CancellationError()
        }
    }

    /// Lets time pass until the task is cancelled.
    func drive() async {
        while !Task.isCancelled {
            let activity = state.withLock { $0.activity }
            for _ in 0..<Self.yieldCount { await Task.yield() }
            if patience > .zero { try? await Task.sleep(for: patience) }
            if state.withLock({ $0.activity }) == activity { advance() }
        }
    }

    private func advance() {
        let due = state.withLock { state in
            guard let next = state.sleepers.values.map(\.deadline).min() else {
                return [Sleeper]()
            }
            state.now = min(max(state.now, next), state.now + stride)
            let now = state.now
            let numbers = state.sleepers.filter { $0.value.deadline <= now }.keys.sorted()
            return numbers.compactMap { state.sleepers.removeValue(forKey: $0) }
        }
        for sleeper in due { sleeper.continuation.resume() }
    }
}
