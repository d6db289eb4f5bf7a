import Foundation

/// A moment as signatures write it: `20150830T123600Z`.
package struct SigningTime: Hashable, Sendable {
    /// The moment, to the second.
    package let date: Date
    /// How it is written.
    package let text: String

    private static let style = Date.ISO8601FormatStyle(
        dateSeparator: .omitted, dateTimeSeparator: .standard, timeSeparator: .omitted)

    /// Takes a moment, without its fraction of a second.
    package init(_ date: Date) {
        self.date = Date(timeIntervalSince1970: date.timeIntervalSince1970.rounded(.down))
        text = self.date.formatted(Self.style)
    }

    /// Reads a moment; `nil` unless it is written exactly so.
    package init?(_ text: String) {
        guard text.utf8.count == 16, let date = try? Self.style.parse(text) else { return nil }
        self.init(date)
        guard self.text == text else { return nil }
    }

    /// The day: the first eight digits.
    package var day: String { String(text.prefix(8)) }
}
