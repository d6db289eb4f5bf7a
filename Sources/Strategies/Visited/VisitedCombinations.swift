/// Which of finitely many combinations have been tried, and which one comes next in a seeded order.
///
/// Keeps a position in the order before which all are visited, and the few visited ones behind it:
/// visiting in order takes no memory at all, and finding a combination that is left never searches.
struct VisitedCombinations: Sendable {
    private let order: SeededPermutation
    private var cursor = 0
    private var ahead = KeySet()

    /// None of `count` combinations visited; at least one.
    init(count: Int, seed: UInt64) {
        order = SeededPermutation(count: count, seed: seed)
    }

    /// The first combination of the order that is not visited; `nil` when none is left.
    var next: Int? { cursor < order.count ? order[cursor] : nil }

    /// All combinations that are not visited, in the order; `nil` where they are too many.
    func remaining(atMost countMax: Int) -> [Int]? {
        guard order.count - cursor - ahead.count <= countMax else { return nil }
        return (cursor..<order.count).filter { !ahead.contains(UInt64($0)) }.map { order[$0] }
    }

    /// Whether a combination has been visited.
    func contains(_ combination: Int) -> Bool {
        let position = order.position(of: combination)
        return position < cursor || ahead.contains(UInt64(position))
    }

    /// Visits a combination.
    ///
    /// - Complexity: O(1) amortised.
    mutating func insert(_ combination: Int) {
        let position = order.position(of: combination)
        if position > cursor { ahead.insert(UInt64(position)) }
        guard position == cursor else { return }
        repeat { cursor += 1 } while ahead.remove(UInt64(cursor))
    }
}
