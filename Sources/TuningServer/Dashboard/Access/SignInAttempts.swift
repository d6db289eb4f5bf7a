import Foundation
import Synchronization

/// Counts attempts to sign in that failed, so that nobody tries secrets one after the other.
final class SignInAttempts: Sendable {
    /// How many may fail within the window, by address; then none is looked at until it is over.
    static let countMax = 10
    /// How many may fail within the window in all.
    static let totalMax = 200
    /// How long a failure counts, in seconds.
    static let window: TimeInterval = 300

    private struct Failure {
        let address: String?
        let time: Date
    }

    private let failures = Mutex<[Failure]>([])

    /// Whether an attempt from an address may be looked at.
    func isAllowed(from address: String?, at now: Date) -> Bool {
        failures.withLock { failures in
            failures.removeAll { now.timeIntervalSince($0.time) >= Self.window }
            return failures.count < Self.totalMax
                && failures.count { $0.address == address } < Self.countMax
        }
    }

    /// Notes that an attempt failed.
    func noteFailure(from address: String?, at now: Date) {
        failures.withLock { $0.append(Failure(address: address, time: now)) }
    }
}
