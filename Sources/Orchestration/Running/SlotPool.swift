import Synchronization
import Tuning

/// How many slots of a backend are taken.
public struct SlotCount: Hashable, Sendable {
    /// Slots that attempts have; may be more than there are, after a restart with fewer.
    public let used: Int
    /// Slots that the next attempts get.
    public let free: Int
}

/// Shares a bounded number of slots among tuning jobs: a free slot goes to the one that has fewest,
/// and among equals to the one that has waited longest.
///
/// A pool that is held gives nothing: at start, attempts that run already take their slots first.
final class SlotPool: Sendable {
    /// Called when a slot is given; must not call the pool.
    typealias Grant = @Sendable () -> Void

    fileprivate struct Request {
        let job: TuningJob.ID
        let grant: Grant
    }

    fileprivate struct State {
        var freeCount: Int
        var isHeld = false
        var heldCounts: [TuningJob.ID: Int] = [:]
        var requests: [Request] = []
    }

    private let state: Mutex<State>

    /// A pool of slots, all free.
    init(slotCount: Int) {
        precondition(slotCount >= 1, "slotCount \(slotCount)")
        state = Mutex(State(freeCount: slotCount))
    }

    /// How many slots are taken now.
    var count: SlotCount {
        state.withLock { state in
            SlotCount(used: state.heldCounts.values.reduce(0, +), free: max(0, state.freeCount))
        }
    }

    /// Asks for a slot, which is given now or when one is free.
    func request(for job: TuningJob.ID, grant: @escaping Grant) {
        change { state in state.requests.append(Request(job: job, grant: grant)) }
    }

    /// Takes a slot whether or not one is free: its attempt is running already.
    func occupy(for job: TuningJob.ID) {
        change { state in
            state.freeCount -= 1
            state.heldCounts[job, default: 0] += 1
        }
    }

    /// Gives a slot back.
    func release(by job: TuningJob.ID) {
        change { state in state.release(1, by: job) }
    }

    /// Gives no slots until `resume()`.
    func hold() {
        change { state in state.isHeld = true }
    }

    /// Gives slots again.
    func resume() {
        change { state in state.isHeld = false }
    }

    /// Gives back all slots of a tuning job and forgets its requests.
    func leave(_ job: TuningJob.ID) {
        change { state in
            state.requests.removeAll { $0.job == job }
            state.release(state.heldCounts[job] ?? 0, by: job)
        }
    }

    private func change(_ body: (inout State) -> Void) {
        let grants = state.withLock { state in
            body(&state)
            return state.grants()
        }
        for grant in grants { grant() }
    }
}

extension SlotPool.State {
    fileprivate mutating func release(_ count: Int, by job: TuningJob.ID) {
        let held = heldCounts[job] ?? 0
        precondition(count <= held, "a tuning job gives back \(count) of \(held) slots")
        freeCount += count
        heldCounts[job] = held == count ? nil : held - count
    }

    /// Gives free slots to those who wait for them.
    fileprivate mutating func grants() -> [SlotPool.Grant] {
        var grants: [SlotPool.Grant] = []
        while !isHeld, freeCount > 0, let index = nextRequest {
            let request = requests.remove(at: index)
            freeCount -= 1
            heldCounts[request.job, default: 0] += 1
            grants.append(request.grant)
        }
        return grants
    }

    /// The earliest request of the tuning jobs that hold fewest slots.
    private var nextRequest: Int? {
        var best: Int?
        var fewest = Int.max
        for (index, request) in requests.enumerated() {
            let held = heldCounts[request.job] ?? 0
            if held < fewest { (best, fewest) = (index, held) }
            if fewest == 0 { break }
        }
        return best
    }
}
