import Foundation

/// One element of an answer in XML.
///
/// Reads what S3 and STS write: elements, texts, the five entities and numbered characters.
/// Attributes, comments and the declaration are passed over. Document types, which could define
/// more, are refused, and so is nesting beyond any answer's.
struct XMLElement {
    /// The name, without the prefix of a namespace.
    let name: String
    /// The text directly inside.
    private(set) var text = ""
    /// The elements directly inside, in order.
    private(set) var children: [XMLElement] = []

    /// What cannot be read.
    struct Malformed: Error {
        /// How many bytes were read before it.
        let position: Int
    }

    /// Reads the outermost element of a document.
    init(parsing bytes: [UInt8]) throws(Malformed) {
        var reader = XMLReader(bytes)
        self = try reader.document()
    }

    fileprivate init(name: String) {
        self.name = name
    }

    /// The first child of a name.
    subscript(name: String) -> XMLElement? { children.first { $0.name == name } }

    /// All children of a name, in order.
    func all(_ name: String) -> [XMLElement] { children.filter { $0.name == name } }

    /// The text of the first element of a name at any depth, without the space around it; `nil`
    /// where there is none, or nothing in it.
    func firstText(_ name: String) -> String? {
        if self.name == name {
            let trimmed = text.trimmingCharacters(in: .whitespacesAndNewlines)
            return trimmed.isEmpty ? nil : trimmed
        }
        return children.lazy.compactMap { $0.firstText(name) }.first
    }

    fileprivate mutating func append(_ text: String) { self.text += text }

    fileprivate mutating func append(_ child: XMLElement) { children.append(child) }
}

/// Reads one document from its start.
private struct XMLReader {
    private static let depthMax = 32

    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    mutating func document() throws(XMLElement.Malformed) -> XMLElement {
        while true {
            skipSpace()
            if try skipUnread() { continue }
            return try element(depth: 1)
        }
    }

    private mutating func element(depth: Int) throws(XMLElement.Malformed) -> XMLElement {
        guard depth <= Self.depthMax, skip("<") else { throw malformed }
        var element = XMLElement(name: try name())
        if try skipAttributes() { return element }
        while true {
            if starts("</") {
                _ = skip("</")
                guard try name() == element.name else { throw malformed }
                skipSpace()
                guard skip(">") else { throw malformed }
                return element
            }
            if starts("<") {
                if try !skipUnread() { element.append(try self.element(depth: depth + 1)) }
            } else {
                element.append(try text())
            }
        }
    }

    private mutating func name() throws(XMLElement.Malformed) -> String {
        let start = position
        while position < bytes.count, !" \t\r\n/>=<".utf8.contains(bytes[position]) {
            position += 1
        }
        guard start < position else { throw malformed }
        let whole = String(decoding: bytes[start..<position], as: UTF8.self)
        return whole.split(separator: ":").last.map(String.init) ?? whole
    }

    /// Goes behind the tag that has begun; whether it ends its element too.
    private mutating func skipAttributes() throws(XMLElement.Malformed) -> Bool {
        var quote: UInt8?
        while position < bytes.count {
            let byte = bytes[position]
            if quote == nil {
                if skip("/>") { return true }
                if skip(">") { return false }
                guard byte != UInt8(ascii: "<") else { throw malformed }
            }
            if byte == quote {
                quote = nil
            } else if quote == nil, byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
                quote = byte
            }
            position += 1
        }
        throw malformed
    }

    /// Goes behind a comment or an instruction; whether there was one.
    private mutating func skipUnread() throws(XMLElement.Malformed) -> Bool {
        let end: String
        if starts("<!--") {
            end = "-->"
        } else if starts("<?") {
            end = "?>"
        } else {
            guard !starts("<!") else { throw malformed }
            return false
        }
        while !starts(end) {
            guard position < bytes.count else { throw malformed }
            position += 1
        }
        return skip(end)
    }

    private mutating func text() throws(XMLElement.Malformed) -> String {
        var decoded: [UInt8] = []
        while position < bytes.count, bytes[position] != UInt8(ascii: "<") {
            if bytes[position] == UInt8(ascii: "&") {
                decoded += try entity().utf8
            } else {
                decoded.append(bytes[position])
                position += 1
            }
        }
        guard position < bytes.count else { throw malformed }
        return String(decoding: decoded, as: UTF8.self)
    }

    private mutating func entity() throws(XMLElement.Malformed) -> String {
        guard let end = bytes[position...].prefix(12).firstIndex(of: UInt8(ascii: ";")) else {
            throw malformed
        }
        let code = String(decoding: bytes[(position + 1)..<end], as: UTF8.self)
        let named = ["lt": "<", "gt": ">", "amp": "&", "quot": "\"", "apos": "'"]
        if let text = named[code] {
            position = end + 1
            return text
        }
        let number =
            code.hasPrefix("#x") ? UInt32(code.dropFirst(2), radix: 16) : UInt32(code.dropFirst())
        guard code.hasPrefix("#"), let scalar = number.flatMap(Unicode.Scalar.init) else {
            throw malformed
        }
        position = end + 1
        return String(Character(scalar))
    }

    private mutating func skipSpace() {
        while position < bytes.count, " \t\r\n".utf8.contains(bytes[position]) { position += 1 }
    }

    private func starts(_ text: String) -> Bool { bytes[position...].starts(with: text.utf8) }

    private mutating func skip(_ text: String) -> Bool {
        guard starts(text) else { return false }
        position += text.utf8.count
        return true
    }

    private var malformed: XMLElement.Malformed { .init(position: position) }
}
