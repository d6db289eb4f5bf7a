import Tuning

// Foundation's decoder tries every type in turn for a JSONValue, and each wrong guess costs an
// error; a request would spend most of its time there. This reads each byte once.

/// Reads JSON as RFC 8259 has it, and nothing else.
struct JSONParser {
    /// Arrays and objects inside each other; more are refused before they fill the stack.
    static let depthMax = 1_000

    private let bytes: [UInt8]
    private var position = 0
    private var depth = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The one value that the bytes hold.
    mutating func document() throws(JSONError) -> JSONValue {
        let value = try value()
        skipSpace()
        guard position == bytes.count else {
            throw JSONError("Unexpected text after the value", at: position)
        }
        return value
    }

    private mutating func value() throws(JSONError) -> JSONValue {
        skipSpace()
        switch peek {
        case UInt8(ascii: "{"): return try object()
        case UInt8(ascii: "["): return try array()
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try literal("true", .bool(true))
        case UInt8(ascii: "f"): return try literal("false", .bool(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        case UInt8(ascii: "-"), .some(UInt8(ascii: "0")...UInt8(ascii: "9")):
            return try number()
        default: throw JSONError("Unexpected \(found)", at: position)
        }
    }
}

// MARK: - Arrays and objects

extension JSONParser {
    private mutating func object() throws(JSONError) -> JSONValue {
        try descend()
        var members: [String: JSONValue] = [:]
        if !take(UInt8(ascii: "}")) {
            repeat {
                skipSpace()
                guard peek == UInt8(ascii: "\"") else {
                    throw JSONError("Expected a member's name, found \(found)", at: position)
                }
                let name = try string()
                guard take(UInt8(ascii: ":")) else {
                    throw JSONError("Expected ':', found \(found)", at: position)
                }
                members[name] = try value()
            } while take(UInt8(ascii: ","))
            guard take(UInt8(ascii: "}")) else {
                throw JSONError("Expected ',' or '}', found \(found)", at: position)
            }
        }
        depth -= 1
        return .object(members)
    }

    private mutating func array() throws(JSONError) -> JSONValue {
        try descend()
        var elements: [JSONValue] = []
        if !take(UInt8(ascii: "]")) {
            repeat {
                elements.append(try value())
            } while take(UInt8(ascii: ","))
            guard take(UInt8(ascii: "]")) else {
                throw JSONError("Expected ',' or ']', found \(found)", at: position)
            }
        }
        depth -= 1
        return .array(elements)
    }

    private mutating func descend() throws(JSONError) {
        position += 1
        depth += 1
        guard depth <= Self.depthMax else {
            throw JSONError("More than \(Self.depthMax) levels of nesting", at: position)
        }
    }
}

// MARK: - Texts

extension JSONParser {
    private mutating func string() throws(JSONError) -> String {
        position += 1
        let start = position
        while let byte = peek, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20
        {
            position += 1
        }
        var text = try text(from: start)
        while peek == UInt8(ascii: "\\") {
            text.unicodeScalars.append(try escape())
            let start = position
            while let byte = peek, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"),
                byte >= 0x20
            {
                position += 1
            }
            text += try self.text(from: start)
        }
        guard peek == UInt8(ascii: "\"") else {
            throw JSONError("Expected the end of a text, found \(found)", at: position)
        }
        position += 1
        return text
    }

    private func text(from start: Int) throws(JSONError) -> String {
        guard let text = String(validating: bytes[start..<position], as: UTF8.self) else {
            throw JSONError("A text that is not UTF-8", at: start)
        }
        return text
    }

    private mutating func escape() throws(JSONError) -> Unicode.Scalar {
        position += 2
        guard position <= bytes.count else {
            throw JSONError("Expected an escape, found the end", at: position)
        }
        switch bytes[position - 1] {
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "\""): return "\""
        case UInt8(ascii: "\\"): return "\\"
        case UInt8(ascii: "/"): return "/"
        case UInt8(ascii: "u"): return try scalar()
        default: throw JSONError("Unknown escape", at: position - 2)
        }
    }

    /// Reads what follows `\u`: four digits, or two surrogates that make one scalar.
    private mutating func scalar() throws(JSONError) -> Unicode.Scalar {
        let first = try codeUnit()
        if let scalar = Unicode.Scalar(first) { return scalar }
        let start = position
        if take("\\u") {
            let second = try codeUnit()
            if (0xD800...0xDBFF).contains(first), (0xDC00...0xDFFF).contains(second) {
                let high = UInt32(first - 0xD800) << 10
                if let scalar = Unicode.Scalar(0x10000 + high + UInt32(second - 0xDC00)) {
                    return scalar
                }
            }
        }
        throw JSONError("Half a surrogate pair", at: start)
    }

    private mutating func codeUnit() throws(JSONError) -> UInt16 {
        guard position + 4 <= bytes.count else {
            throw JSONError("Expected four hexadecimal digits, found the end", at: position)
        }
        var unit: UInt16 = 0
        for byte in bytes[position..<position + 4] {
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw JSONError("Expected four hexadecimal digits", at: position)
            }
            unit = unit << 4 | UInt16(digit)
        }
        position += 4
        return unit
    }
}

// MARK: - Numbers and words

extension JSONParser {
    private mutating func number() throws(JSONError) -> JSONValue {
        let start = position
        if peek == UInt8(ascii: "-") { position += 1 }
        let whole = position
        skipDigits()
        guard position > whole, bytes[whole] != UInt8(ascii: "0") || position == whole + 1 else {
            throw JSONError("A number that is not JSON", at: start)
        }
        var isInteger = true
        if peek == UInt8(ascii: ".") {
            isInteger = false
            try requireDigits()
        }
        if peek == UInt8(ascii: "e") || peek == UInt8(ascii: "E") {
            isInteger = false
            let sign = position + 1 < bytes.count ? bytes[position + 1] : 0
            if sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") { position += 1 }
            try requireDigits()
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if isInteger, let integer = Int(text) { return .integer(integer) }
        guard let number = Double(text), number.isFinite else {
            throw JSONError("A number out of range", at: start)
        }
        return .number(number)
    }

    /// Goes past one byte and the digits after it, of which there must be one.
    private mutating func requireDigits() throws(JSONError) {
        position += 1
        let start = position
        skipDigits()
        guard position > start else {
            throw JSONError("Expected a digit, found \(found)", at: position)
        }
    }

    private mutating func skipDigits() {
        while let byte = peek, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
            position += 1
        }
    }

    private mutating func literal(
        _ word: String, _ value: JSONValue
    ) throws(JSONError) -> JSONValue {
        guard take(word) else { throw JSONError("Unexpected \(found)", at: position) }
        return value
    }
}

// MARK: - Bytes

extension JSONParser {
    private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    private var found: String {
        guard let byte = peek else { return "the end" }
        return (0x20..<0x7F).contains(byte)
            ? "'\(Character(Unicode.Scalar(byte)))'" : "byte \(byte)"
    }

    private mutating func skipSpace() {
        while let byte = peek, byte == 0x20 || (0x09...0x0D).contains(byte), byte != 0x0B,
            byte != 0x0C
        {
            position += 1
        }
    }

    /// Goes past space and then a byte, if it is there.
    private mutating func take(_ byte: UInt8) -> Bool {
        skipSpace()
        guard peek == byte else { return false }
        position += 1
        return true
    }

    private mutating func take(_ word: String) -> Bool {
        guard bytes[position...].starts(with: word.utf8) else { return false }
        position += word.utf8.count
        return true
    }
}
