import Foundation

/// What time it is, and how to wait: real, or a test's.
public struct TimeSource: Sendable {
    /// The time.
    public let now: @Sendable () -> Date
    /// Waits for a duration, or throws `CancellationError`.
    public let sleep: @Sendable (Duration) async throws -> Void

    /// Takes a clock apart.
    public init(
        now: @escaping @Sendable () -> Date,
        sleep: @escaping @Sendable (Duration) async throws -> Void
    ) {
        self.now = now
        self.sleep = sleep
    }

    /// The machine's time.
    public static let real = TimeSource(now: { Date() }, sleep: { try await Task.sleep(for: $0) })
}
