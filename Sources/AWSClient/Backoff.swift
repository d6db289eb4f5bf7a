/// How long to wait between tries of a request that failed for a passing reason.
///
/// The longest wait doubles with every failure in a row; the wait is drawn evenly from zero to it,
/// so that many who failed at once do not come back at once.
///
/// Source: M. Brooker, "Exponential Backoff and Jitter", AWS Architecture Blog, 2015 ("full
/// jitter").
package struct Backoff: Hashable, Sendable {
    /// The longest wait after the first failure.
    package let base: Duration
    /// The longest wait of all.
    package let limit: Duration

    /// Takes two waits, the first not above the second.
    package init(base: Duration = .milliseconds(500), limit: Duration = .seconds(20)) {
        precondition(.zero <= base && base <= limit, "\(base), \(limit)")
        self.base = base
        self.limit = limit
    }

    /// The wait before the next try.
    ///
    /// - Parameter failureCount: How many tries in a row have failed, at least one.
    package func delay(
        after failureCount: Int, using random: inout some RandomNumberGenerator
    ) -> Duration {
        precondition(failureCount >= 1, "\(failureCount) failures")
        // Thirty doublings of anything that can be waited for are beyond any limit.
        let longest = min(limit, base * (1 << min(failureCount - 1, 30)))
        return longest * Double.random(in: 0...1, using: &random)
    }
}
