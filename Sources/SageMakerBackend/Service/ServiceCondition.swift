import AWSClient
import Foundation
import Tuning

/// What is known of the service's health, and when it may be asked again.
///
/// While it is out of reach, or the credentials are not taken, one request at a time tries, after
/// waits that grow.
struct ServiceCondition: Sendable {
    private static let backoff = Backoff(base: .seconds(1), limit: .seconds(30))
    /// How long to wait for an answer to a try before there is another.
    private static let tryPatience = Duration.seconds(10)

    private struct Outage {
        let health: BackendHealth
        var failureCount: Int
        var heldUntil: Duration
        var isTrying = false

        /// One error is nothing to tell anybody.
        var isNotable: Bool { health.state != .unreachable || failureCount > 1 }
    }

    private var outage: Outage?
    private var denials: [String: BackendHealth] = [:]
    private var throttled: BackendHealth?
    private var reachableSince: Date
    private var random: SeededGenerator

    init(at date: Date, seed: UInt64) {
        reachableSince = date
        random = SeededGenerator(seed: seed)
    }

    /// Until when nothing is to be asked; `nil` when the service is within reach.
    var heldUntil: Duration? { outage?.heldUntil }

    /// What to show: the worst of what stands in the way.
    var health: BackendHealth {
        if let outage, outage.isNotable { return outage.health }
        return denials.min { $0.key < $1.key }?.value ?? throttled
            ?? BackendHealth(.reachable, since: reachableSince)
    }

    /// Takes in that a request is sent: while the service is out of reach, the only one for now.
    mutating func noteRequest(at now: Duration) {
        outage?.isTrying = true
        outage?.heldUntil = now + Self.tryPatience
    }

    /// Takes in that a request failed.
    mutating func note(
        _ problem: ServiceProblem, of operation: String, at now: Duration, _ date: Date
    ) {
        switch problem {
        case .unreachable(let message, _): begin(.unreachable, message, now, date)
        case .credentials(let message): begin(.credentialsRefused, message, now, date)
        case .throttled(let message):
            outage = nil
            throttled = throttled ?? BackendHealth(.throttled, since: date, message: message)
        case .denied(let message):
            outage = nil
            denials[operation] =
                denials[operation]
                ?? BackendHealth(.accessDenied, since: date, message: "\(operation): \(message)")
        case .refused: noteAnswer(to: operation, isSlowed: throttled != nil, date)
        }
    }

    /// Takes in that a request was answered.
    mutating func noteAnswer(to operation: String, isSlowed: Bool, _ date: Date) {
        let wasReachable = health.state == .reachable
        outage = nil
        denials[operation] = nil
        if !isSlowed { throttled = nil }
        if !wasReachable { reachableSince = date }
    }

    private mutating func begin(
        _ state: BackendHealth.State, _ message: String, _ now: Duration, _ date: Date
    ) {
        // Requests that were under way together fail together, and count once.
        if let outage, !outage.isTrying { return }
        let failureCount = (outage?.failureCount ?? 0) + 1
        let delay = Self.backoff.delay(after: failureCount, using: &random)
        let health =
            outage.flatMap { $0.health.state == state ? $0.health : nil }
            ?? BackendHealth(state, since: date, message: message)
        outage = Outage(
            health: health, failureCount: failureCount,
            heldUntil: now + max(.milliseconds(100), delay))
    }
}
