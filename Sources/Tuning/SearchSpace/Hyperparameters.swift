/// One value for every parameter of a search space, as the canonical texts of the wire.
///
/// Made by a `SearchSpace` alone, so every value has been checked; equal values have equal texts.
public struct Hyperparameters: Hashable, Sendable {
    /// The text of each parameter's value.
    public let values: [Parameter.Name: String]

    package init(checked values: [Parameter.Name: String]) {
        self.values = values
    }

    /// The text of one parameter's value.
    public subscript(name: Parameter.Name) -> String? { values[name] }
}

// MARK: - Codable

extension Hyperparameters: Codable {
    /// Reads what `encode(to:)` wrote; the values are trusted to have been checked before.
    public init(from decoder: any Decoder) throws {
        values = try decoder.singleValueContainer().decode([Parameter.Name: String].self)
    }

    /// Writes an object of names and texts.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(values)
    }
}
