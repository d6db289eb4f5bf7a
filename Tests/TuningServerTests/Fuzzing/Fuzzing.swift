import Foundation
import Tuning

/// How much is tried, and from where.
enum Fuzzing {
    /// The seed of every generated request: that of `TUNER_FUZZ_SEED`, or always the same.
    static let seed = UInt64(environment("TUNER_FUZZ_SEED")) ?? 20_261_121

    /// How many times the usual number of requests are tried: `TUNER_FUZZ`, or once.
    static let factor = max(1, Int(environment("TUNER_FUZZ")) ?? 1)

    private static func environment(_ name: String) -> String {
        ProcessInfo.processInfo.environment[name] ?? ""
    }
}

extension SeededGenerator {
    /// True with a probability.
    mutating func chance(_ probability: Double) -> Bool { nextUnit() < probability }

    /// One of several.
    mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[Int.random(in: 0..<elements.count, using: &self)]
    }
}

/// Damages a request somewhere: first as a value, then as text.
struct RequestDamage {
    /// Values of every kind where they do not belong.
    private static let strangers: [JSONValue] = [
        .null, true, false, 0, -1, .integer(.max), .integer(.min), .number(1e300),
        .number(-0.5), "", " ", "\u{0}", "NaN", "Infinity", "-Infinity", "1e999", "0x10", "😀",
        "e\u{301}", "../../etc/passwd", .string(String(repeating: "x", count: 70_000)), [], [[:]],
        [:], ["a": .null], ["": ["": [.null]]], ["", .null, 1],
    ]

    /// Pieces of text that no writer of JSON makes.
    private static let splinters: [[UInt8]] = [
        Array(#""\ud800""#.utf8), Array(#""\udc00\ud800""#.utf8), Array("NaN".utf8),
        Array("-Infinity".utf8), Array("1e400".utf8), Array("00".utf8), Array("'a'".utf8),
        Array(String(repeating: "9", count: 400).utf8), [0], [0xFF], [0xC0, 0x80],
        [0xED, 0xA0, 0x80], [0xEF, 0xBB, 0xBF], Array("\u{2028}".utf8), Array("/**/".utf8),
        Array("}".utf8), Array("]".utf8), Array(",".utf8), Array("\"".utf8), Array("\\".utf8),
    ]

    var random: SeededGenerator

    /// The bytes of a damaged request.
    mutating func damaged(_ request: JSONValue) -> [UInt8] {
        var value = request
        if random.chance(0.8) { value = damagedValue(value, probability: random.nextUnit() * 0.1) }
        if random.chance(0.01) { value = grown(value) }
        var bytes = value.encoded
        if random.chance(0.25) { damage(&bytes) }
        return bytes
    }

    private mutating func damagedValue(_ value: JSONValue, probability: Double) -> JSONValue {
        if random.chance(probability) { return random.pick(Self.strangers) }
        switch value {
        case .array(let elements):
            var result: [JSONValue] = []
            for element in elements where !random.chance(probability / 2) {
                result.append(damagedValue(element, probability: probability))
                if random.chance(probability / 2) { result.append(element) }
            }
            return .array(result)
        case .object(let members):
            var result: [String: JSONValue] = [:]
            for (name, member) in members.sorted(by: { $0.key < $1.key })
            where !random.chance(probability / 2) {
                let isRenamed = random.chance(probability / 4)
                result[isRenamed ? name.lowercased() : name] = damagedValue(
                    member, probability: probability)
            }
            return .object(result)
        case .string(let text) where random.chance(probability):
            return .string(text + (random.pick(Self.strangers).string ?? "\u{1F}"))
        case .string(let text):
            // Numbers travel as texts: swap the kinds.
            guard random.chance(probability), let number = Double(text) else { return value }
            return .number(number)
        default: return value
        }
    }

    /// The request with far too much of something.
    private mutating func grown(_ request: JSONValue) -> JSONValue {
        let names = (0..<10_000).map { "name-\($0)" }
        let member = (request.object ?? [:]).keys.sorted().randomElement(using: &random) ?? "a"
        let growth: JSONValue =
            switch Int.random(in: 0..<4, using: &random) {
            case 0:
                .object(Dictionary(uniqueKeysWithValues: names.map { ($0, .string($0)) }))
            case 1: .array(names.map { ["Name": .string($0), "Key": .string($0)] })
            case 2: (0..<900).reduce(.null) { inner, _ in .array([inner]) }
            default: (0..<900).reduce(.null) { inner, _ in .object([member: inner]) }
            }
        return request.merging([member: growth])
    }

    private mutating func damage(_ bytes: inout [UInt8]) {
        let place = Int.random(in: 0...bytes.count, using: &random)
        switch Int.random(in: 0..<6, using: &random) {
        case 0: bytes.removeSubrange(place...)
        case 1: bytes.insert(contentsOf: random.pick(Self.splinters), at: place)
        case 2 where place < bytes.count: bytes[place] = UInt8.random(in: 0...255, using: &random)
        case 3:
            bytes = Array(String(decoding: bytes, as: UTF8.self).utf16).flatMap {
                [UInt8($0 >> 8), UInt8($0 & 255)]
            }
        case 4: bytes.insert(contentsOf: Array(repeating: UInt8(ascii: "["), count: 3_000), at: 0)
        default: bytes += bytes
        }
    }
}
