/// What one value of a request may be, with the constraints of the service's model.
struct Shape: Sendable {
    /// The place of a shape in its model; shapes may contain each other.
    struct ID: Hashable, Sendable {
        let index: Int
    }

    /// A member of a structure.
    struct Member: Sendable {
        let name: String
        let shape: ID
        let isRequired: Bool
    }

    enum Kind: Sendable {
        /// An object with members known by name; other members are ignored.
        case structure([Member])
        case list(ID)
        case map(key: ID, value: ID)
        case text(Pattern?)
        /// One of a few words, or anything that the pattern matches.
        case word([String], other: Pattern?)
        case integer
        case number
        case boolean
        /// Seconds since 1970, or a text in ISO 8601.
        case timestamp
    }

    let kind: Kind
    /// The least integer; the least length of a text, in Unicode code points, of a list or a map.
    let minimum: Int?
    /// The greatest integer, or the greatest length.
    let maximum: Int?
}

// MARK: - Demands

extension Shape {
    /// More words than this are not all told.
    private static let listedWordsMax = 20
    /// A text this much longer than it may be is not given to the pattern at all.
    private static let excessMax = 1_000

    /// What a length or an integer must be and is not.
    func demand(unmetBy number: Int, _ quantity: String) -> String? {
        if let maximum, number > maximum {
            return "have \(quantity) less than or equal to \(maximum)"
        }
        if let minimum, number < minimum {
            return "have \(quantity) greater than or equal to \(minimum)"
        }
        return nil
    }

    /// What a text must be and is not; empty for shapes that are no texts.
    func demands(unmetBy text: String) -> [String] {
        var demands: [String] = []
        switch kind {
        case .text(let pattern):
            var isExcessive = false
            if !hasSurelyGoodLength(text) {
                let length = text.unicodeScalars.count
                if let demand = demand(unmetBy: length, "length") { demands.append(demand) }
                isExcessive = maximum.map { length > $0 + Self.excessMax } ?? false
            }
            if let pattern, !isExcessive, !pattern.matches(text) { demands.append(pattern.demand) }
        case .word(let words, let other):
            if !words.contains(text), other?.matches(text) != true {
                demands.append(Self.demand(words))
            }
        default: break
        }
        return demands
    }

    /// Whether the bytes of a text, from one to four a code point, are enough and not too many.
    private func hasSurelyGoodLength(_ text: String) -> Bool {
        let count = text.utf8.count
        return count <= maximum ?? .max && (count + 3) / 4 >= minimum ?? 0
    }

    /// Everything that a text must be, in the order in which the service tells it.
    var demands: [String] {
        var demands: [String] = []
        if let maximum { demands.append("have length less than or equal to \(maximum)") }
        if let minimum { demands.append("have length greater than or equal to \(minimum)") }
        switch kind {
        case .text(let pattern?): demands.append(pattern.demand)
        case .word(let words, _): demands.append(Self.demand(words))
        default: break
        }
        return demands
    }

    private static func demand(_ words: [String]) -> String {
        let rest = words.count > listedWordsMax ? ", and \(words.count - listedWordsMax) more" : ""
        let listed = words.prefix(listedWordsMax).joined(separator: ", ")
        return "satisfy enum value set: [\(listed)\(rest)]"
    }
}

extension Pattern {
    fileprivate var demand: String { "satisfy regular expression pattern: \(source)" }
}
