import Foundation

/// A regular expression that all of a text must match, as Java reads it.
struct Pattern: Sendable {
    /// The expression, as the service's model has it.
    let source: String
    private let matcher: Matcher

    private enum Matcher: Sendable {
        /// Any text without line ends; `.*` and `.+`, whose lengths are checked elsewhere.
        case line(isEmptyAllowed: Bool)
        case anything
        case expression(NSRegularExpression, accepting: CharacterRun?)
    }

    /// Takes an expression of the model.
    ///
    /// - Parameter other: An expression that a text may match as well; messages do not show it.
    init(_ source: String, or other: String? = nil) {
        self.source = source
        switch source {
        case ".*" where other == nil: matcher = .line(isEmptyAllowed: true)
        case ".+" where other == nil: matcher = .line(isEmptyAllowed: false)
        case #"[\S\s]*"#: matcher = .anything
        default:
            let whole = Self.translated(other.map { "\(source)|\($0)" } ?? source)
            do {
                matcher = .expression(
                    try NSRegularExpression(pattern: "\\A(?:\(whole))\\z"),
                    accepting: other == nil ? CharacterRun(source) : nil)
            } catch {
                preconditionFailure("the pattern '\(source)' does not compile: \(error)")
            }
        }
    }

    /// Whether all of a text is as the pattern says.
    func matches(_ text: String) -> Bool {
        switch matcher {
        case .anything: return true
        case .line(let isEmptyAllowed):
            return (isEmptyAllowed || !text.isEmpty) && !text.hasJavaLineEnd
        case .expression(let expression, let run):
            if run?.matches(text) == true { return true }
            let range = NSRange(location: 0, length: text.utf16.count)
            return expression.firstMatch(in: text, range: range) != nil
        }
    }
}

// MARK: - From Java to ICU

extension Pattern {
    /// What `\d`, `\s` and `\w` mean in Java, where they are ASCII.
    private static let classes: [Character: String] = [
        "d": "[0-9]", "D": "[^0-9]", "w": "[a-zA-Z0-9_]", "W": "[^a-zA-Z0-9_]",
        "s": #"[ \t\n\u000B\f\r]"#, "S": #"[^ \t\n\u000B\f\r]"#,
    ]
    private static let alphanumeric = "p{Alnum}"
    private static let noLineEnd = #"[^\n\r\u0085\u2028\u2029]"#

    /// The expression with everything spelled out that ICU reads otherwise.
    private static func translated(_ source: String) -> String {
        var result = ""
        var depth = 0
        var rest = source[...]
        while let character = rest.popFirst() {
            switch character {
            case "\\" where rest.hasPrefix(alphanumeric):
                rest.removeFirst(alphanumeric.count)
                result += "[a-zA-Z0-9]"
            case "\\":
                let escaped = rest.popFirst() ?? "\\"
                result += classes[escaped] ?? "\\\(escaped)"
            case "." where depth == 0:
                result += noLineEnd
            default:
                if character == "[" { depth += 1 }
                if character == "]" { depth -= 1 }
                result.append(character)
            }
        }
        return result
    }
}

extension String {
    /// Whether there is a line end of Java's: LF, CR, NEL, LS or PS.
    fileprivate var hasJavaLineEnd: Bool {
        let isASCII = utf8.allSatisfy { $0 < 0x80 }
        if isASCII { return utf8.contains { $0 == 0x0A || $0 == 0x0D } }
        return unicodeScalars.contains { scalar in
            switch scalar.value {
            case 0x0A, 0x0D, 0x85, 0x2028, 0x2029: true
            default: false
            }
        }
    }
}
