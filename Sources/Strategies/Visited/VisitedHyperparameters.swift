import Tuning

/// The hyperparameters of a search space that have been tried.
///
/// Of a space whose combinations can be counted, exactly: it knows what is left. Of any other, by
/// a hash of 64 bits: two different ones of n are taken for the same with a chance of n² / 2⁶⁵,
/// 3·10⁻¹² for 10,000, and then a strategy draws once more; none is ever tried twice.
struct VisitedHyperparameters: Sendable {
    private enum Memory {
        case counted(VisitedCombinations)
        case hashed(KeySet)
    }

    private let space: SearchSpace
    private var memory: Memory

    /// Nothing tried.
    ///
    /// - Parameter seed: Decides the order in which `remaining` gives what is left.
    init(of space: SearchSpace, seed: UInt64) {
        self.space = space
        memory =
            if let count = space.combinationCount {
                .counted(VisitedCombinations(count: count, seed: seed))
            } else {
                .hashed(KeySet())
            }
    }

    /// Whether everything has been tried; unknown, so false, where combinations are not counted.
    var isComplete: Bool {
        if case .counted(let visited) = memory { visited.next == nil } else { false }
    }

    /// Hyperparameters that have not been tried; `nil` when none are left, or are not counted.
    var remaining: Hyperparameters? {
        guard case .counted(let visited) = memory, let index = visited.next else { return nil }
        return space.combination(at: index)
    }

    /// Everything that has not been tried; `nil` where that is more than `countMax`, or where
    /// combinations are not counted.
    ///
    /// - Complexity: O(combinations), once few enough are left.
    func remaining(atMost countMax: Int) -> [Hyperparameters]? {
        guard case .counted(let visited) = memory, let indices = visited.remaining(atMost: countMax)
        else { return nil }
        return indices.map(space.combination(at:))
    }

    /// Whether hyperparameters have been tried.
    func contains(_ hyperparameters: Hyperparameters) -> Bool {
        switch memory {
        case .counted(let visited):
            space.index(of: hyperparameters).map { visited.contains($0) } ?? false
        case .hashed(let keys): keys.contains(space.hash(of: hyperparameters))
        }
    }

    /// Remembers that hyperparameters are tried; ignores what is not of a counted space.
    mutating func insert(_ hyperparameters: Hyperparameters) {
        switch memory {
        case .counted(var visited):
            guard let index = space.index(of: hyperparameters) else { return }
            // Without the second owner that `memory` would be, the insertion copies nothing.
            memory = .hashed(Self.noKeys)
            visited.insert(index)
            memory = .counted(visited)
        case .hashed(var keys):
            memory = .hashed(Self.noKeys)
            keys.insert(space.hash(of: hyperparameters))
            memory = .hashed(keys)
        }
    }

    private static let noKeys = KeySet()
}

// MARK: - Combinations by number

extension SearchSpace {
    /// The number of a combination of a countable space; the last parameter varies first.
    fileprivate func index(of hyperparameters: Hyperparameters) -> Int? {
        var index = 0
        for parameter in parameters {
            guard let text = hyperparameters[parameter.name],
                let count = parameter.domain.valueCount,
                let value = parameter.domain.valueIndex(of: text)
            else { return nil }
            index = index * count + value
        }
        return index
    }

    /// The combination of a countable space with a number.
    fileprivate func combination(at index: Int) -> Hyperparameters {
        var rest = index
        var values: [Parameter.Name: String] = [:]
        for parameter in parameters.reversed() {
            let count = parameter.domain.valueCount ?? 1
            values[parameter.name] = parameter.domain.text(ofValue: rest % count)
            rest /= count
        }
        return Hyperparameters(checked: values)
    }

    /// The same for the same hyperparameters on every machine (FNV-1a, then mixed).
    fileprivate func hash(of hyperparameters: Hyperparameters) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for parameter in parameters {
            for byte in (hyperparameters[parameter.name] ?? "").utf8 {
                hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3
            }
            // No text holds this byte, so texts cannot run into each other.
            hash = (hash ^ 0xFF) &* 0x100_0000_01B3
        }
        var mixer = SeededGenerator(seed: hash)
        return mixer.next()
    }
}

extension ParameterDomain {
    fileprivate func valueIndex(of text: String) -> Int? {
        guard let canonical = canonicalText(of: text) else { return nil }
        switch self {
        case .continuous: return 0
        case .integer(let range): return Int(canonical).map { $0 - range.lower }
        case .categorical(let categories): return categories.values.firstIndex(of: canonical)
        }
    }

    fileprivate func text(ofValue index: Int) -> String {
        switch self {
        case .continuous: text(at: 0.5)
        case .integer(let range): "\(range.lower + index)"
        case .categorical(let categories): categories.values[index]
        }
    }
}
