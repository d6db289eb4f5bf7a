import Foundation

/// What stands in the elements of a small XML answer that hold nothing but text.
struct XMLText {
    private static let entities = [
        ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&amp;", "&"),
    ]

    private let text: String

    init(_ bytes: [UInt8]) {
        text = String(decoding: bytes, as: UTF8.self)
    }

    /// The text of the first element of a name; `nil` where there is none, or nothing in it.
    subscript(name: String) -> String? {
        guard let start = text.range(of: "<\(name)>")?.upperBound,
            let end = text.range(of: "</\(name)>", range: start..<text.endIndex)?.lowerBound
        else { return nil }
        let content = Self.entities.reduce(String(text[start..<end])) { content, entity in
            content.replacingOccurrences(of: entity.0, with: entity.1)
        }
        let trimmed = content.trimmingCharacters(in: .whitespacesAndNewlines)
        return trimmed.isEmpty ? nil : trimmed
    }
}
