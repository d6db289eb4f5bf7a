import Foundation
import Tuning

/// A search space as the ask-and-tell protocol writes it: numbers as JSON numbers, categories as
/// they were given.
struct AskTellSpace: Sendable {
    let space: SearchSpace
    /// Levels that a grid gives parameters, where the space says so.
    let levels: GridLevels
    /// Of each categorical parameter, the JSON that each of its texts stands for.
    private let categories: [Parameter.Name: [String: JSONValue]]

    /// Reads the `space` of a header.
    init(_ json: JSONValue?) throws(AskTellError) {
        guard let entries = json?.array else {
            throw .member("space", expected: "an array of parameters")
        }
        var parameters: [Parameter] = []
        var levels: [Parameter.Name: Int] = [:]
        var categories: [Parameter.Name: [String: JSONValue]] = [:]
        for (index, entry) in entries.enumerated() {
            let entry = SpaceEntry(entry, path: "space[\(index)]")
            let parameter = try entry.parameter()
            parameters.append(parameter)
            levels[parameter.name] = try entry.positiveInteger("levels")
            if case .categorical = parameter.domain {
                categories[parameter.name] = try entry.categories()
            }
        }
        do {
            space = try SearchSpace(parameters)
        } catch {
            throw .searchSpace(error)
        }
        self.levels = GridLevels(byName: levels)
        self.categories = categories
    }
}

// MARK: - Values

extension AskTellSpace {
    /// Hyperparameters as the protocol writes them.
    func json(of hyperparameters: Hyperparameters) -> JSONValue {
        var members: [String: JSONValue] = [:]
        for parameter in space.parameters {
            guard let text = hyperparameters[parameter.name] else { continue }
            members[parameter.name] =
                switch parameter.domain {
                case .continuous: Double(text).map(JSONValue.number)
                case .integer: Int(text).map(JSONValue.integer)
                case .categorical: categories[parameter.name]?[text]
                }
        }
        return .object(members)
    }

    /// Checks values that the client chose.
    ///
    /// - Parameter path: Where they stand, for the error.
    func hyperparameters(
        _ json: JSONValue?, path: String
    ) throws(AskTellError) -> Hyperparameters {
        guard let members = json?.object else {
            throw .member(path, expected: "an object with a value for every parameter")
        }
        var texts: [Parameter.Name: String] = [:]
        for (name, value) in members {
            guard let text = value.scalarText else {
                throw .member("\(path).\(name)", expected: "a text, a number or a truth value")
            }
            texts[name] = text
        }
        for parameter in space.parameters {
            guard let value = members[parameter.name] else { continue }
            if case .categorical = parameter.domain {
                guard categories[parameter.name]?.values.contains(value) == true else {
                    throw .member(
                        "\(path).\(parameter.name)", expected: parameter.domain.expectation)
                }
            } else if value.string != nil {
                throw .member("\(path).\(parameter.name)", expected: parameter.domain.expectation)
            }
        }
        do {
            return try space.hyperparameters(texts)
        } catch {
            throw .searchSpace(error)
        }
    }
}

// MARK: - Declarations

/// One parameter as the header declares it.
private struct SpaceEntry {
    private let json: JSONValue
    private let path: String

    init(_ json: JSONValue, path: String) {
        self.json = json
        self.path = path
    }

    func parameter() throws(AskTellError) -> Parameter {
        guard let name = json["name"]?.string, !name.isEmpty else {
            throw .member("\(path).name", expected: "a text that is not empty")
        }
        do {
            switch json["type"]?.string {
            case "continuous":
                let range = try ContinuousRange(
                    lower: number("min"), upper: number("max"), scaling: scaling(), name: name)
                return Parameter(name, .continuous(range))
            case "integer":
                let range = try IntegerRange(
                    lower: integer("min"), upper: integer("max"), scaling: scaling(), name: name)
                return Parameter(name, .integer(range))
            case "categorical":
                return try .categorical(name, values: values().compactMap(\.scalarText))
            default:
                throw AskTellError.member(
                    "\(path).type", expected: "continuous, integer or categorical")
            }
        } catch let error as SearchSpaceError {
            throw .searchSpace(error)
        } catch let error as AskTellError {
            throw error
        } catch {
            throw .member(path, expected: "a parameter")
        }
    }

    func categories() throws(AskTellError) -> [String: JSONValue] {
        var categories: [String: JSONValue] = [:]
        for value in try values() {
            if let text = value.scalarText { categories[text] = value }
        }
        return categories
    }

    func positiveInteger(_ member: String) throws(AskTellError) -> Int? {
        guard let value = json[member] else { return nil }
        guard let integer = value.integer, integer >= 1 else {
            throw .member("\(path).\(member)", expected: "a whole number from 1")
        }
        return integer
    }

    private func values() throws(AskTellError) -> [JSONValue] {
        guard let values = json["values"]?.array, values.allSatisfy({ $0.scalarText != nil })
        else {
            throw .member(
                "\(path).values", expected: "an array of texts, numbers or truth values")
        }
        return values
    }

    private func number(_ member: String) throws(AskTellError) -> Double {
        guard let number = json[member]?.number else {
            throw .member("\(path).\(member)", expected: "a number")
        }
        return number
    }

    private func integer(_ member: String) throws(AskTellError) -> Int {
        guard let integer = json[member]?.integer else {
            throw .member("\(path).\(member)", expected: "a whole number")
        }
        return integer
    }

    private func scaling() throws(AskTellError) -> ScalingType {
        guard let scaling = json["scaling"] else { return .linear }
        switch scaling.string {
        case "linear": return .linear
        case "log": return .logarithmic
        case "reverselog": return .reverseLogarithmic
        case "auto": return .auto
        default:
            throw .member("\(path).scaling", expected: "linear, log, reverselog or auto")
        }
    }
}

extension JSONValue {
    /// A text, number or truth value as text.
    fileprivate var scalarText: String? {
        switch self {
        case .string(let value): value
        case .integer(let value): "\(value)"
        case .number(let value): Int(exactly: value).map(String.init) ?? "\(value)"
        case .bool(let value): "\(value)"
        case .null, .array, .object: nil
        }
    }
}
