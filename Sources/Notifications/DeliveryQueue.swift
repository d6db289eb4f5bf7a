import Tuning

/// Which ends are still to be told to one target, a few at a time.
struct DeliveryQueue {
    /// How many are told at the same time.
    static let concurrencyMax = 4
    /// How many may wait; more stay in the store, and a later process finds them there.
    static let waitingCountMax = 10_000

    private var waiting: [JobEnd] = []
    private var runningCount = 0
    /// What waits or is being told.
    private var known: Set<TuningJob.ID> = []

    /// How many wait or are being told.
    var count: Int { known.count }

    /// Adds an end.
    ///
    /// - Returns: Whether somebody has to begin taking; `nil` when there is no room.
    mutating func add(_ end: JobEnd) -> Bool? {
        guard !known.contains(end.job.id) else { return false }
        guard waiting.count < Self.waitingCountMax else { return nil }
        known.insert(end.job.id)
        waiting.append(end)
        guard runningCount < Self.concurrencyMax else { return false }
        runningCount += 1
        return true
    }

    /// Takes the next; `nil` when there is none, and then whoever asked has ended.
    mutating func next() -> JobEnd? {
        if waiting.isEmpty {
            runningCount -= 1
            return nil
        }
        return waiting.removeFirst()
    }

    /// One that was taken is told, or will not be.
    mutating func finish(_ id: TuningJob.ID) {
        known.remove(id)
    }
}
