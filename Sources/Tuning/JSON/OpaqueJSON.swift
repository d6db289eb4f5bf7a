/// JSON that is kept and passed on, coded as its own text: a `Codable` format that has one kind of
/// number, or a limit of depth, does not change it.
struct OpaqueJSON: Hashable, Sendable {
    /// What is kept.
    let value: JSONValue

    /// Keeps JSON.
    init(_ value: JSONValue) {
        self.value = value
    }
}

// MARK: - Codable

extension OpaqueJSON: Codable {
    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        do {
            value = try JSONValue(parsing: container.decode(String.self))
        } catch let error as JSONError {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: error.description)
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(value.encodedText)
    }
}
