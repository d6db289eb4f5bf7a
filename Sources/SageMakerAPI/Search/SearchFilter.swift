import Foundation
import Tuning

/// One condition on one property of a record.
struct SearchFilter: Hashable, Sendable {
    /// How a property is compared; the wire's `Operator`.
    enum Operator: String, Hashable, Sendable, CaseIterable {
        case equals = "Equals"
        case notEquals = "NotEquals"
        case greaterThan = "GreaterThan"
        case greaterThanOrEqualTo = "GreaterThanOrEqualTo"
        case lessThan = "LessThan"
        case lessThanOrEqualTo = "LessThanOrEqualTo"
        case contains = "Contains"
        case exists = "Exists"
        case notExists = "NotExists"
        case isIn = "In"
    }

    /// What it is about.
    private(set) var property: SearchProperty
    /// How it is compared.
    let `operator`: Operator
    private let operand: Operand

    /// What a property is compared with.
    fileprivate enum Operand: Hashable {
        case nothing
        case text(String)
        case texts(Set<String>)
        case boolean(Bool)
        /// A number; hyperparameters are cut to whole numbers before one that was written as such.
        case number(Double, isWhole: Bool)
        /// A time; a whole second means all of it where equality is asked for.
        case time(Date, isWhole: Bool)
    }

    /// Reads a filter whose shape has been checked.
    ///
    /// - Returns: `nil` after noting what is wrong with it.
    init?(wire filter: JSONValue, problems: inout Problems) {
        property = SearchProperty(filter["Name"]?.string ?? "")
        let value = filter["Value"]?.string
        `operator` = filter["Operator"]?.string.flatMap(Operator.init) ?? .equals
        let named = "Filter on '\(property.name)'"
        if [.exists, .notExists].contains(`operator`) {
            operand = .nothing
            return
        }
        guard let value else {
            problems.add("\(named): the operator \(`operator`.rawValue) needs a Value.")
            return nil
        }
        guard `operator`.isAllowed(for: property.kind, value: value) else {
            problems.add(
                "\(named): the operator \(`operator`.rawValue) is not supported for "
                    + "\(property.kind.plural).")
            return nil
        }
        guard let operand = Operand(value, of: property.kind, for: `operator`) else {
            problems.add("\(named): the Value '\(value)' must be \(property.kind.expectation).")
            return nil
        }
        self.operand = operand
    }

    /// The same filter on the elements of a list.
    func within(_ list: SearchProperty) -> SearchFilter {
        var filter = self
        filter.property = property.within(list)
        return filter
    }
}

// MARK: - Records

extension SearchFilter {
    /// Whether a record satisfies the filter.
    ///
    /// A property that is not there equals nothing, and so differs from everything.
    func matches(_ record: JSONValue) -> Bool {
        let values = property.values(in: record)
        return switch `operator` {
        case .exists: !values.isEmpty
        case .notExists: values.isEmpty
        case .equals, .isIn: values.contains { order(of: $0) == .orderedSame }
        case .notEquals: !values.contains { order(of: $0) == .orderedSame }
        case .contains: values.contains(where: contains)
        case .greaterThan: values.contains { order(of: $0) == .orderedDescending }
        case .lessThan: values.contains { order(of: $0) == .orderedAscending }
        case .greaterThanOrEqualTo:
            values.contains { [.orderedDescending, .orderedSame].contains(order(of: $0)) }
        case .lessThanOrEqualTo:
            values.contains { [.orderedAscending, .orderedSame].contains(order(of: $0)) }
        }
    }

    private func contains(_ value: JSONValue) -> Bool {
        guard case .text(let part) = operand, let text = value.string else { return false }
        return text.contains(part)
    }

    /// How a value stands to the operand; `nil` when they cannot be compared. Texts that differ
    /// stand in no order.
    private func order(of value: JSONValue) -> ComparisonResult? {
        switch operand {
        case .nothing: nil
        case .text(let text): value.string == text ? .orderedSame : nil
        case .texts(let texts): value.string.map(texts.contains) == true ? .orderedSame : nil
        case .boolean(let boolean): value.bool == boolean ? .orderedSame : nil
        case .number(let number, let isWhole):
            value.searchNumber.flatMap { own in
                let isCut = isWhole && property.kind == .hyperparameter
                return (isCut ? own.rounded(.towardZero) : own).order(to: number)
            }
        case .time(let time, let isWhole):
            value.number.flatMap { own in
                let isEquality = [.equals, .notEquals].contains(`operator`)
                return (isWhole && isEquality ? own.rounded(.down) : own).order(
                    to: time.timeIntervalSince1970)
            }
        }
    }
}

extension Double {
    fileprivate func order(to other: Double) -> ComparisonResult? {
        if self < other { return .orderedAscending }
        if self > other { return .orderedDescending }
        return self == other ? .orderedSame : nil
    }
}

extension JSONValue {
    /// The number a value is, or is the text of.
    var searchNumber: Double? { number ?? string.flatMap { Double(wire: $0) } }
}

// MARK: - Rules of kinds

extension SearchFilter.Operand {
    fileprivate init?(
        _ value: String, of kind: SearchProperty.Kind, for operation: SearchFilter.Operator
    ) {
        switch (kind, operation) {
        case (_, .isIn):
            let words = value.split(separator: ",").map {
                $0.trimmingCharacters(in: .whitespaces)
            }
            self = .texts(Set(words))
        case (.text, _), (_, .contains): self = .text(value)
        case (.boolean, _):
            guard let boolean = Bool(value.lowercased()) else { return nil }
            self = .boolean(boolean)
        case (.timestamp, _):
            guard let time = JSONValue.string(value).date ?? JSONValue.string(value + "Z").date
            else { return nil }
            self = .time(time, isWhole: !value.contains("."))
        case (.number, _), (.hyperparameter, _):
            if let number = Double(wire: value) {
                self = .number(number, isWhole: Int(value) != nil)
            } else if kind == .hyperparameter {
                self = .text(value)
            } else {
                return nil
            }
        }
    }
}

extension SearchFilter.Operator {
    /// Whether a kind of property can be compared so.
    fileprivate func isAllowed(for kind: SearchProperty.Kind, value: String) -> Bool {
        switch self {
        case .equals, .notEquals, .exists, .notExists: true
        case .contains, .isIn: kind == .text || kind == .hyperparameter
        case .greaterThan, .greaterThanOrEqualTo, .lessThan, .lessThanOrEqualTo:
            switch kind {
            case .number, .timestamp: true
            case .hyperparameter: Double(wire: value) != nil
            case .text, .boolean: false
            }
        }
    }
}

extension SearchProperty.Kind {
    fileprivate var plural: String {
        switch self {
        case .text, .hyperparameter: "text properties"
        case .number: "numeric properties"
        case .timestamp: "timestamps"
        case .boolean: "truth values"
        }
    }

    fileprivate var expectation: String {
        switch self {
        case .text, .hyperparameter: "text"
        case .number: "a number"
        case .timestamp: "a time in the format YYYY-mm-dd'T'HH:MM:SS"
        case .boolean: "true or false"
        }
    }
}
