/// Finds a text that every match of a regular expression must contain.
///
/// Looking for it in a line's bytes is far cheaper than running the expression. Careful rather than
/// clever: what it does not understand has no required text, and then every line is searched.
struct RequiredLiteral {
    private let pattern: [Character]
    private var index = 0
    private var run = ""
    private var longest = ""

    /// The longest text found in the pattern; `nil` when none is certain.
    ///
    /// - Parameter pattern: A regular expression that compiles.
    static func text(in pattern: String) -> String? {
        var search = RequiredLiteral(pattern: Array(pattern))
        guard search.readAll() else { return nil }
        search.endRun()
        return search.longest.isEmpty ? nil : search.longest
    }

    private init(pattern: [Character]) {
        self.pattern = pattern
    }

    /// Reads the expression outside of all groups; false when something may make a text optional.
    private mutating func readAll() -> Bool {
        while index < pattern.count {
            let character = pattern[index]
            index += 1
            switch character {
            case "|", ")", "]", "}": return false
            case "(": guard skipGroup() else { return false }
            case "[": guard skipSet() else { return false }
            case "\\": guard readEscape() else { return false }
            case "*", "?", "{": guard dropLast(before: character) else { return false }
            case "+", ".", "^", "$": endRun()
            default: append(character)
            }
        }
        return true
    }

    private mutating func append(_ character: Character) {
        if character.isASCII, character != "\r\n" { run.append(character) } else { endRun() }
    }

    private mutating func endRun() {
        if run.count > longest.count { longest = run }
        run = ""
    }

    /// What stands before the quantifier may be missing from a match.
    private mutating func dropLast(before quantifier: Character) -> Bool {
        if !run.isEmpty { run.removeLast() }
        endRun()
        guard quantifier == "{" else { return true }
        while index < pattern.count, pattern[index] != "}" { index += 1 }
        index += 1
        return index <= pattern.count
    }

    private mutating func readEscape() -> Bool {
        guard index < pattern.count else { return false }
        let escaped = pattern[index]
        index += 1
        if "dDwWsSbBAzZGXRhHvVntrf".contains(escaped) {
            endRun()
            return true
        }
        guard escaped.isASCII, !escaped.isLetter, !escaped.isNumber else { return false }
        append(escaped)
        return true
    }

    /// Skips a group, whose opening parenthesis has been read.
    private mutating func skipGroup() -> Bool {
        endRun()
        var depth = 1
        while index < pattern.count, depth > 0 {
            let character = pattern[index]
            index += 1
            switch character {
            case "\\": guard skipEscape() else { return false }
            case "[": guard skipSet() else { return false }
            case ")": depth -= 1
            case "(": depth += 1
            case "?" where pattern[index - 2] == "(":
                // Flags and comments change how the rest is read.
                guard index < pattern.count, ":=!<>".contains(pattern[index]) else { return false }
            default: break
            }
        }
        return depth == 0
    }

    private mutating func skipEscape() -> Bool {
        guard index < pattern.count, pattern[index] != "Q" else { return false }
        index += 1
        return true
    }

    /// Skips a set, whose opening bracket has been read; sets may stand inside each other.
    private mutating func skipSet() -> Bool {
        endRun()
        var depth = 1
        var isFirst = true
        while index < pattern.count, depth > 0 {
            let character = pattern[index]
            index += 1
            switch character {
            case "\\": guard skipEscape() else { return false }
            case "[": depth += 1
            case "]" where isFirst: return false
            case "]": depth -= 1
            default: break
            }
            isFirst = isFirst && character == "^"
        }
        return depth == 0
    }
}
