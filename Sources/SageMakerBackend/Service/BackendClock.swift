import Foundation

/// What time it is, and how to wait: the machine's time, or a test's.
package struct BackendClock: Sendable {
    /// The time since some moment; never goes back.
    package let elapsed: @Sendable () -> Duration
    /// Waits for a duration, or throws `CancellationError`.
    package let sleep: @Sendable (Duration) async throws -> Void
    /// The date, which may jump.
    package let date: @Sendable () -> Date

    /// Takes a clock apart.
    package init(
        elapsed: @escaping @Sendable () -> Duration,
        sleep: @escaping @Sendable (Duration) async throws -> Void,
        date: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.elapsed = elapsed
        self.sleep = sleep
        self.date = date
    }

    /// The machine's time.
    package static let real = {
        let start = ContinuousClock.now
        return BackendClock(
            elapsed: { start.duration(to: .now) }, sleep: { try await Task.sleep(for: $0) })
    }()
}
