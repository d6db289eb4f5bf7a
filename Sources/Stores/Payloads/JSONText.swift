// Compact JSON, exact and fast: events are written a thousand times a second, and all of those of
// the unfinished tuning jobs are read when the daemon starts.
//
// Exact: a real number keeps its decimal point, so that 1.0 does not come back as the integer 1,
// and NaN, Infinity and -Infinity are written as JSON5 and Python write them. JSONEncoder and
// JSONDecoder can do neither, and take several times as long for payloads of this size.

import Tuning

/// The text of a JSON value.
struct JSONText {
    private var bytes: [UInt8] = []

    /// Writes a value.
    static func text(of value: JSONValue) -> String {
        var text = JSONText()
        text.bytes.reserveCapacity(128)
        text.append(value)
        return String(decoding: text.bytes, as: UTF8.self)
    }

    private mutating func append(_ value: JSONValue) {
        switch value {
        case .null: append("null")
        case .bool(let value): append(value ? "true" : "false")
        case .integer(let value): append("\(value)")
        case .number(let value): append(value)
        case .string(let value): appendQuoted(value)
        case .array(let values): append(values)
        case .object(let members): append(members)
        }
    }

    private mutating func append(_ literal: String) {
        bytes.append(contentsOf: literal.utf8)
    }

    private mutating func append(_ number: Double) {
        if number.isNaN {
            append("NaN")
        } else if number.isInfinite {
            append(number < 0 ? "-Infinity" : "Infinity")
        } else {
            append(number.description)
        }
    }

    private mutating func append(_ values: [JSONValue]) {
        bytes.append(UInt8(ascii: "["))
        for (index, value) in values.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            append(value)
        }
        bytes.append(UInt8(ascii: "]"))
    }

    private mutating func append(_ members: [String: JSONValue]) {
        bytes.append(UInt8(ascii: "{"))
        var isFirst = true
        for (name, value) in members {
            if !isFirst { bytes.append(UInt8(ascii: ",")) }
            isFirst = false
            appendQuoted(name)
            bytes.append(UInt8(ascii: ":"))
            append(value)
        }
        bytes.append(UInt8(ascii: "}"))
    }

    private mutating func appendQuoted(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(byte)
            case UInt8(ascii: "\n"):
                append("\\n")
            case 0..<0x20:
                append("\\u00")
                bytes.append(Self.hexadecimalDigits[Int(byte >> 4)])
                bytes.append(Self.hexadecimalDigits[Int(byte & 0xF)])
            default:
                bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private static let hexadecimalDigits = Array("0123456789abcdef".utf8)
}
