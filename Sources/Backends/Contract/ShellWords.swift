/// A command line cut into words as a POSIX shell cuts it; nothing is expanded.
package struct ShellWords {
    /// Why a command line cannot be cut.
    package enum Problem: Error, Hashable, CustomStringConvertible {
        /// A quote is opened and not closed.
        case unbalancedQuote(Character)
        /// The backslash at the end keeps nothing.
        case nothingAfterBackslash

        /// What is wrong, as the end of a sentence.
        package var description: String {
            switch self {
            case .unbalancedQuote(let quote): "lacks a closing \(quote) quote"
            case .nothingAfterBackslash: "ends with a backslash; write '\\\\' for one"
            }
        }
    }

    /// The words.
    package let words: [String]

    /// Cuts a command line: single quotes keep everything, double quotes all but `\` before one of
    /// `$`, `` ` ``, `"` and `\`, and a backslash outside of quotes keeps the next character.
    package init(_ line: String) throws(Problem) {
        var words: [String] = []
        var word: String?
        var characters = Array(line)[...]
        while let character = characters.popFirst() {
            switch character {
            case "'":
                word = (word ?? "") + (try Self.singleQuoted(&characters))
            case "\"":
                word = (word ?? "") + (try Self.doubleQuoted(&characters))
            case "\\":
                guard let next = characters.popFirst() else { throw .nothingAfterBackslash }
                if next != "\n" { word = (word ?? "") + String(next) }
            case " ", "\t", "\n", "\r\n":
                if let finished = word { words.append(finished) }
                word = nil
            default:
                word = (word ?? "") + String(character)
            }
        }
        if let word { words.append(word) }
        self.words = words
    }

    private static func singleQuoted(
        _ characters: inout ArraySlice<Character>
    ) throws(Problem) -> String {
        guard let end = characters.firstIndex(of: "'") else { throw .unbalancedQuote("'") }
        defer { characters = characters[(end + 1)...] }
        return String(characters[..<end])
    }

    private static func doubleQuoted(
        _ characters: inout ArraySlice<Character>
    ) throws(Problem) -> String {
        var text = ""
        while let character = characters.popFirst() {
            switch character {
            case "\"":
                return text
            case "\\":
                guard let next = characters.popFirst() else { throw .unbalancedQuote("\"") }
                if !"$`\"\\\n".contains(next) { text.append("\\") }
                if next != "\n" { text.append(next) }
            default:
                text.append(character)
            }
        }
        throw .unbalancedQuote("\"")
    }
}

extension String {
    /// A word that a POSIX shell reads as this text; without its zero bytes, which no word has.
    package var shellQuoted: String {
        "'" + replacing("\0", with: "").replacing("'", with: #"'\''"#) + "'"
    }
}

extension Sequence<String> {
    /// A command line that a POSIX shell cuts into these words.
    package var shellQuoted: String { map(\.shellQuoted).joined(separator: " ") }
}
