import Dispatch
import Foundation
import SageMakerBackend
import Synchronization

/// Time that passes as soon as everybody waits for it: up to the next moment somebody waits for.
///
/// All tasks of a test run one after the other on an executor of its own. When it has none to run,
/// everybody waits.
final class VirtualTime: Sendable {
    private struct Sleeper {
        let deadline: Duration
        let continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var now = Duration.zero
        var sleepers: [Int: Sleeper] = [:]
        var nextNumber = 0
        var isPassing = false
    }

    /// The date when the time is zero: 2023-11-14 22:13:20 UTC.
    static let origin = Date(timeIntervalSince1970: 1_700_000_000)

    private let state = Mutex(State())
    /// Runs what takes part; a task that is not structured has to ask for it.
    let executor = SerialTaskExecutor()

    /// Begins at zero.
    init() {
        executor.whenIdle { [weak self] in self?.advance() }
    }

    var now: Duration { state.withLock { $0.now } }
    var date: Date { Self.origin.addingTimeInterval(now / .seconds(1)) }

    /// As the backend takes it.
    var clock: BackendClock {
        BackendClock(
            elapsed: { self.now }, sleep: { try await self.sleep($0) }, date: { self.date },
            executor: executor)
    }

    func sleep(_ duration: Duration) async throws {
        let number = state.withLock { state in
            defer { state.nextNumber += 1 }
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
        state.withLock { $0.isPassing = true }
        defer { state.withLock { $0.isPassing = false } }
        return try await withTaskExecutorPreference(executor) { try await body() }
    }

    /// Goes on to the next moment somebody waits for.
    private func advance() {
        let due = state.withLock { state in
            guard state.isPassing, let next = state.sleepers.values.map(\.deadline).min() else {
                return [Sleeper]()
            }
            state.now = max(state.now, next)
            let now = state.now
            let numbers = state.sleepers.filter { $0.value.deadline <= now }.keys.sorted()
            return numbers.compactMap { state.sleepers.removeValue(forKey: $0) }
        }
        for sleeper in due { sleeper.continuation.resume() }
    }
}

/// Runs tasks one after the other, in the order in which they can go on.
final class SerialTaskExecutor: TaskExecutor {
    private struct State {
        var jobs: [UnownedJob] = []
        var isRunning = false
        var whenIdle: @Sendable () -> Void = {}
    }

    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "tuner.test.serial")

    /// Sets what is done when there is nothing to run.
    func whenIdle(_ body: @escaping @Sendable () -> Void) {
        state.withLock { $0.whenIdle = body }
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let begins = state.withLock { state in
            state.jobs.append(job)
            defer { state.isRunning = true }
            return !state.isRunning
        }
        if begins { queue.async { self.run() } }
    }

    private func run() {
        while true {
            for job in state.withLock({ state in
                defer { state.jobs.removeAll(keepingCapacity: true) }
                return state.jobs
            }) {
                job.runSynchronously(on: asUnownedTaskExecutor())
            }
            guard state.withLock({ $0.jobs.isEmpty }) else { continue }
            state.withLock { $0.whenIdle }()
            let isDone = state.withLock { state in
                state.isRunning = !state.jobs.isEmpty
                return !state.isRunning
            }
            if isDone { return }
        }
    }
}
