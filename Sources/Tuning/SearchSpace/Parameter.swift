/// One hyperparameter that may be set, and the values it may take.
public struct Parameter: Hashable, Sendable {
    /// A hyperparameter's name, as the training program knows it.
    public typealias Name = String

    /// The name.
    public let name: Name
    /// The values it may take.
    public let domain: ParameterDomain

    /// Names a domain.
    public init(_ name: Name, _ domain: ParameterDomain) {
        self.name = name
        self.domain = domain
    }
}

/// The values one hyperparameter may take; the ranges check themselves on creation.
public enum ParameterDomain: Hashable, Sendable {
    /// Real numbers of a range.
    case continuous(ContinuousRange)
    /// Whole numbers of a range.
    case integer(IntegerRange)
    /// One of several texts.
    case categorical(Categories)
}

// MARK: - Values as text

extension ParameterDomain {
    /// The value at a coordinate of the unit interval, as the text of the wire.
    ///
    /// Integers have no decimals; real numbers have the fewest digits that read back the same.
    public func text(at coordinate: Double) -> String {
        switch self {
        case .continuous(let range): "\(range.value(at: coordinate))"
        case .integer(let range): "\(range.value(at: coordinate))"
        case .categorical(let categories): categories.values[categories.index(at: coordinate)]
        }
    }

    /// The value in the middle of the domain, as text; of categories, the one in the middle of the
    /// list, the later of two.
    public var middle: String {
        switch self {
        case .integer(let range): "\(range.middle)"
        case .continuous, .categorical: text(at: 0.5)
        }
    }

    /// The coordinate of a value given as text; `nil` when the text is no value of this kind.
    ///
    /// A number outside its range goes to the nearer end; an unknown category has no coordinate.
    public func coordinate(of text: String) -> Double? {
        switch self {
        case .continuous(let range):
            Double(wire: text).map { range.coordinate(of: $0) }
        case .integer(let range):
            Int(text).map { range.coordinate(of: $0) }
        case .categorical(let categories):
            categories.values.firstIndex(of: text).map { categories.coordinate(ofIndex: $0) }
        }
    }

    /// The canonical text of a value of this domain; `nil` when the text is not one of its values.
    public func canonicalText(of text: String) -> String? {
        switch self {
        case .continuous(let range):
            Double(wire: text).flatMap {
                range.lower <= $0 && $0 <= range.upper ? "\($0 + 0)" : nil
            }
        case .integer(let range):
            Int(text).flatMap { range.lower <= $0 && $0 <= range.upper ? "\($0)" : nil }
        case .categorical(let categories):
            categories.values.contains(text) ? text : nil
        }
    }

    /// How many values there are; `nil` when they cannot be counted.
    public var valueCount: Int? {
        switch self {
        case .continuous(let range): range.lower == range.upper ? 1 : nil
        case .integer(let range): range.count
        case .categorical(let categories): categories.values.count
        }
    }
}

extension Double {
    /// Reads a decimal number as the wire writes it: `0.1`, `+3`, `1e-4`; finite, no hexadecimal.
    public init?(wire text: String) {
        let isDecimal = text.utf8.allSatisfy { byte in
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || "+-.eE".utf8.contains(byte)
        }
        guard isDecimal, let value = Double(text), value.isFinite else { return nil }
        self = value
    }
}
