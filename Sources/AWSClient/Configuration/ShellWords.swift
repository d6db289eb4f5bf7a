/// Splits a line into words as a shell does, without doing anything else it does.
enum ShellWords {
    /// A quote that is opened and not closed.
    struct OpenQuoteError: Error {}

    /// The words of a line. Quotes keep what is between them together; a backslash keeps the next
    /// character as it is, in double quotes only if that is one of `"` and `\`.
    static func split(_ line: String) throws(OpenQuoteError) -> [String] {
        var words: [String] = []
        var word: String?
        var quote: Character?
        var characters = line[...]
        while let character = characters.popFirst() {
            switch (quote, character) {
            case (let open?, character) where open == character:
                quote = nil
            case ("\"", "\\"):
                if let next = characters.first, next == "\"" || next == "\\" {
                    word?.append(characters.removeFirst())
                } else {
                    word?.append(character)
                }
            case (nil, "\\"):
                guard let next = characters.popFirst() else { throw OpenQuoteError() }
                word = (word ?? "") + String(next)
            case (nil, "'"), (nil, "\""):
                quote = character
                word = word ?? ""
            case (nil, _) where character.isWhitespace:
                if let word { words.append(word) }
                word = nil
            default:
                word = (word ?? "") + String(character)
            }
        }
        guard quote == nil else { throw OpenQuoteError() }
        return words + (word.map { [$0] } ?? [])
    }
}
