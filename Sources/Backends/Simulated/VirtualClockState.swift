/// Who takes part in virtual time and who sleeps, and how far it has come.
struct VirtualClockState: Sendable {
    /// Somebody who waits for a time.
    struct Sleeper: Sendable {
        let deadline: VirtualClock.Instant
        let isParticipant: Bool
        let continuation: CheckedContinuation<Void, any Error>
    }

    /// How many virtual seconds pass in a real one, all in all.
    let speed: Double
    /// How long everybody must have slept, in real time, before time goes on.
    let settling: Duration
    /// The virtual time at `realTime`.
    private(set) var now = VirtualClock.Instant(offset: .zero)
    /// How many take part.
    var participantCount = 0
    /// The number of the next sleeper.
    var nextSleeper = 0
    /// Wakes those who are next.
    var timer: Task<Void, Never>?
    private let realStart = ContinuousClock.now
    private var realTime = ContinuousClock.now
    private var sleepingParticipantCount = 0
    private var sleepers: [Int: Sleeper] = [:]

    /// How much faster than at its speed time passes until it has made up for standing still.
    private static let makingUp = 4.0

    init(speed: Double, settling: Duration) {
        self.speed = speed
        self.settling = settling
    }

    /// Lets the time pass that has passed in reality: with a pace, while nobody is awake, and up to
    /// the next deadline.
    mutating func catchUp() {
        let realTime = ContinuousClock.now
        defer { self.realTime = realTime }
        guard speed.isFinite, isEverybodyAsleep else { return }
        let passed = self.realTime.duration(to: realTime) * (speed * Self.makingUp)
        let reached = min(now.advanced(by: passed), due(at: realTime))
        now = max(now, min(reached, nextDeadline ?? reached))
    }

    /// How far time would be had it never stood still.
    private func due(at realTime: ContinuousClock.Instant) -> VirtualClock.Instant {
        VirtualClock.Instant(offset: realStart.duration(to: realTime) * speed)
    }

    /// How long in reality until the next deadline; `nil` while somebody is awake, and when there
    /// is none that time passes for.
    var timeToNextDeadline: Duration? {
        guard isEverybodyAsleep, speed.isFinite || participantCount > 0, let nextDeadline else {
            return nil
        }
        guard speed.isFinite else { return settling }
        let madeUp = now.duration(to: nextDeadline) / (speed * Self.makingUp)
        return max(madeUp, due(at: realTime).duration(to: nextDeadline) / speed, settling)
    }

    /// Goes on to the next deadline; gives the sleepers to wake.
    mutating func jump() -> [Sleeper] {
        guard isEverybodyAsleep, let nextDeadline else { return [] }
        now = max(now, nextDeadline)
        let due = sleepers.filter { $0.value.deadline <= now }.keys.sorted()
        return due.compactMap { remove($0) }
    }

    mutating func add(_ sleeper: Sleeper, _ number: Int) {
        sleepers[number] = sleeper
        if sleeper.isParticipant { sleepingParticipantCount += 1 }
    }

    mutating func remove(_ number: Int) -> Sleeper? {
        guard let sleeper = sleepers.removeValue(forKey: number) else { return nil }
        if sleeper.isParticipant { sleepingParticipantCount -= 1 }
        return sleeper
    }

    private var isEverybodyAsleep: Bool { sleepingParticipantCount >= participantCount }

    private var nextDeadline: VirtualClock.Instant? { sleepers.values.map(\.deadline).min() }
}
