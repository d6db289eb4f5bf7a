import Foundation

/// A regular expression that a whole text must match, as ICU and Java read it.
struct Pattern: Sendable {
    /// The expression, as the service's model has it.
    let source: String
    private let expression: NSRegularExpression

    /// Takes an expression of the model.
    init(_ source: String) {
        self.source = source
        do {
            expression = try NSRegularExpression(pattern: "\\A(?:\(source))\\z")
        } catch {
            preconditionFailure("the pattern '\(source)' of the model does not compile: \(error)")
        }
    }

    /// Whether all of a text is as the pattern says.
    func matches(_ text: String) -> Bool {
        let range = NSRange(location: 0, length: text.utf16.count)
        return expression.firstMatch(in: text, range: range) != nil
    }
}
