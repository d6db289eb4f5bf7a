import Foundation

/// What time it is, and how to wait: the machine's time, or a test's.
package struct BackendClock: Sendable {
    /// The time since some moment; never goes back.
    package let elapsed: @Sendable () -> Duration
    /// Waits for a duration, or throws `CancellationError`.
    package let sleep: @Sendable (Duration) async throws -> Void
    /// The date, which may jump.
    package let date: @Sendable () -> Date
    /// What runs the tasks that no caller waits for; `nil` for whatever runs tasks.
    package let executor: (any TaskExecutor)?

    /// Takes a clock apart.
    package init(
        elapsed: @escaping @Sendable () -> Duration,
        sleep: @escaping @Sendable (Duration) async throws -> Void,
        date: @escaping @Sendable () -> Date = { Date() },
        executor: (any TaskExecutor)? = nil
    ) {
        self.elapsed = elapsed
        self.sleep = sleep
        self.date = date
        self.executor = executor
    }

    /// The machine's time.
    package static let real = {
        let start = ContinuousClock.now
        return BackendClock(
            elapsed: { start.duration(to: .now) }, sleep: { try await Task.sleep(for: $0) })
    }()
}
