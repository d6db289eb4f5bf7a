// A search space is stored as its declaration, so that a stored one is checked again when read.

extension SearchSpace: Codable {
    /// Reads a declaration and checks it.
    public init(from decoder: any Decoder) throws {
        let declarations = try decoder.singleValueContainer().decode([ParameterDeclaration].self)
        try self.init(declarations.map { try $0.parameter() })
    }

    /// Writes the declaration of every parameter, in order.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(parameters.map(ParameterDeclaration.init))
    }
}

/// A parameter as it is stored: unchecked.
private struct ParameterDeclaration: Codable {
    enum Kind: String, Codable {
        case continuous
        case integer
        case categorical
    }

    let name: Parameter.Name
    let type: Kind
    var min: String?
    var max: String?
    var scaling: ScalingType?
    var values: [String]?

    init(_ parameter: Parameter) {
        name = parameter.name
        switch parameter.domain {
        case .continuous(let range):
            type = .continuous
            (min, max, scaling) = ("\(range.lower)", "\(range.upper)", range.scaling)
        case .integer(let range):
            type = .integer
            (min, max, scaling) = ("\(range.lower)", "\(range.upper)", range.scaling)
        case .categorical(let categories):
            type = .categorical
            values = categories.values
        }
    }

    func parameter() throws(SearchSpaceError) -> Parameter {
        switch type {
        case .continuous:
            try .continuous(name, min: min ?? "", max: max ?? "", scaling: scaling ?? .auto)
        case .integer:
            try .integer(name, min: min ?? "", max: max ?? "", scaling: scaling ?? .auto)
        case .categorical:
            try .categorical(name, values: values ?? [])
        }
    }
}

// MARK: - Parameters from the texts of the wire

extension Parameter {
    /// A continuous parameter whose bounds are texts.
    public static func continuous(
        _ name: Name, min: String, max: String, scaling: ScalingType = .auto
    ) throws(SearchSpaceError) -> Parameter {
        let expected = "a finite decimal number such as 0.1 or 1e-4"
        guard let lower = Double(wire: min) else {
            throw .boundNotNumeric(name, text: min, expected: expected)
        }
        guard let upper = Double(wire: max) else {
            throw .boundNotNumeric(name, text: max, expected: expected)
        }
        let range = try ContinuousRange(lower: lower, upper: upper, scaling: scaling, name: name)
        return Parameter(name, .continuous(range))
    }

    /// An integer parameter whose bounds are texts.
    public static func integer(
        _ name: Name, min: String, max: String, scaling: ScalingType = .auto
    ) throws(SearchSpaceError) -> Parameter {
        let expected = "a whole number such as 3 or -12"
        guard let lower = Int(min) else {
            throw .boundNotNumeric(name, text: min, expected: expected)
        }
        guard let upper = Int(max) else {
            throw .boundNotNumeric(name, text: max, expected: expected)
        }
        let range = try IntegerRange(lower: lower, upper: upper, scaling: scaling, name: name)
        return Parameter(name, .integer(range))
    }

    /// A categorical parameter.
    public static func categorical(
        _ name: Name, values: [String]
    ) throws(SearchSpaceError) -> Parameter {
        Parameter(name, .categorical(try Categories(values, name: name)))
    }
}
