import Tuning

/// The costs of one bracket's trials at one resource, and the trials that are paused there.
struct Rung: Sendable {
    /// A trial that is paused here.
    struct Candidate: Hashable, Sendable {
        let trial: Trial.ID
        let cost: Double
    }

    /// Where the trials are compared.
    let resource: Resource
    /// All costs, in ascending order; a cost that is not finite is infinite, worse than any other.
    private(set) var costs: [Double] = []
    /// The costs of those that have gone on, in ascending order.
    private var passed: [Double] = []
    /// The trials paused here, the best first.
    private(set) var paused: [Candidate] = []

    init(at resource: Resource) {
        self.resource = resource
    }

    /// Takes in a cost; `nil` when it is not finite.
    mutating func insert(_ cost: Cost?) {
        let value = cost?.value ?? .infinity
        costs.insert(value, at: costs.insertionIndex(of: value))
    }

    /// Keeps a paused trial until it is resumed or over.
    mutating func pause(_ candidate: Candidate) {
        let index = paused.partitioningIndex { candidate.cost < $0.cost }
        paused.insert(candidate, at: index)
    }

    /// Forgets a trial, if it is paused here.
    mutating func remove(_ trial: Trial.ID) {
        if let index = paused.firstIndex(where: { $0.trial == trial }) { paused.remove(at: index) }
    }

    /// Notes that a trial with a cost has gone on from here.
    mutating func pass(_ cost: Cost) {
        passed.insert(cost.value, at: passed.insertionIndex(of: cost.value))
    }

    /// Whether a trial with a cost that is in `costs` goes on: whether fewer than the places there
    /// are have gone to better ones. Of equals, the first ones go on.
    func isGoodEnough(_ cost: Double, _ places: Places) -> Bool {
        guard cost.isFinite else { return false }
        let better = costs.insertionIndex(of: cost.nextDown)
        let equals = passed.insertionIndex(of: cost) - passed.insertionIndex(of: cost.nextDown)
        return better + equals < places.count(among: costs.count)
    }

    /// The cost of the last that goes on; `nil` when there is no place, or no finite cost on it.
    func bound(_ places: Places) -> Cost? {
        let count = places.count(among: costs.count)
        return count > 0 ? Cost(costs[min(count, costs.count) - 1]) : nil
    }

    /// How many of those at a rung go on.
    struct Places: Hashable, Sendable {
        /// One of so many goes on.
        let reductionFactor: Int
        /// So many go on however few have come: a trial that would be stopped cannot wait for
        /// others to be compared with.
        let least: Int

        func count(among count: Int) -> Int { max(least, count / reductionFactor) }
    }
}

extension Array {
    /// The index of the first element that is on the other side; those that are come last.
    fileprivate func partitioningIndex(where isAfter: (Element) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if isAfter(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
