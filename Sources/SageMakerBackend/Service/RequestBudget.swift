/// How many requests may be sent: a token bucket that is full after a second.
///
/// Throttling lowers the rate by a third, at most once a second and never below a fifth of the
/// rate that was set; every answer raises it again by a twentieth.
struct RequestBudget: Sendable {
    private let fullRate: Double
    private(set) var rate: Double
    private var tokens: Double
    private var time: Duration
    private var slowedTime: Duration?

    /// Begins with a full bucket.
    ///
    /// - Parameter rate: Requests a second, above zero.
    init(rate: Double, at now: Duration) {
        precondition(rate > 0, "\(rate) requests a second")
        fullRate = rate
        self.rate = rate
        tokens = max(1, rate)
        time = now
    }

    private var capacity: Double { max(1, fullRate) }

    /// Whether requests are sent less often than they may be.
    var isSlowed: Bool { rate < fullRate }

    /// Counts the tokens up to now.
    private mutating func refill(_ now: Duration) {
        tokens = min(capacity, tokens + max(0, (now - time) / .seconds(1)) * rate)
        time = max(time, now)
    }

    /// Takes a token if there is one.
    ///
    /// - Parameter isRoutine: Whether it may be taken from a full bucket only, so that what is
    ///   urgent finds some.
    /// - Returns: When there will be one; `nil` when one was taken.
    mutating func take(isRoutine: Bool, at now: Duration) -> Duration? {
        refill(now)
        let needed = isRoutine ? capacity : 1
        // Rounding must not make a token late for ever.
        guard tokens < needed - 1e-6 else {
            tokens -= 1
            return nil
        }
        return now + max(.milliseconds(1), .seconds((needed - tokens) / rate))
    }

    /// Takes in that the service throttles.
    mutating func slowDown(at now: Duration) {
        refill(now)
        if let slowedTime, now - slowedTime < .seconds(1) { return }
        slowedTime = now
        rate = max(fullRate / 5, rate * 2 / 3)
    }

    /// Takes in that the service answers.
    mutating func speedUp(at now: Duration) {
        guard isSlowed else { return }
        refill(now)
        rate = min(fullRate, rate * 1.05)
    }
}
