import Tuning

/// A parameter that an experiment searches, and the type its objective gets the values in.
///
///     .real("learning-rate", in: 1e-5...1, scale: .logarithmic)     Double
///     .integer("layers", in: 1...4)                                  Int
///     .choice("optimizer", of: ["sgd", "adam"])                      String
///     .choice("activation", of: Activation.self)                     a `CaseIterable` enumeration
///     .flag("nesterov")                                              Bool
public struct Tunable<Value: Sendable>: Sendable {
    /// The name and the values it may take.
    public let parameter: Parameter
    /// Reads a value from its canonical text.
    let read: @Sendable (String) -> Value?
    /// Writes a value as a text.
    let write: @Sendable (Value) -> String

    private init(
        _ name: Parameter.Name, _ domain: ParameterDomain,
        read: @escaping @Sendable (String) -> Value?,
        write: @escaping @Sendable (Value) -> String = { "\($0)" }
    ) {
        parameter = Parameter(name, domain)
        self.read = read
        self.write = write
    }
}

extension Tunable where Value == Double {
    /// Real numbers of a range, both ends included.
    ///
    /// - Parameters:
    ///   - name: The name.
    ///   - range: The least and the greatest value.
    ///   - scale: On which scale values are equally likely; `auto` is logarithmic where the range
    ///     is above zero and spans two powers of ten.
    /// - Throws: `SearchSpaceError` when an end is not finite or the scale does not suit the range.
    public static func real(
        _ name: Parameter.Name, in range: ClosedRange<Double>, scale: ScalingType = .auto
    ) throws(SearchSpaceError) -> Tunable {
        let domain = try ContinuousRange(
            lower: range.lowerBound, upper: range.upperBound, scaling: scale, name: name)
        return Tunable(name, .continuous(domain)) { Double($0) }
    }
}

extension Tunable where Value == Int {
    /// Whole numbers of a range, both ends included.
    ///
    /// - Parameters:
    ///   - name: The name.
    ///   - range: The least and the greatest value.
    ///   - scale: On which scale values are equally likely; `auto` is logarithmic where the range
    ///     is above zero and spans two powers of ten.
    /// - Throws: `SearchSpaceError` when the scale does not suit the range.
    public static func integer(
        _ name: Parameter.Name, in range: ClosedRange<Int>, scale: ScalingType = .auto
    ) throws(SearchSpaceError) -> Tunable {
        let domain = try IntegerRange(
            lower: range.lowerBound, upper: range.upperBound, scaling: scale, name: name)
        return Tunable(name, .integer(domain)) { Int($0) }
    }
}

extension Tunable where Value == String {
    /// One of several texts, in no order.
    ///
    /// - Throws: `SearchSpaceError` without any, or when one comes twice.
    public static func choice(
        _ name: Parameter.Name, of values: [String]
    ) throws(SearchSpaceError) -> Tunable {
        Tunable(name, .categorical(try Categories(values, name: name))) { $0 }
    }
}

extension Tunable where Value == Bool {
    /// Yes or no.
    public static func flag(_ name: Parameter.Name) throws(SearchSpaceError) -> Tunable {
        Tunable(name, .categorical(try Categories(["false", "true"], name: name))) { $0 == "true" }
    }
}

extension Tunable where Value: CaseIterable {
    /// One of the cases of an enumeration, in no order; kept by their names.
    ///
    /// - Throws: `SearchSpaceError` without any, or when two have the same description.
    public static func choice(
        _ name: Parameter.Name, of type: Value.Type
    ) throws(SearchSpaceError) -> Tunable {
        try choice(name) { "\($0)" }
    }

    private static func choice(
        _ name: Parameter.Name, write: @escaping @Sendable (Value) -> String
    ) throws(SearchSpaceError) -> Tunable {
        let texts = try Categories(Value.allCases.map(write), name: name)
        return Tunable(
            name, .categorical(texts),
            read: { text in Value.allCases.first { write($0) == text } }, write: write)
    }
}

extension Tunable where Value: CaseIterable & RawRepresentable, Value.RawValue == String {
    /// One of the cases of an enumeration, in no order; kept as their raw values, which programs
    /// in other languages get too.
    ///
    /// - Throws: `SearchSpaceError` without any.
    public static func choice(
        _ name: Parameter.Name, of type: Value.Type
    ) throws(SearchSpaceError) -> Tunable {
        try choice(name) { $0.rawValue }
    }
}
