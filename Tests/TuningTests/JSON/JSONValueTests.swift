import Foundation
import Testing
import Tuning

@Suite("JSON value")
struct JSONValueTests {
    @Test("Every kind of value reads back as it was written")
    func roundTrip() throws {
        let value: JSONValue = [
            "null": .null, "bool": true, "integer": 42, "least": .integer(.min), "number": 0.1,
            "large": 1e300, "text": "a\"\u{1F600}\n", "array": [1, "two", [], false],
            "object": ["nested": ["deep": 1.5]], "empty": [:],
        ]
        let data = try JSONEncoder().encode(value)
        #expect(try JSONDecoder().decode(JSONValue.self, from: data) == value)
    }

    @Test("Truth values, numbers and texts are kept apart")
    func kinds() throws {
        let data = Data(#"[true, 1, 1.5, "1", "true", null, 18446744073709551615]"#.utf8)
        let value = try JSONDecoder().decode(JSONValue.self, from: data)
        #expect(
            value == [true, 1, 1.5, "1", "true", .null, .number(0x1p64)])
    }

    @Test("A missing member and a null one are the same")
    func members() {
        let value: JSONValue = ["a": .null, "b": 2]
        #expect(value["a"] == nil && value["c"] == nil && value["b"] == 2)
        #expect(JSONValue.array([])["b"] == nil)
        #expect(value["b"]?.integer == 2)
        #expect(JSONValue.number(3).integer == 3 && JSONValue.number(3.5).integer == nil)
        #expect(JSONValue.number(1e300).integer == nil)
        #expect(value["b"]?.number == 2 && JSONValue.number(3.5).number == 3.5)
        #expect(JSONValue.string("NaN").number == nil && JSONValue.bool(true).number == nil)
        #expect(JSONValue.bool(false).bool == false && JSONValue.integer(1).bool == nil)
        #expect(value["b"]?.string == nil && value.object?.count == 2 && value.array == nil)
    }

    @Test("A hundred thousand nested arrays are refused or read, but do not crash")
    func deep() {
        let data = Data((String(repeating: "[", count: 100_000)).utf8)
        #expect(throws: (any Error).self) {
            try JSONDecoder().decode(JSONValue.self, from: data)
        }
    }
}
