/// A set of numbers that is cheap to change while a copy of it is alive.
///
/// A runner copies a strategy to compute a suggestion beside its loop, and the loop goes on
/// observing: with one `Set` every such copy would cost O(n). Here the first change after a copy
/// copies the list of buckets, and the one bucket that changes.
///
/// - Complexity: `contains` O(1); `insert` O(1), after a copy O(256 + n / 256). About 20 bytes a
///   number, and 2 kB when empty.
struct KeySet: Sendable {
    private var buckets = Array(repeating: Set<UInt64>(), count: 256)
    /// How many numbers there are.
    private(set) var count = 0

    /// Whether a number is in the set.
    func contains(_ key: UInt64) -> Bool { buckets[bucket(of: key)].contains(key) }

    /// Adds a number.
    mutating func insert(_ key: UInt64) {
        if buckets[bucket(of: key)].insert(key).inserted { count += 1 }
    }

    /// Takes a number out; says whether it was there.
    mutating func remove(_ key: UInt64) -> Bool {
        guard buckets[bucket(of: key)].remove(key) != nil else { return false }
        count -= 1
        return true
    }

    private func bucket(of key: UInt64) -> Int { Int(key & 255) }
}
