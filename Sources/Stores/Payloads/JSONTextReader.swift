import Tuning

/// Why a text is not one that this store wrote.
struct PayloadError: Error, CustomStringConvertible {
    /// What is wrong.
    let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// Reads what `JSONText` writes: any JSON, and the numbers that are not finite.
struct JSONTextReader {
    /// How deep arrays and objects may lie in each other.
    static let depthMax = 256

    private let bytes: UnsafeBufferPointer<UInt8>
    private var index = 0
    private var depth = 0

    /// Reads a whole text.
    ///
    /// - Throws: `PayloadError` with the place of the first byte that is wrong.
    static func value(of text: String) throws(PayloadError) -> JSONValue {
        var text = text
        let result = text.withUTF8 { bytes -> Result<JSONValue, PayloadError> in
            var reader = JSONTextReader(bytes: bytes)
            return Result { () throws(PayloadError) in
                let value = try reader.value()
                reader.skipSpace()
                guard reader.index == bytes.count else { throw reader.error() }
                return value
            }
        }
        return try result.get()
    }

    private init(bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
    }

    private mutating func value() throws(PayloadError) -> JSONValue {
        skipSpace()
        guard index < bytes.count else { throw error() }
        switch bytes[index] {
        case UInt8(ascii: "{"): return try object()
        case UInt8(ascii: "["): return try array()
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try literal("true", .bool(true))
        case UInt8(ascii: "f"): return try literal("false", .bool(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        case UInt8(ascii: "N"): return try literal("NaN", .number(.nan))
        case UInt8(ascii: "I"): return try literal("Infinity", .number(.infinity))
        default: return try number()
        }
    }

    private func error() -> PayloadError {
        PayloadError("no JSON at byte \(index) of \(bytes.count)")
    }
}

// MARK: - Arrays and objects

extension JSONTextReader {
    private mutating func array() throws(PayloadError) -> JSONValue {
        try enter()
        var values: [JSONValue] = []
        if !take("]") {
            repeat { values.append(try value()) } while take(",")
            try require("]")
        }
        depth -= 1
        return .array(values)
    }

    private mutating func object() throws(PayloadError) -> JSONValue {
        try enter()
        var members: [String: JSONValue] = [:]
        if !take("}") {
            repeat {
                skipSpace()
                let name = try string()
                try require(":")
                members[name] = try value()
            } while take(",")
            try require("}")
        }
        depth -= 1
        return .object(members)
    }

    private mutating func enter() throws(PayloadError) {
        depth += 1
        guard depth <= Self.depthMax else { throw error() }
        index += 1
    }

    private mutating func skipSpace() {
        while index < bytes.count, [0x20, 0x0A, 0x0D, 0x09].contains(bytes[index]) { index += 1 }
    }

    private mutating func take(_ byte: Unicode.Scalar) -> Bool {
        skipSpace()
        guard index < bytes.count, bytes[index] == UInt8(ascii: byte) else { return false }
        index += 1
        return true
    }

    private mutating func require(_ byte: Unicode.Scalar) throws(PayloadError) {
        guard take(byte) else { throw error() }
    }
}

// MARK: - Texts and numbers

extension JSONTextReader {
    private mutating func literal(
        _ text: StaticString, _ value: JSONValue
    ) throws(PayloadError) -> JSONValue {
        let end = index + text.utf8CodeUnitCount
        guard end <= bytes.count else { throw error() }
        for offset in 0..<text.utf8CodeUnitCount
        where bytes[index + offset] != text.utf8Start[offset] {
            throw error()
        }
        index = end
        return value
    }

    private mutating func number() throws(PayloadError) -> JSONValue {
        let start = index
        if bytes[index] == UInt8(ascii: "-") {
            index += 1
            if index < bytes.count, bytes[index] == UInt8(ascii: "I") {
                return try literal("Infinity", .number(-.infinity))
            }
        }
        var isInteger = true
        scan: while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): break
            case UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"), UInt8(ascii: "+"),
                UInt8(ascii: "-"):
                isInteger = false
            default: break scan
            }
            index += 1
        }
        let text = String(
            decoding: UnsafeBufferPointer(rebasing: bytes[start..<index]), as: UTF8.self)
        if isInteger, let value = Int(text) { return .integer(value) }
        guard let value = Double(text) else { throw error() }
        return .number(value)
    }

    private mutating func string() throws(PayloadError) -> String {
        guard index < bytes.count, bytes[index] == UInt8(ascii: "\"") else { throw error() }
        let start = index + 1
        index = start
        while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
            if bytes[index] == UInt8(ascii: "\\") { return try escapedString(from: start) }
            index += 1
        }
        guard index < bytes.count else { throw error() }
        index += 1
        return String(
            decoding: UnsafeBufferPointer(rebasing: bytes[start..<(index - 1)]), as: UTF8.self)
    }

    /// Goes on with a string at its first backslash.
    private mutating func escapedString(from start: Int) throws(PayloadError) -> String {
        var content = Array(bytes[start..<index])
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: content, as: UTF8.self)
            case UInt8(ascii: "\\"): content.append(contentsOf: String(try escape()).utf8)
            default: content.append(byte)
            }
        }
        throw error()
    }

    private mutating func escape() throws(PayloadError) -> Unicode.Scalar {
        guard index < bytes.count else { throw error() }
        let byte = bytes[index]
        index += 1
        switch byte {
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
        case UInt8(ascii: "u"): return try unicodeEscape()
        default: throw error()
        }
    }

    private mutating func unicodeEscape() throws(PayloadError) -> Unicode.Scalar {
        let unit = try hexadecimal()
        if let scalar = Unicode.Scalar(unit) { return scalar }
        guard (0xD800..<0xDC00).contains(unit), take("\\"), take("u") else { throw error() }
        let low = try hexadecimal()
        guard (0xDC00..<0xE000).contains(low),
            let scalar = Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00))
        else { throw error() }
        return scalar
    }

    private mutating func hexadecimal() throws(PayloadError) -> UInt32 {
        guard index + 4 <= bytes.count,
            let unit = UInt32(
                String(decoding: bytes[index..<(index + 4)], as: UTF8.self), radix: 16)
        else { throw error() }
        index += 4
        return unit
    }
}
