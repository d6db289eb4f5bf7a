import Tuning

/// When to look at a job next: soon while it is young or has just changed, or when its metrics are
/// likely to change; seldom while it is steady.
struct LookPace: Hashable, Sendable {
    /// The shortest time between two looks.
    static let intervalMin = Duration.seconds(1)
    /// The longest time between two looks at a job that began less than a minute ago.
    static let youngIntervalMax = Duration.seconds(4)
    /// The longest time between two looks at a steady job; the listing notices its end.
    static let steadyIntervalMax = Duration.seconds(30)
    /// The longest time between two looks where there is no listing, or at a job being stopped.
    static let watchedIntervalMax = Duration.seconds(5)
    private static let youth = Duration.seconds(60)
    /// Rhythms slower than this predict nothing.
    private static let rhythmMax = 600.0

    /// What a look has shown, as far as it matters here.
    struct Look: Hashable, Sendable {
        /// The job's secondary status.
        let phase: String
        /// The time of the last metric, in seconds since 1970.
        let metricSeconds: Double?
        /// Whether the job is being stopped.
        let isStopping: Bool
    }

    private let begin: Duration
    private var last: Look?
    private var interval = intervalMin
    /// Seconds between changes of the metrics, smoothed.
    private var rhythm: Double?

    /// Begins with a job that is looked at from now on.
    init(at now: Duration) {
        begin = now
    }

    /// Takes in a look and gives the time of the next.
    mutating func nextTime(after look: Look, isListed: Bool, at now: Duration) -> Duration {
        defer { last = look }
        let isNewPhase = look.phase != last?.phase || look.isStopping != last?.isStopping
        if let time = look.metricSeconds, let lastTime = last?.metricSeconds, time > lastTime {
            let gap = time - lastTime
            rhythm = gap > Self.rhythmMax ? nil : rhythm.map { ($0 + gap) / 2 } ?? gap
            if let rhythm, rhythm <= Self.rhythmMax {
                interval = max(Self.intervalMin, .seconds(rhythm / 8))
                return now + max(Self.intervalMin, .seconds(rhythm * 0.9))
            }
        }
        let isNewMetric = look.metricSeconds != last?.metricSeconds
        interval = isNewPhase || isNewMetric ? Self.intervalMin : interval * 1.5
        interval = min(interval, longest(look, isListed: isListed, now))
        return now + interval
    }

    private func longest(_ look: Look, isListed: Bool, _ now: Duration) -> Duration {
        if look.isStopping || !isListed { return Self.watchedIntervalMax }
        return now - begin < Self.youth ? Self.youngIntervalMax : Self.steadyIntervalMax
    }
}
