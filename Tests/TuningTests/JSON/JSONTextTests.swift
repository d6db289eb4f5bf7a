import Testing
import Tuning

@Suite("Texts of JSON")
struct JSONTextTests {
    @Test(
        "Reads every kind of value",
        arguments: [
            (
                #" {"a" : [1, -2.5e3, true, null, "x"]} "#,
                JSONValue.object(["a": [1, .number(-2500), true, .null, "x"]])
            ),
            (
                #" { "a\u00e9\ud83d\udca5\/\t" : [ true , null,-1.5e3 ] , "" : {} } "#,
                ["aé\u{1F4A5}/\t": [true, .null, -1500.0], "": [:]]
            ),
            (#""\u00e9\ud83d\ude00\n\"\\\/\b\f""#, "é😀\n\"\\/\u{8}\u{C}"),
            ("-0", 0), ("-0.0", .number(-0.0)), ("0", 0), ("1E+2", .number(100)),
            ("[]", JSONValue.array([])), ("{}", JSONValue.object([:])), ("\"é\"", "é"),
            (#"{"a":1,"a":2}"#, ["a": 2]), (#""NaN""#, "NaN"),
        ] as [(String, JSONValue)])
    func reading(text: String, value: JSONValue) throws {
        #expect(try JSONValue(parsing: text) == value)
        #expect(try JSONValue(parsing: Array(text.utf8)) == value)
    }

    @Test("Whole real numbers stay real, and large whole numbers exact")
    func numbers() throws {
        #expect(JSONValue.number(1).encodedText == "1.0")
        #expect(try JSONValue(parsing: "1.0") == .number(1))
        #expect(try JSONValue(parsing: "1") == .integer(1))
        #expect(try JSONValue(parsing: "1e0") == .number(1))
        #expect(try JSONValue(parsing: "9223372036854775807") == .integer(.max))
        #expect(try JSONValue(parsing: "-9223372036854775808") == .integer(.min))
        #expect(try JSONValue(parsing: "9223372036854775808") == .number(0x1p63))
        #expect(
            try JSONValue(parsing: "12345678901234567890") == .number(12_345_678_901_234_567_168))
    }

    @Test(
        "Refuses what is no JSON",
        arguments: [
            "", " ", "{", "[1,]", "[1 2]", "{\"a\"}", "{\"a\":}", "{a:1}", "{\"a\":1,}", "nul",
            "tru", "truefalse", "01", "-01", "1.", ".5", "+1", "1e", "1e+", "-", "--1", "1 2", "]",
            "NaN", "Infinity", "-Infinity", "Inf", "-I", "1e999", "\"", "\"a", "\"\\", "\"\\x\"",
            "\"\\u12\"", "\"\\u12g4\"", "\"\\u+123\"", "\"\\ud800\"", "\"\\ud800\\u0041\"",
            "\"\\ud800\\ud800\"", "\"\\ud800 \\udc00\"", "\"\\udc00\"", "\"\n\"", "'a'", "[1]]",
            "\u{FEFF}{}", "1\u{A0}", "\u{B}1",
        ])
    func refusal(text: String) {
        #expect(throws: JSONError.self) { try JSONValue(parsing: text) }
        #expect(throws: JSONError.self) { try JSONValue(parsing: Array(text.utf8)) }
    }

    @Test(
        "Says what is wrong, and where",
        arguments: [
            ("", "Unexpected the end at byte 0"),
            ("[1 2]", "Expected ',' or ']', found '2' at byte 3"),
            (#"{"a" 1}"#, "Expected ':', found '1' at byte 5"),
            ("[1.]", "Expected a digit, found ']' at byte 3"),
            ("1 é", "Unexpected byte 195 at byte 2"),
            (#""\u12"#, "Expected four hexadecimal digits, found the end at byte 5"),
        ])
    func message(text: String, description: String) {
        let error = #expect(throws: JSONError.self) { try JSONValue(parsing: text) }
        #expect(error?.description == description)
    }

    @Test("Refuses bytes that are not UTF-8")
    func invalidUTF8() {
        #expect(throws: JSONError.self) {
            try JSONValue(parsing: [UInt8(ascii: "\""), 0xC3, 0x28, UInt8(ascii: "\"")])
        }
    }

    @Test("Reads 1,000 levels and no more")
    func depth() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        _ = try JSONValue(parsing: nested(1_000))
        #expect(throws: JSONError.self) { try JSONValue(parsing: nested(1_001)) }
        #expect(throws: JSONError.self) {
            try JSONValue(parsing: String(repeating: "[{\"a\":", count: 500_000))
        }
    }

    @Test(
        "Writes one compact text",
        arguments: [
            (
                ["b": [1, .number(0.1), true], "a": .null, "B": [:]],
                #"{"B":{},"a":null,"b":[1,0.1,true]}"#
            ),
            (
                "tab\t quote\" back\\ \u{1} \u{1F} / é 😀\n",
                #""tab\t quote\" back\\ \u0001 \u001f / é 😀\n""#
            ),
            (.number(.nan), #""NaN""#), (.number(.infinity), #""Infinity""#),
            (.number(-.infinity), #""-Infinity""#),
        ] as [(JSONValue, String)])
    func writing(value: JSONValue, text: String) {
        #expect(value.encodedText == text)
        #expect(value.encoded == Array(text.utf8))
    }

    @Test("Every value comes back the same, with its kind of number", arguments: 0..<200)
    func roundTrip(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let value = JSONValue.random(depth: 4, using: &random)
        #expect(try JSONValue(parsing: value.encodedText) == value)
    }

    @Test("A text that is cut anywhere is refused", arguments: 0..<100)
    func cut(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let bytes = JSONValue.array([.random(depth: 3, using: &random)]).encoded
        let length = Int.random(in: 0..<bytes.count, using: &random)
        #expect(throws: JSONError.self) { try JSONValue(parsing: Array(bytes.prefix(length))) }
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
            return .number(number.isFinite ? number : 0)
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
