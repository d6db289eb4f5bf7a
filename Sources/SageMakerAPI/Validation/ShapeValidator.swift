import Tuning

/// Walks a request and its shape together and collects every violation, in the service's words.
struct ShapeValidator {
    private(set) var problems = Problems()
    private var path: [String] = []

    /// Checks the body of a request.
    ///
    /// - Throws: A `ValidationException` that lists every violation.
    static func check(_ body: JSONValue, is shape: Shape) throws(APIError) {
        var validator = ShapeValidator()
        validator.walk(body, shape)
        try validator.problems.throwIfAny(counted: true)
    }

    private mutating func walk(_ value: JSONValue, _ shape: Shape) {
        switch shape {
        case .structure(let members):
            guard let object = value.object else { return refuse(value, "be an object") }
            walk(object, members)
        case .list(let element, let count):
            guard let elements = value.array else { return refuse(value, "be a list") }
            checkLength(elements.count, count, of: value)
            for (index, item) in elements.enumerated() {
                descend("\(index + 1).member") { $0.walk(item, element) }
            }
        case .map(let key, let element, let count):
            guard let object = value.object else { return refuse(value, "be an object") }
            checkLength(object.count, count, of: value)
            for (name, item) in object.sorted(by: { $0.key < $1.key }) {
                descend(name) { validator in
                    validator.walk(.string(name), key)
                    validator.walk(item, element)
                }
            }
        case .text(let length, let pattern):
            guard let text = value.string else { return refuse(value, "be a string") }
            walk(text, length: length, pattern)
        case .word(let words):
            guard let text = value.string else { return refuse(value, "be a string") }
            if !words.contains(text) {
                refuse(value, "satisfy enum value set: [\(words.joined(separator: ", "))]")
            }
        case .integer(let range):
            guard let integer = value.integer else { return refuse(value, "be an integer") }
            checkValue(integer, range, of: value)
        case .number:
            guard value.number != nil else { return refuse(value, "be a number") }
        case .boolean:
            guard case .bool = value else { return refuse(value, "be a boolean") }
        case .timestamp:
            guard value.date != nil else { return refuse(value, "be a timestamp") }
        case .anything:
            break
        }
    }

    private mutating func walk(_ object: [String: JSONValue], _ members: [Shape.Member]) {
        for member in members {
            let value = object[member.name] ?? .null
            if value == .null {
                guard member.isRequired else { continue }
                descend(member.name.decapitalized) { $0.refuse(.null, "not be null") }
            } else {
                descend(member.name.decapitalized) { $0.walk(value, member.shape) }
            }
        }
    }

    private mutating func walk(_ text: String, length: ClosedRange<Int>, _ pattern: Pattern?) {
        let count = text.unicodeScalars.count
        checkLength(count, length, of: .string(text))
        // A text that is much too long is not given to the expression at all.
        guard let pattern, count <= length.upperBound, !pattern.matches(text) else { return }
        refuse(.string(text), "satisfy regular expression pattern: \(pattern.source)")
    }

    private mutating func descend(
        _ name: String, _ body: (inout ShapeValidator) -> Void
    ) {
        path.append(name)
        body(&self)
        path.removeLast()
    }
}

// MARK: - Violations

extension ShapeValidator {
    private mutating func checkLength(
        _ length: Int, _ range: ClosedRange<Int>, of value: JSONValue
    ) {
        if length < range.lowerBound {
            refuse(value, "have length greater than or equal to \(range.lowerBound)")
        } else if length > range.upperBound {
            refuse(value, "have length less than or equal to \(range.upperBound)")
        }
    }

    private mutating func checkValue(
        _ integer: Int, _ range: ClosedRange<Int>, of value: JSONValue
    ) {
        if integer < range.lowerBound {
            refuse(value, "have value greater than or equal to \(range.lowerBound)")
        } else if integer > range.upperBound {
            refuse(value, "have value less than or equal to \(range.upperBound)")
        }
    }

    private mutating func refuse(_ value: JSONValue, _ demand: String) {
        let shown = value == .null ? "null" : "'\(value.excerpt)'"
        problems.add(
            "Value \(shown) at '\(path.joined(separator: "."))' failed to satisfy constraint: "
                + "Member must \(demand)")
    }
}

extension String {
    /// The name with its first letter in lower case, as the service's messages have it.
    fileprivate var decapitalized: String {
        prefix(1).lowercased() + dropFirst()
    }
}

extension JSONValue {
    /// A longer value is cut in messages.
    private static let excerptLengthMax = 256

    /// The value as messages show it.
    fileprivate var excerpt: String {
        let text =
            switch self {
            case .string(let value): value
            case .array(let elements): "a list of \(elements.count)"
            case .object(let members): "an object of \(members.count)"
            default: encodedText
            }
        return text.count > Self.excerptLengthMax
            ? text.prefix(Self.excerptLengthMax) + "..." : text
    }
}
