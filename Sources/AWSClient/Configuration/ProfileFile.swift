import Foundation

/// A file of sections with members, as Amazon's programs share it.
///
/// What is indented deeper than its member goes on with its value; a value that begins on the next
/// line is a section of its own. Comments stand on lines of their own, behind `#` or `;`.
struct ProfileFile: Sendable {
    /// Its sections, by what stands between their brackets.
    private(set) var sections: [String: [String: String]] = [:]

    /// Reads a text.
    ///
    /// - Throws: `ConfigurationError`, which tells the line but not what stands there.
    init(_ text: String, path: String) throws(ConfigurationError) {
        var section: String?
        var member: (name: String, indent: Int)?
        for (number, line) in text.split(
            omittingEmptySubsequences: false, whereSeparator: \.isNewline
        ).enumerated() {
            let content = line.trimmed
            guard let first = content.first, first != "#", first != ";" else { continue }
            let indent = line.prefix(while: \.isWhitespace).count
            if let section, let member, indent > member.indent {
                sections[section]?[member.name]? += "\n" + content
            } else if first == "[", let end = content.lastIndex(of: "]") {
                let name = String(content[content.index(after: content.startIndex)..<end].trimmed)
                sections[name] = sections[name] ?? [:]
                (section, member) = (name, nil)
            } else if let section, let delimiter = content.firstIndex(where: { "=:".contains($0) }),
                delimiter > content.startIndex
            {
                let name = content[..<delimiter].trimmed.lowercased()
                let value = content[content.index(after: delimiter)...].trimmed
                sections[section]?[name] = String(value)
                member = (name, indent)
            } else {
                throw ConfigurationError(
                    "'\(path)', line \(number + 1): there must be a [section], a "
                        + "'member = value' under one, or a comment")
            }
        }
    }

    /// The members of a value that is a section of its own, such as `endpoint_url` of `s3`.
    static func nested(_ value: String) -> [String: String] {
        var members: [String: String] = [:]
        for line in value.split(whereSeparator: \.isNewline) {
            let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else { continue }
            members[String(parts[0].trimmed)] = String(parts[1].trimmed)
        }
        return members
    }
}

extension Substring {
    /// Without space around it.
    fileprivate var trimmed: Substring {
        let start = drop(while: \.isWhitespace)
        let count = start.reversed().prefix(while: \.isWhitespace).count
        return start.dropLast(count)
    }
}
