/// Every combination of a few levels of each parameter.
///
/// Categories are levels as they are; an integer range has all its values, or as many levels as are
/// asked for; a continuous range needs a number of levels. Levels are spread evenly on the range's
/// scale and include both ends; one level alone is the middle.
public struct Grid: Hashable, Sendable {
    /// The space whose combinations these are.
    public let space: SearchSpace
    /// How many combinations there are; at least one.
    public let combinationCount: Int
    private let levels: [[String]]

    /// Spreads levels over a space.
    ///
    /// - Parameters:
    ///   - space: The space.
    ///   - levelCounts: Levels wanted of numeric parameters.
    /// - Throws: `SearchSpaceError` when a continuous range has no number of levels, a number is
    ///   not positive, a name is not in the space, or the combinations cannot be counted.
    public init(_ space: SearchSpace, levels levelCounts: GridLevels) throws(SearchSpaceError) {
        let names = Set(space.parameters.map(\.name))
        for name in levelCounts.byName.keys.sorted() where !names.contains(name) {
            throw .unknownParameter(name)
        }
        var levels: [[String]] = []
        var product = 1
        for parameter in space.parameters {
            let texts = try parameter.levels(
                levelCounts.byName[parameter.name] ?? levelCounts.standard)
            let (next, overflow) = product.multipliedReportingOverflow(by: texts.count)
            if overflow { throw .tooManyCombinations }
            product = next
            levels.append(texts)
        }
        self.space = space
        self.levels = levels
        combinationCount = product
    }

    /// The combination at an index below `combinationCount`; the last parameter varies first.
    public subscript(index: Int) -> Hyperparameters {
        precondition(0 <= index && index < combinationCount, "combination \(index)")
        var rest = index
        var values: [Parameter.Name: String] = [:]
        for (parameter, texts) in zip(space.parameters, levels).reversed() {
            values[parameter.name] = texts[rest % texts.count]
            rest /= texts.count
        }
        return Hyperparameters(checked: values)
    }

    /// The index of a combination; `nil` when the hyperparameters are none of this grid.
    ///
    /// - Complexity: O(log of the number of levels) for each numeric parameter.
    public func index(of hyperparameters: Hyperparameters) -> Int? {
        var index = 0
        for (parameter, texts) in zip(space.parameters, levels) {
            guard let text = hyperparameters[parameter.name],
                let level = parameter.domain.level(of: text, in: texts)
            else { return nil }
            index = index * texts.count + level
        }
        return index
    }
}

/// How many levels a grid gives numeric parameters.
public struct GridLevels: Hashable, Codable, Sendable {
    /// Levels of single parameters.
    public let byName: [Parameter.Name: Int]
    /// Levels of all other numeric parameters; `nil` where none were asked for.
    public let standard: Int?

    /// Levels by name, and for the rest.
    public init(byName: [Parameter.Name: Int] = [:], standard: Int? = nil) {
        self.byName = byName
        self.standard = standard
    }
}

extension Parameter {
    /// More levels than this are more than any grid can use, and would only fill the memory.
    private static let levelCountMax = 1_000_000

    fileprivate func levels(_ count: Int?) throws(SearchSpaceError) -> [String] {
        if case .categorical(let categories) = domain { return categories.values }
        if let count, count < 1 { throw .levelsNotPositive(name, levels: count) }
        let available = domain.valueCount
        guard let wanted = count ?? available else { throw .levelsMissing(name) }
        let effective = min(wanted, available ?? wanted)
        guard effective <= Self.levelCountMax else { throw .tooManyCombinations }
        if case .integer(let range) = domain, effective == available {
            return (range.lower...range.upper).map(String.init)
        }
        var texts: [String] = []
        for index in 0..<effective {
            let text =
                effective == 1
                ? domain.middle : domain.text(at: Double(index) / Double(effective - 1))
            if texts.last != text { texts.append(text) }
        }
        return texts
    }
}

extension ParameterDomain {
    /// The position of a canonical text among levels, which increase where they are numbers.
    fileprivate func level(of text: String, in levels: [String]) -> Int? {
        switch self {
        case .categorical: levels.firstIndex(of: text)
        case .integer: position(of: text, in: levels) { Int($0) }
        case .continuous: position(of: text, in: levels) { Double(wire: $0) }
        }
    }

    private func position<Value: Comparable>(
        of text: String, in levels: [String], read: (String) -> Value?
    ) -> Int? {
        guard let value = read(text) else { return nil }
        var (low, high) = (0, levels.count)
        while low < high {
            let middle = (low + high) / 2
            guard let candidate = read(levels[middle]) else { return nil }
            if candidate < value { low = middle + 1 } else { high = middle }
        }
        return low < levels.count && levels[low] == text ? low : nil
    }
}
