import AWSClient

/// What became of one try to tell.
package enum DeliveryOutcome: Hashable, Sendable {
    /// They have heard it.
    case accepted
    /// They have not; the reason is for people, and whether it may go better later.
    case failed(reason: String, isPassing: Bool)
}

/// The tries of telling one end of a job to one target: when the next is due, and when there is
/// none.
struct DeliveryCourse {
    /// What to do after a try.
    enum Step: Hashable {
        /// Nothing: it is told.
        case finish
        /// Wait this long and try again.
        case wait(Duration)
        /// Nothing: it will not be told.
        case giveUp
    }

    /// From seconds, for what was restarted, to minutes, for what was repaired.
    static let backoff = Backoff(base: .seconds(2), limit: .seconds(300))

    private let attemptCountMax: Int
    private var failureCount = 0

    /// A course without any try yet.
    init(attemptCountMax: Int) {
        precondition(attemptCountMax >= 1, "\(attemptCountMax) attempts")
        self.attemptCountMax = attemptCountMax
    }

    /// Takes the outcome of a try and says what is next.
    mutating func take(
        _ outcome: DeliveryOutcome, using random: inout some RandomNumberGenerator
    ) -> Step {
        guard case .failed(_, let isPassing) = outcome else { return .finish }
        failureCount += 1
        guard isPassing, failureCount < attemptCountMax else { return .giveUp }
        return .wait(Self.backoff.delay(after: failureCount, using: &random))
    }
}
