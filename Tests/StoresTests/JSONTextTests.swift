import Testing
import Tuning

@testable import Stores

@Suite("JSON texts of a store")
struct JSONTextTests {
    @Test("Every value comes back the same, with its kind of number", arguments: 0..<200)
    func roundTrip(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let value = JSONValue.random(depth: 4, using: &random)
        #expect(try JSONTextReader.value(of: JSONText.text(of: value)) == value)
    }

    @Test("Whole real numbers stay real, and large whole numbers exact")
    func numbers() throws {
        #expect(JSONText.text(of: 1.0) == "1.0")
        #expect(try JSONTextReader.value(of: "1.0") == .number(1))
        #expect(try JSONTextReader.value(of: "1") == .integer(1))
        #expect(try JSONTextReader.value(of: "9223372036854775807") == .integer(.max))
        #expect(try JSONTextReader.value(of: "9223372036854775808") == .number(0x1p63))
        #expect(try JSONTextReader.value(of: "-Infinity") == .number(-.infinity))
        #expect(JSONText.text(of: .number(.nan)) == "NaN")
    }

    @Test("Texts of other writers are read too")
    func foreign() throws {
        let text = #" { "a\u00e9\ud83d\udca5\/\t" : [ true , null,-1.5e3 ] , "" : {} } "#
        let expected: JSONValue = ["aé\u{1F4A5}/\t": [true, .null, -1500.0], "": [:]]
        #expect(try JSONTextReader.value(of: text) == expected)
    }

    @Test(
        "What is no JSON is refused",
        arguments: [
            "", " ", "{", "[1,]", "{\"a\"}", "{\"a\":}", "{a:1}", "\"", "\"\\", "\"\\u12\"",
            "\"\\ud800\"", "tru", "nul", "-", "1e", "--1", "1 2", "]", "Inf", "-I", "\"\\x\"",
            String(repeating: "[", count: 100_000),
        ])
    func malformed(text: String) {
        #expect(throws: PayloadError.self) { try JSONTextReader.value(of: text) }
    }

    @Test("A text that is cut anywhere is refused", arguments: 0..<100)
    func cut(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let value = JSONValue.array([.random(depth: 3, using: &random)])
        let text = JSONText.text(of: value)
        let length = Int.random(in: 0..<text.unicodeScalars.count, using: &random)
        let cut = String(String.UnicodeScalarView(text.unicodeScalars.prefix(length)))
        #expect(throws: PayloadError.self) { try JSONTextReader.value(of: cut) }
    }
}

extension JSONValue {
    fileprivate static func random(depth: Int, using random: inout SeededGenerator) -> JSONValue {
        switch Int.random(in: depth > 0 ? 0..<8 : 2..<8, using: &random) {
        case 0:
            return .array((0..<4).map { _ in .random(depth: depth - 1, using: &random) })
        case 1:
            var members: [String: JSONValue] = [:]
            for _ in 0..<4 {
                members[text(using: &random)] = .random(depth: depth - 1, using: &random)
            }
            return .object(members)
        case 2: return .null
        case 3: return .bool(.random(using: &random))
        case 4: return .integer(Int(truncatingIfNeeded: random.next()))
        case 5:
            let number = Double(bitPattern: random.next())
            return .number(number.isNaN ? 0 : number)
        case 6: return .number(Double(Int.random(in: -9...9, using: &random)))
        default: return .string(text(using: &random))
        }
    }

    private static func text(using random: inout SeededGenerator) -> String {
        let scalars: [Unicode.Scalar] = [
            "a", "\"", "\\", "\n", "\0", "\u{1F}", "é", "键", "\u{301}", "\u{1F4A5}", "/", " ",
        ]
        var text = ""
        for _ in 0..<Int.random(in: 0..<8, using: &random) {
            text.unicodeScalars.append(scalars.randomElement(using: &random) ?? "a")
        }
        return text
    }
}
