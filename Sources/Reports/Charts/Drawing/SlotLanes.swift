import Foundation

/// A bar of the timeline: a time in which one or more training jobs held a slot.
struct SlotBar {
    /// The first training job.
    let trial: Int
    /// The state of all of them; `nil` where it differs.
    private(set) var state: TrialState?
    /// When the first started.
    let start: Date
    /// When the last ended.
    private(set) var end: Date
    /// How many training jobs there are.
    private(set) var count = 1

    /// One stay of one training job.
    init(trial: Int, state: TrialState, start: Date, end: Date) {
        self.trial = trial
        self.state = state
        self.start = start
        self.end = end
    }

    /// Takes in a bar that comes later in the same slot.
    mutating func append(_ other: SlotBar) {
        if state != other.state { state = nil }
        end = max(end, other.end)
        count += other.count
    }
}

/// The stays of all training jobs in slots, packed into as few lanes as hold them.
struct SlotLanes {
    /// The bars of one slot, in order and apart.
    struct Lane {
        private(set) var bars: [SlotBar] = []
    }

    /// The lanes; the first is used whenever it is free.
    private(set) var lanes: [Lane] = []
    /// When the first stay began.
    let start: Date?
    /// When the last stay ended; the present while one lasts.
    let end: Date?
    /// The length of all stays together.
    let busySeconds: Double

    /// Packs the stays of training jobs; those that last are drawn up to now.
    init(_ trials: [TrialRecord], now: Date) {
        var bars: [SlotBar] = []
        for trial in trials {
            for (index, stay) in trial.stays.enumerated() {
                let isLast = index == trial.stays.count - 1
                let state = isLast ? TrialState(trial) : .completed
                let end = max(stay.end ?? now, stay.start)
                bars.append(
                    SlotBar(
                        trial: trial.id, state: stay.end == nil ? .running : state,
                        start: stay.start, end: end))
            }
        }
        bars.sort { ($0.start, $0.trial) < ($1.start, $1.trial) }
        start = bars.first?.start
        end = bars.map(\.end).max()
        busySeconds = bars.reduce(0) { $0 + $1.end.timeIntervalSince($1.start) }
        for bar in bars { place(bar) }
    }

    private mutating func place(_ bar: SlotBar) {
        let free = lanes.firstIndex { $0.bars.last.map { $0.end <= bar.start } ?? true }
        if let free {
            lanes[free].append(bar)
        } else {
            var lane = Lane()
            lane.append(bar)
            lanes.append(lane)
        }
    }
}

extension SlotLanes.Lane {
    fileprivate mutating func append(_ bar: SlotBar) { bars.append(bar) }

    /// The bars, with neighbours drawn together until they are wide enough.
    func merged(narrowest seconds: Double) -> [SlotBar] {
        var merged: [SlotBar] = []
        for bar in bars {
            let isNarrow = merged.last.map { $0.end.timeIntervalSince($0.start) < seconds } ?? false
            let gap = merged.last.map { bar.start.timeIntervalSince($0.end) } ?? .infinity
            if isNarrow, gap < seconds {
                merged[merged.count - 1].append(bar)
            } else {
                merged.append(bar)
            }
        }
        return merged
    }
}
