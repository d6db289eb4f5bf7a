/// The most frequent kind of pattern, for ASCII: classes of characters, the last one repeated.
///
/// An expression costs some microseconds for each text, and a request has hundreds; this costs a
/// look into a table for each character. It only ever accepts: what it does not match may still
/// match the pattern.
struct CharacterRun: Sendable {
    /// Which ASCII characters each position may have.
    private let positions: [[Bool]]
    /// Which characters may follow, any number of them.
    private let rest: [Bool]

    /// Reads a pattern such as `[a-z][a-z0-9]*`, in parentheses or not; `nil` for any other.
    init?(_ pattern: String) {
        var source = Substring(pattern)
        if source.hasPrefix("("), source.hasSuffix(")") { source = source.dropFirst().dropLast() }
        var positions: [[Bool]] = []
        while source.popFirst() == "[" {
            guard let set = Self.set(&source) else { return nil }
            switch source.first {
            case "[": positions.append(set)
            case "*" where source.count == 1:
                self.positions = positions
                rest = set
                return
            case "+" where source.count == 1:
                self.positions = positions + [set]
                rest = set
                return
            default: return nil
            }
        }
        return nil
    }

    /// Whether the text is ASCII and as the pattern says.
    func matches(_ text: String) -> Bool {
        var index = 0
        for byte in text.utf8 {
            guard byte < 128 else { return false }
            let set = index < positions.count ? positions[index] : rest
            guard set[Int(byte)] else { return false }
            index += 1
        }
        return index >= positions.count
    }
}

// MARK: - Classes

extension CharacterRun {
    /// Reads a class up to its end; `nil` for one with anything but characters and ranges of them.
    private static func set(_ source: inout Substring) -> [Bool]? {
        var set = [Bool](repeating: false, count: 128)
        while let character = source.popFirst(), character != "]" {
            if character == "\\", let members = category(&source) {
                for byte in 32..<127 where members(UInt8(byte)) { set[byte] = true }
                continue
            }
            guard let lower = literal(character, &source) else { return nil }
            var upper = lower
            if source.first == "-", source.dropFirst().first != "]" {
                source.removeFirst()
                guard let next = source.popFirst(), let last = literal(next, &source),
                    last >= lower
                else { return nil }
                upper = last
            }
            for byte in lower...upper { set[Int(byte)] = true }
        }
        return set
    }

    /// One character of a class: itself, or a sign after a backslash.
    private static func literal(_ character: Character, _ source: inout Substring) -> UInt8? {
        guard character != "[", character != "^", character != "&" else { return nil }
        guard character == "\\" else { return character.asciiValue }
        guard let escaped = source.popFirst(), !escaped.isLetter, !escaped.isNumber else {
            return nil
        }
        return escaped.asciiValue
    }

    /// The printable ASCII members of a Unicode category such as `p{L}`, what follows a backslash.
    private static func category(_ source: inout Substring) -> ((UInt8) -> Bool)? {
        let categories: [String: (UInt8) -> Bool] = [
            "p{L}": { (65...90).contains($0) || (97...122).contains($0) },
            "p{M}": { _ in false },
            "p{N}": { (48...57).contains($0) },
            "p{Z}": { $0 == 32 },
            "p{S}": { "$+<=>^`|~".utf8.contains($0) },
            "p{P}": { "!\"#%&'()*,-./:;?@[\\]_{}".utf8.contains($0) },
        ]
        guard let members = categories[String(source.prefix(4))] else { return nil }
        source.removeFirst(4)
        return members
    }
}
