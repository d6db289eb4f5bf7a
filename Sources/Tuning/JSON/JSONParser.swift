/// Reads JSON in one pass; each method begins at `position` and leaves it after what it read.
struct JSONParser {
    /// How deep arrays and objects may lie in each other before they would fill the stack.
    static let depthMax = 1_000

    private let bytes: UnsafeBufferPointer<UInt8>
    private var position = 0
    private var depth = 0

    private init(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
    }

    /// The one value that bytes hold.
    static func document(in bytes: UnsafeBufferPointer<UInt8>) throws(JSONError) -> JSONValue {
        var parser = JSONParser(bytes)
        let value = try parser.value()
        parser.skipSpace()
        guard parser.next == nil else { throw parser.unexpected }
        return value
    }

    private mutating func value() throws(JSONError) -> JSONValue {
        skipSpace()
        switch next {
        case UInt8(ascii: "{"): return .object(try object())
        case UInt8(ascii: "["): return .array(try array())
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case UInt8(ascii: "-"), .some(UInt8(ascii: "0")...UInt8(ascii: "9")):
            return try number()
        default: throw unexpected
        }
    }

    private mutating func word(
        _ word: StaticString, _ value: JSONValue
    ) throws(JSONError) -> JSONValue {
        guard take(word) else { throw unexpected }
        return value
    }
}

// MARK: - Arrays and objects

extension JSONParser {
    private mutating func object() throws(JSONError) -> [String: JSONValue] {
        try descend()
        var members: [String: JSONValue] = [:]
        if !takeAfterSpace(UInt8(ascii: "}")) {
            repeat {
                skipSpace()
                guard next == UInt8(ascii: "\"") else { throw expected("a member's name") }
                let name = try string()
                guard takeAfterSpace(UInt8(ascii: ":")) else { throw expected("':'") }
                members[name] = try value()
            } while takeAfterSpace(UInt8(ascii: ","))
            guard takeAfterSpace(UInt8(ascii: "}")) else { throw expected("',' or '}'") }
        }
        depth -= 1
        return members
    }

    private mutating func array() throws(JSONError) -> [JSONValue] {
        try descend()
        var elements: [JSONValue] = []
        if !takeAfterSpace(UInt8(ascii: "]")) {
            repeat {
                elements.append(try value())
            } while takeAfterSpace(UInt8(ascii: ","))
            guard takeAfterSpace(UInt8(ascii: "]")) else { throw expected("',' or ']'") }
        }
        depth -= 1
        return elements
    }

    /// Goes past the bracket that opens an array or object.
    private mutating func descend() throws(JSONError) {
        guard depth < Self.depthMax else {
            throw JSONError("More than \(Self.depthMax) levels of nesting", at: position)
        }
        position += 1
        depth += 1
    }
}

// MARK: - Texts

extension JSONParser {
    private mutating func string() throws(JSONError) -> String {
        position += 1
        var text = try unescapedText()
        while next == UInt8(ascii: "\\") {
            text.unicodeScalars.append(try escape())
            text += try unescapedText()
        }
        guard next == UInt8(ascii: "\"") else { throw expected("the end of a text") }
        position += 1
        return text
    }

    /// What stands before the next quote, backslash or control character.
    private mutating func unescapedText() throws(JSONError) -> String {
        let start = position
        var all: UInt8 = 0
        while let byte = next, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20
        {
            all |= byte
            position += 1
        }
        let run = UnsafeBufferPointer(rebasing: bytes[start..<position])
        // Nearly every text is ASCII, which needs no look for what is not UTF-8.
        if all < 0x80 { return String(decoding: run, as: UTF8.self) }
        guard let text = String(validating: run, as: UTF8.self) else {
            throw JSONError("A text that is not UTF-8", at: start)
        }
        return text
    }

    private mutating func escape() throws(JSONError) -> Unicode.Scalar {
        position += 1
        guard let letter = next else { throw expected("an escape") }
        position += 1
        switch letter {
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"):
            return Unicode.Scalar(letter)
        case UInt8(ascii: "u"): return try scalar()
        default: throw JSONError("Unknown escape", at: position - 2)
        }
    }

    /// Reads what follows `\u`: four digits, or two surrogates that make one scalar.
    private mutating func scalar() throws(JSONError) -> Unicode.Scalar {
        let start = position
        let high = try codeUnit()
        if let scalar = Unicode.Scalar(high) { return scalar }
        if (0xD800...0xDBFF).contains(high), take("\\u") {
            let low = try codeUnit()
            let offset = UInt32(high - 0xD800) << 10 | UInt32(low & 0x3FF)
            if (0xDC00...0xDFFF).contains(low), let scalar = Unicode.Scalar(0x10000 + offset) {
                return scalar
            }
        }
        throw JSONError("Half a surrogate pair", at: start)
    }

    private mutating func codeUnit() throws(JSONError) -> UInt16 {
        var unit: UInt16 = 0
        for _ in 0..<4 {
            guard let digit = next.flatMap({ Character(Unicode.Scalar($0)).hexDigitValue }) else {
                throw expected("four hexadecimal digits")
            }
            unit = unit << 4 | UInt16(digit)
            position += 1
        }
        return unit
    }
}

// MARK: - Numbers

extension JSONParser {
    private mutating func number() throws(JSONError) -> JSONValue {
        let start = position
        take("-")
        if !take("0") { try skipDigits() }
        var isInteger = true
        if take(".") {
            isInteger = false
            try skipDigits()
        }
        if take("e") || take("E") {
            isInteger = false
            if !take("-") { take("+") }
            try skipDigits()
        }
        let text = String(
            decoding: UnsafeBufferPointer(rebasing: bytes[start..<position]), as: UTF8.self)
        if isInteger, let integer = Int(text) { return .integer(integer) }
        guard let number = Double(text), number.isFinite else {
            throw JSONError("A number out of range", at: start)
        }
        return .number(number)
    }

    /// Goes past digits, of which there must be one.
    private mutating func skipDigits() throws(JSONError) {
        let start = position
        while let byte = next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
            position += 1
        }
        guard position > start else { throw expected("a digit") }
    }
}

// MARK: - Bytes

extension JSONParser {
    /// The byte at the position; `nil` at the end.
    private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
            position += 1
        }
    }

    /// Goes past space, and past a byte if it comes next.
    private mutating func takeAfterSpace(_ byte: UInt8) -> Bool {
        skipSpace()
        guard next == byte else { return false }
        position += 1
        return true
    }

    /// Goes past ASCII characters if they come next.
    @discardableResult
    private mutating func take(_ characters: StaticString) -> Bool {
        let count = characters.utf8CodeUnitCount
        guard count <= bytes.count - position else { return false }
        for offset in 0..<count
        where bytes[position + offset] != characters.utf8Start[offset] {
            return false
        }
        position += count
        return true
    }

    // MARK: Errors

    private var unexpected: JSONError { JSONError("Unexpected \(found)", at: position) }

    private func expected(_ what: String) -> JSONError {
        JSONError("Expected \(what), found \(found)", at: position)
    }

    private var found: String {
        guard let byte = next else { return "the end" }
        return (0x20..<0x7F).contains(byte)
            ? "'\(Character(Unicode.Scalar(byte)))'" : "byte \(byte)"
    }
}
