/// The hyperparameters a tuning job may set, in a fixed order, each with its own name.
///
/// May be empty: then there is one combination, of no values.
public struct SearchSpace: Hashable, Sendable {
    /// The parameters; their order is the order of the coordinates of the unit cube.
    public let parameters: [Parameter]

    /// Checks that no name is declared twice.
    public init(_ parameters: [Parameter]) throws(SearchSpaceError) {
        var seen: Set<Parameter.Name> = []
        for parameter in parameters where !seen.insert(parameter.name).inserted {
            throw .repeatedName(parameter.name)
        }
        self.parameters = parameters
    }

    /// The space of no parameters.
    public static let empty = SearchSpace(unchecked: [])

    private init(unchecked parameters: [Parameter]) {
        self.parameters = parameters
    }

    /// Number of coordinates of this space in the unit cube: one a parameter.
    public var dimension: Int { parameters.count }

    /// How many different hyperparameters there are; `nil` when they cannot be counted.
    public var combinationCount: Int? {
        var product = 1
        for parameter in parameters {
            guard let count = parameter.domain.valueCount else { return nil }
            let (next, overflow) = product.multipliedReportingOverflow(by: count)
            if overflow { return nil }
            product = next
        }
        return product
    }
}

// MARK: - Values

extension SearchSpace {
    /// Checks values that come from outside and makes their texts canonical.
    ///
    /// - Throws: `SearchSpaceError` when a parameter has no value, a value is outside its domain,
    ///   or a name is not in this space.
    public func hyperparameters(
        _ values: [Parameter.Name: String]
    ) throws(SearchSpaceError) -> Hyperparameters {
        var checked: [Parameter.Name: String] = [:]
        for parameter in parameters {
            guard let text = values[parameter.name] else { throw .missingValue(parameter.name) }
            guard let canonical = parameter.domain.canonicalText(of: text) else {
                throw .valueOutsideDomain(
                    parameter.name, text: text, expected: parameter.domain.expectation)
            }
            checked[parameter.name] = canonical
        }
        if checked.count < values.count {
            let names = Set(parameters.map(\.name))
            for name in values.keys.sorted() where !names.contains(name) {
                throw .unknownParameter(name)
            }
        }
        return Hyperparameters(checked: checked)
    }

    /// Decodes a point of the unit cube; every point decodes.
    public func hyperparameters(at point: UnitPoint) -> Hyperparameters {
        precondition(
            point.coordinates.count == dimension,
            "\(point.coordinates.count) coordinates for \(dimension) parameters")
        var values: [Parameter.Name: String] = [:]
        values.reserveCapacity(dimension)
        for (parameter, coordinate) in zip(parameters, point.coordinates) {
            values[parameter.name] = parameter.domain.text(at: coordinate)
        }
        return Hyperparameters(checked: values)
    }

    /// The middle of every domain.
    public var centre: Hyperparameters {
        Hyperparameters(
            checked: Dictionary(
                uniqueKeysWithValues: parameters.map { ($0.name, $0.domain.middle) }))
    }

    /// Encodes hyperparameters of this space as a point of the unit cube.
    ///
    /// Decoding the point gives the same hyperparameters back, up to rounding of real numbers.
    public func point(for hyperparameters: Hyperparameters) -> UnitPoint {
        UnitPoint(
            parameters.map { parameter in
                guard let text = hyperparameters[parameter.name],
                    let coordinate = parameter.domain.coordinate(of: text)
                else {
                    preconditionFailure("\(hyperparameters) is not of this search space")
                }
                return coordinate
            })
    }
}

extension ParameterDomain {
    /// The values of this domain in words, to follow "must be".
    public var expectation: String {
        switch self {
        case .continuous(let range): "a number from \(range.lower) to \(range.upper)"
        case .integer(let range): "a whole number from \(range.lower) to \(range.upper)"
        case .categorical(let categories): "one of \(categories.values.joined(separator: ", "))"
        }
    }
}
