import Foundation
import Tuning

// Members of stored payloads. Times are seconds since 2001 as `Date` counts them, durations pairs
// of seconds and attoseconds: so both come back exactly as they were.

extension JSONValue {
    /// The member with a name, which must be there.
    func required(_ name: String) throws -> JSONValue {
        guard let value = self[name] else { throw PayloadError("member '\(name)' is missing") }
        return value
    }

    /// The text of a member.
    func text(_ name: String) throws -> String {
        guard let text = try required(name).string else {
            throw PayloadError("member '\(name)' is no text")
        }
        return text
    }

    /// The whole number in a member, which is not negative.
    func count(_ name: String) throws -> Int {
        guard let count = try required(name).integer, count >= 0 else {
            throw PayloadError("member '\(name)' is no count")
        }
        return count
    }

    /// The number in a member.
    func number(_ name: String) throws -> Double {
        try required(name).realNumber()
    }

    /// The time in a member.
    func time(_ name: String) throws -> Date {
        Date(timeIntervalSinceReferenceDate: try number(name))
    }

    /// The time in a member, if it is there.
    func optionalTime(_ name: String) throws -> Date? {
        self[name] == nil ? nil : try time(name)
    }

    /// The duration in a member.
    func duration(_ name: String) throws -> Duration {
        guard let parts = try required(name).array, parts.count == 2,
            let seconds = parts[0].integer, let attoseconds = parts[1].integer
        else { throw PayloadError("member '\(name)' is no duration") }
        return Duration(
            secondsComponent: Int64(seconds), attosecondsComponent: Int64(attoseconds))
    }

    /// The case of an enumeration whose text a member holds.
    func choice<Choice: RawRepresentable<String>>(_ name: String) throws -> Choice {
        let text = try text(name)
        guard let choice = Choice(rawValue: text) else {
            throw PayloadError("member '\(name)' has the unknown value '\(text)'")
        }
        return choice
    }

    /// This value as a real number, also one that JSON can write only as a text.
    func realNumber() throws -> Double {
        if let number { return number }
        switch string {
        case "NaN": return .nan
        case "Infinity": return .infinity
        case "-Infinity": return -.infinity
        default: throw PayloadError("'\(self)' is no number")
        }
    }

    /// The members of an object that maps names to texts.
    func texts() throws -> [String: String] {
        guard let object else { throw PayloadError("'\(self)' is no object") }
        return try object.mapValues { value in
            guard let text = value.string else { throw PayloadError("'\(value)' is no text") }
            return text
        }
    }

    /// A time.
    static func time(_ time: Date) -> JSONValue {
        .number(time.timeIntervalSinceReferenceDate)
    }

    /// A duration.
    static func duration(_ duration: Duration) -> JSONValue {
        let (seconds, attoseconds) = duration.components
        return .array([.integer(Int(seconds)), .integer(Int(attoseconds))])
    }
}
