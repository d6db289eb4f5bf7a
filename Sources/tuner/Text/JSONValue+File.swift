import Foundation
import Tuning
import Yams

extension JSONValue {
    /// Reads a file of YAML, of which JSON is a part.
    ///
    /// - Throws: `CommandFailure` in one line that names the file and the place.
    init(file path: String) throws {
        let text: String
        do {
            text = try String(contentsOfFile: path, encoding: .utf8)
        } catch {
            let exists = FileManager.default.fileExists(atPath: path)
            throw CommandFailure(
                exists ? "cannot read the file '\(path)'" : "there is no file '\(path)'")
        }
        do {
            self = try JSONValue(yaml: text)
        } catch {
            throw CommandFailure("the file '\(path)' is not YAML or JSON: \(error.oneLine)")
        }
    }

    /// Reads YAML; numbers, truth values and texts keep their kinds.
    ///
    /// - Throws: `YamlError`; `YAMLSizeError` when aliases would make too much of a short text.
    init(yaml text: String) throws {
        let root = try Yams.compose(yaml: text)
        var room = Self.yamlNodeCountMax
        try root?.count(into: &room)
        self = JSONValue(root?.any)
    }

    /// How many values a document may have, each alias counted with all that it stands for.
    static let yamlNodeCountMax = 1_000_000

    /// Takes what Yams makes of a document.
    private init(_ value: Any?) {
        switch value {
        case let value as Bool: self = .bool(value)
        case let value as Int: self = .integer(value)
        case let value as Double: self = .number(value)
        case let value as String: self = .string(value)
        case let value as [Any]: self = .array(value.map { JSONValue($0) })
        case let value as [AnyHashable: Any]:
            let members = value.map { (String(describing: $0.key), JSONValue($0.value)) }
            self = .object(Dictionary(members) { _, last in last })
        case nil, is NSNull: self = .null
        // Dates and binary data: what was written is what the API takes.
        case let value as Date: self = .number(value.timeIntervalSince1970)
        case let value?: self = .string(String(describing: value))
        }
    }

    /// Sets the value at a path such as `HyperParameterTuningJobConfig.ResourceLimits.0.Name`.
    ///
    /// - Throws: `CommandFailure` when the path leads through something that has no such member.
    mutating func set(_ value: JSONValue, at path: [String], of whole: String) throws {
        guard let first = path.first else {
            self = value
            return
        }
        let rest = Array(path.dropFirst())
        switch self {
        case .object(var members):
            var member = members[first] ?? (rest.isEmpty ? .null : [:])
            try member.set(value, at: rest, of: whole)
            members[first] = member
            self = .object(members)
        case .array(var elements):
            guard let index = Int(first), elements.indices.contains(index) else {
                throw CommandFailure(
                    "--set \(whole): '\(first)' is not an index from 0 to \(elements.count - 1)")
            }
            try elements[index].set(value, at: rest, of: whole)
            self = .array(elements)
        default:
            throw CommandFailure("--set \(whole): '\(first)' is inside something that has no parts")
        }
    }
}

extension Node {
    /// Takes the number of its values from the room that is left.
    fileprivate func count(into room: inout Int) throws(YAMLSizeError) {
        room -= 1
        guard room >= 0 else { throw YAMLSizeError() }
        switch self {
        case .mapping(let mapping):
            for (key, value) in mapping {
                try key.count(into: &room)
                try value.count(into: &room)
            }
        case .sequence(let sequence): for node in sequence { try node.count(into: &room) }
        case .scalar, .alias: break
        }
    }
}

/// A document with too many values.
struct YAMLSizeError: Error, CustomStringConvertible {
    /// What is wrong.
    var description: String {
        "it has more than \(JSONValue.yamlNodeCountMax) values, those of its aliases counted in"
    }
}
