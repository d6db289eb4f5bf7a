/// The values of a categorical parameter: at least one, all different, without order.
public struct Categories: Hashable, Sendable {
    /// The values, in the order they were given.
    public let values: [String]

    /// Checks the values.
    ///
    /// - Parameters:
    ///   - values: What can be chosen; the order is that of the indices.
    ///   - name: The parameter whose values these are, for the error.
    /// - Throws: `SearchSpaceError` when there is no value, or one twice.
    public init(_ values: [String], name: Parameter.Name) throws(SearchSpaceError) {
        guard !values.isEmpty else { throw .noCategories(name) }
        var seen: Set<String> = []
        for value in values where !seen.insert(value).inserted {
            throw .repeatedCategory(name, value: value)
        }
        self.values = values
    }

    /// The index whose share of the unit interval holds a coordinate; all shares are equal.
    public func index(at coordinate: Double) -> Int {
        let position = min(max(coordinate, 0), 1)
        return min(Int(position * Double(values.count)), values.count - 1)
    }

    /// The middle of the share of a value.
    public func coordinate(ofIndex index: Int) -> Double {
        (Double(index) + 0.5) / Double(values.count)
    }
}
