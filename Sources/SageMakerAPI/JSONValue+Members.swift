import Foundation
import Tuning

extension JSONValue {
    /// The time: seconds since 1970, or a text in ISO 8601.
    var date: Date? {
        if let seconds = number { return Date(timeIntervalSince1970: seconds) }
        guard let text = string else { return nil }
        let style = Date.ISO8601FormatStyle()
        return (try? style.parse(text))
            ?? (try? Date.ISO8601FormatStyle(includingFractionalSeconds: true).parse(text))
    }

    /// The texts of an object of texts; empty for anything else.
    var texts: [String: String] {
        (object ?? [:]).compactMapValues(\.string)
    }

    /// The same without members that are null, at any depth.
    var withoutNulls: JSONValue {
        // Hardly any request has nulls, and to copy one takes as long as to check it.
        guard hasNulls else { return self }
        return switch self {
        case .object(let members):
            .object(members.filter { !$0.value.isNull }.mapValues(\.withoutNulls))
        case .array(let elements): .array(elements.map(\.withoutNulls))
        default: self
        }
    }

    /// Whether there are members that are null, at any depth.
    private var hasNulls: Bool {
        switch self {
        case .object(let members): members.values.contains { $0.isNull || $0.hasNulls }
        case .array(let elements): elements.contains { $0.hasNulls }
        default: false
        }
    }

    /// Whether nothing is said here.
    var isNull: Bool {
        if case .null = self { true } else { false }
    }

    /// The same object with some members set.
    func setting(_ members: [String: JSONValue]) -> JSONValue {
        .object((object ?? [:]).merging(members) { _, new in new })
    }

    /// The same object without some members.
    func removing(_ names: Set<String>) -> JSONValue {
        .object((object ?? [:]).filter { !names.contains($0.key) })
    }
}
