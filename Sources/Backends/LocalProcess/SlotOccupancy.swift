import Synchronization

/// How many attempts occupy each slot, so that each attempt gets a processor or GPU of its own.
final class SlotOccupancy: Sendable {
    private let occupants: Mutex<[Int]>

    /// Begins with free slots.
    init(count: Int) {
        occupants = Mutex(Array(repeating: 0, count: count))
    }

    /// Occupies a free slot, the first of them, or the least occupied.
    func take() -> Int {
        occupants.withLock { occupants in
            let slot = occupants.indices.min { occupants[$0] < occupants[$1] } ?? 0
            occupants[slot] += 1
            return slot
        }
    }

    /// Occupies the slot of an attempt that runs already.
    func take(_ slot: Int) {
        occupants.withLock { if $0.indices.contains(slot) { $0[slot] += 1 } }
    }

    /// Gives a slot back.
    func release(_ slot: Int) {
        occupants.withLock { if $0.indices.contains(slot) { $0[slot] -= 1 } }
    }
}
