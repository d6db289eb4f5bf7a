import Tuning

/// What the requests of all operations may be: the service's own model, and our extensions of it.
struct ServiceModel: Sendable {
    /// The model that all requests are held against.
    static let shared = ServiceModel(json: ServiceModelText.json)

    /// The version of botocore that the model was taken from.
    let version: String
    private let shapes: [Shape]
    private let requests: [String: Shape.ID]

    /// Reads a model written by `make_service_model.py`.
    init(json: String) {
        guard let model = try? JSONValue(parsing: Array(json.utf8)),
            let named = model["shapes"]?.object
        else { preconditionFailure("the service model is not JSON") }
        let names = named.keys.sorted()
        let ids = Dictionary(
            uniqueKeysWithValues: names.enumerated().map { ($1, Shape.ID(index: $0)) })
        version = model["botocore"]?.string ?? ""
        shapes = names.map { Shape(name: $0, model: named[$0] ?? [:], ids: ids) }
        requests = (model["operations"]?.texts ?? [:]).mapValues { ids.known($0) }
    }

    /// The shape at a place.
    subscript(id: Shape.ID) -> Shape { shapes[id.index] }

    /// The shape of the request of an operation.
    func request(of operation: String) -> Shape {
        guard let id = requests[operation] else {
            preconditionFailure("the service model has no operation \(operation)")
        }
        return self[id]
    }
}

// MARK: - Reading

extension Shape {
    /// Reads a shape of the model, and adds what our extensions say of it.
    fileprivate init(name: String, model: JSONValue, ids: [String: Shape.ID]) {
        let type = model["type"]?.string ?? ""
        // The wire's integers have 32 bits, where the model does not say that they are long.
        let isShort = type == "integer"
        minimum = model["min"]?.integer ?? (isShort ? Int(Int32.min) : nil)
        maximum =
            model["max"]?.integer ?? ModelExtensions.maxima[name]
            ?? (isShort ? Int(Int32.max) : nil)
        kind =
            switch type {
            case "structure": .structure(Self.members(of: name, model, ids))
            case "list": .list(ids.known(model["element"]?.string))
            case "map":
                .map(
                    key: ids.known(model["key"]?.string), value: ids.known(model["value"]?.string))
            case "string": Self.text(name: name, model)
            case "integer", "long": .integer
            case "float", "double": .number
            case "boolean": .boolean
            case "timestamp": .timestamp
            default: preconditionFailure("the service model has a type \(type)")
            }
    }

    private static func members(
        of name: String, _ model: JSONValue, _ ids: [String: Shape.ID]
    ) -> [Member] {
        let required = Set(
            (model["required"]?.array?.compactMap(\.string) ?? [])
                + ModelExtensions.required[name, default: []])
        return (model["members"]?.array ?? []).map { member in
            let parts = member.array?.compactMap(\.string) ?? []
            return Member(
                name: parts[0], shape: ids.known(parts[1]),
                isRequired: required.contains(parts[0]))
        }
    }

    private static func text(name: String, _ model: JSONValue) -> Kind {
        if let words = model["enum"]?.array?.compactMap(\.string) {
            return .word(
                words + ModelExtensions.words[name, default: []],
                other: ModelExtensions.others[name].map { Pattern($0) })
        }
        return .text(
            model["pattern"]?.string.map { Pattern($0, or: ModelExtensions.others[name]) })
    }
}

extension [String: Shape.ID] {
    /// The place of a shape that must be there.
    fileprivate func known(_ name: String?) -> Shape.ID {
        guard let name, let id = self[name] else {
            preconditionFailure("the service model has no shape \(name ?? "")")
        }
        return id
    }
}
