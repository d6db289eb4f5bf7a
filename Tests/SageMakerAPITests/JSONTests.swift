import SageMakerAPI
import Testing
import Tuning

@Suite("JSON of the wire")
struct JSONTests {
    @Test(
        "Reads every kind of value",
        arguments: [
            (
                #" {"a" : [1, -2.5e3, true, null, "x"]} "#,
                JSONValue.object(["a": [1, .number(-2500), true, .null, "x"]])
            ),
            (#""\u00e9\ud83d\ude00\n\"\\\/""#, "é😀\n\"\\/"),
            ("12345678901234567890", JSONValue.number(12_345_678_901_234_567_168)),
            ("-0", 0), ("[]", JSONValue.array([])), ("{}", JSONValue.object([:])), ("\"é\"", "é"),
            (#"{"a":1,"a":2}"#, ["a": 2]),
        ] as [(String, JSONValue)])
    func reading(text: String, value: JSONValue) throws {
        #expect(try JSONValue(parsing: Array(text.utf8)) == value)
    }

    @Test(
        "Refuses what is no JSON",
        arguments: [
            "", " ", "{", "[1,]", "[1 2]", "{\"a\"}", "{a:1}", "{\"a\":1,}", "nul", "truefalse",
            "01", "1.",
            ".5", "+1", "1e", "-", "NaN", "Infinity", "1e999", "\"a", "\"\\x\"", "\"\\u12\"",
            "\"\\ud800\"", "\"\\ud800\\u0041\"", "\"\\udc00\"", "\"\n\"", "'a'", "[1]]",
            "\u{FEFF}{}",
        ])
    func refusal(text: String) {
        #expect(throws: JSONError.self) { try JSONValue(parsing: Array(text.utf8)) }
    }

    @Test("Refuses bytes that are not UTF-8")
    func invalidUTF8() {
        #expect(throws: JSONError.self) {
            try JSONValue(parsing: [UInt8(ascii: "\""), 0xC3, 0x28, UInt8(ascii: "\"")])
        }
    }

    @Test("Reads 1,000 levels and no more")
    func depth() throws {
        func nested(_ depth: Int) -> [UInt8] {
            Array(String(repeating: "[", count: depth).utf8)
                + Array(String(repeating: "]", count: depth).utf8)
        }
        _ = try JSONValue(parsing: nested(1_000))
        #expect(throws: JSONError.self) { try JSONValue(parsing: nested(1_001)) }
        #expect(throws: JSONError.self) {
            try JSONValue(parsing: Array(repeating: UInt8(ascii: "["), count: 1_000_000))
        }
    }

    @Test(
        "Writes what it reads back the same",
        arguments: [
            JSONValue.object([
                "a": [1, .number(0.1), true, .null, "tab\t quote\" back\\ \u{1} é 😀"]
            ]),
            .number(1e-300), .integer(.min), .string(""), [[], [:]],
        ] as [JSONValue])
    func roundTrip(value: JSONValue) throws {
        #expect(try JSONValue(parsing: value.encoded) == value)
    }

    @Test(
        "Writes numbers that JSON has not as the service does",
        arguments: [
            (Double.nan, "\"NaN\""), (.infinity, "\"Infinity\""), (-.infinity, "\"-Infinity\""),
        ])
    func specialNumbers(number: Double, text: String) {
        #expect(String(decoding: JSONValue.number(number).encoded, as: UTF8.self) == text)
    }
}
