import Tuning

/// Walks a request and the service's model together and collects every violation, in the
/// service's words and in the order of the model's members.
///
/// Values of another JSON type than the model's are told first, and alone, as the service does:
/// it cannot read such a request at all.
struct ShapeValidator {
    private let model = ServiceModel.shared
    private var problems = Problems()
    private var misfits = Problems()
    private var path: [Step] = []

    private enum Step {
        case member(String)
        case element(Int)
    }

    /// Checks the body of a request.
    ///
    /// - Throws: A `SerializationException` that lists every value of a wrong type, or a
    ///   `ValidationException` that lists every violation.
    static func check(
        _ body: JSONValue, isRequestOf operation: Operation
    ) throws(APIError) {
        try check(body, isRequestOf: operation.rawValue)
    }

    /// Checks the body of a request of an operation that the model has.
    static func check(_ body: JSONValue, isRequestOf operation: String) throws(APIError) {
        var validator = ShapeValidator()
        validator.walk(body, validator.model.request(of: operation))
        try validator.misfits.throwIfAnyMisfit()
        try validator.problems.throwIfAny(counted: true)
    }

    private mutating func walk(_ value: JSONValue, _ shape: Shape) {
        switch shape.kind {
        case .structure(let members):
            guard let object = value.object else { return misfit(value, "a Structure") }
            walk(object, members)
        case .list(let element):
            guard let elements = value.array else { return misfit(value, "a List") }
            check(elements.count, "length", shape, of: value)
            let elementShape = model[element]
            for (index, item) in elements.enumerated() {
                walk(item, elementShape, at: .element(index))
            }
        case .map(let key, let element):
            guard let object = value.object else { return misfit(value, "a Map") }
            walk(object, shape, key: model[key], value: model[element])
        case .text, .word:
            guard let text = value.string else { return misfit(value, "a String") }
            for demand in shape.demands(unmetBy: text) { refuse(value, demand) }
        case .integer:
            guard let integer = value.integer else { return misfit(value, "an Integer") }
            check(integer, "value", shape, of: value)
        case .number:
            guard value.number != nil else { return misfit(value, "a Double") }
        case .boolean:
            guard value.bool != nil else { return misfit(value, "a Boolean") }
        case .timestamp:
            guard value.date != nil else { return misfit(value, "a Timestamp") }
        }
    }

    private mutating func walk(_ value: JSONValue, _ shape: Shape, at step: Step) {
        path.append(step)
        if value.isNull { refuse(value, "not be null") } else { walk(value, shape) }
        path.removeLast()
    }

    private mutating func walk(_ object: [String: JSONValue], _ members: [Shape.Member]) {
        for member in members {
            let value = object[member.name] ?? .null
            if value.isNull, !member.isRequired { continue }
            walk(value, model[member.shape], at: .member(member.name))
        }
    }
}

// MARK: - Maps

extension ShapeValidator {
    /// Walks a map of texts; the service tells what is wrong with its keys, and with its values,
    /// once for all of them. An entry whose value is null is absent.
    private mutating func walk(
        _ object: [String: JSONValue], _ shape: Shape, key: Shape, value: Shape
    ) {
        var wrongKeys: [String] = []
        var wrongValues: [String] = []
        var others: [String] = []
        var count = 0
        for (name, item) in object where !item.isNull {
            count += 1
            if !key.demands(unmetBy: name).isEmpty { wrongKeys.append(name) }
            guard let text = item.string else {
                others.append(name)
                continue
            }
            if !value.demands(unmetBy: text).isEmpty { wrongValues.append(name) }
        }
        check(count, "length", shape, of: .object(object))
        refuse(wrongKeys, of: object, "keys", key)
        refuse(wrongValues, of: object, "value", value)
        for name in others.sorted() { walk(object[name] ?? .null, value, at: .member(name)) }
    }

    private mutating func refuse(
        _ names: [String], of object: [String: JSONValue], _ part: String, _ shape: Shape
    ) {
        guard !names.isEmpty else { return }
        let entries = names.sorted().prefix(Self.shownEntriesMax).map { name in
            "\(name.excerpt)=\((object[name] ?? .null).excerpt)"
        }
        let demands = shape.demands.map { "Member must \($0)" }.joined(separator: ", ")
        let rest = names.count > entries.count ? ", ..." : ""
        add(
            "'{\(entries.joined(separator: ", "))\(rest)}'",
            "Map \(part) must satisfy constraint: [\(demands)]")
    }

    /// More wrong entries of a map are not shown.
    private static let shownEntriesMax = 10
}

// MARK: - Violations

extension ShapeValidator {
    private mutating func check(
        _ number: Int, _ quantity: String, _ shape: Shape, of value: @autoclosure () -> JSONValue
    ) {
        if let demand = shape.demand(unmetBy: number, quantity) { refuse(value(), demand) }
    }

    private mutating func refuse(_ value: JSONValue, _ demand: String) {
        // A body may have millions of violations; only those that are told are put into words.
        guard !problems.isFull else { return problems.addUntold() }
        add(value == .null ? "null" : "'\(value.excerpt)'", "Member must \(demand)")
    }

    private mutating func misfit(_ value: JSONValue, _ type: String) {
        guard !misfits.isFull else { return misfits.addUntold() }
        misfits.add("\(value.token) can not be converted to \(type) at '\(place)'")
    }

    private mutating func add(_ shown: String, _ constraint: String) {
        problems.add(
            "Value \(shown) at '\(place)' failed to satisfy constraint: \(constraint)")
    }

    /// Where the walk is: members begin with a small letter, elements of lists count from one.
    private var place: String {
        path.map { step in
            switch step {
            case .member(let name): name.prefix(1).lowercased() + name.dropFirst()
            case .element(let index): "\(index + 1).member"
            }
        }.joined(separator: ".")
    }
}

extension String {
    /// A longer text is cut in messages.
    private static let excerptLengthMax = 256

    fileprivate var excerpt: String {
        count > Self.excerptLengthMax ? prefix(Self.excerptLengthMax) + "..." : self
    }
}

extension JSONValue {
    /// The kind of value, as messages about types show it.
    fileprivate var token: String {
        switch self {
        case .null: "NULL_VALUE"
        case .bool(let value): value ? "TRUE_VALUE" : "FALSE_VALUE"
        case .integer: "NUMBER_VALUE"
        case .number: "DECIMAL_VALUE"
        case .string: "STRING_VALUE"
        case .array: "LIST_VALUE"
        case .object: "STRUCTURE_VALUE"
        }
    }

    /// The value as messages show it.
    fileprivate var excerpt: String {
        switch self {
        case .string(let value): value.excerpt
        case .array(let elements): "a list of \(elements.count)"
        case .object(let members): "an object of \(members.count)"
        default: encodedText
        }
    }
}
