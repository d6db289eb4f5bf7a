import Tuning

extension HyperparameterRules {
    /// Reads the `SupportedHyperParameters` of an algorithm, noting everything that is wrong with
    /// them.
    init(wire list: JSONValue?, problems: inout Problems) {
        var rules: [HyperparameterRule] = []
        for specification in list?.array ?? [] {
            if let rule = HyperparameterRule(wire: specification, problems: &problems) {
                rules.append(rule)
            }
        }
        do {
            try self.init(rules)
        } catch {
            problems.add(error.description)
            self = .none
        }
    }

    /// The rules of an algorithm that supports no hyperparameters.
    static var none: HyperparameterRules {
        guard let rules = try? HyperparameterRules([]) else {
            preconditionFailure("no rules have no names to repeat")
        }
        return rules
    }
}

extension HyperparameterRule {
    fileprivate init?(wire specification: JSONValue, problems: inout Problems) {
        let name = specification["Name"]?.string ?? ""
        guard let kind = specification["Type"]?.string.flatMap(Kind.init) else { return nil }
        let ranges = Self.ranges.compactMap { member in
            specification["Range"]?[member].map { (member, $0) }
        }
        guard ranges.count <= 1 else {
            problems.add("Hyperparameter '\(name)' has \(ranges.count) ranges; give it one.")
            return nil
        }
        do {
            let range = try ranges.first.map { member, range throws(SearchSpaceError) in
                try Self.domain(range, member, name: name)
            }
            try self.init(
                name, kind, range: range, isTunable: specification["IsTunable"]?.bool ?? false,
                isRequired: specification["IsRequired"]?.bool ?? false,
                defaultValue: specification["DefaultValue"]?.string)
        } catch let error as SearchSpaceError {
            problems.add(error.description)
            return nil
        } catch let error as HyperparameterRuleError {
            problems.add(error.description)
            return nil
        } catch {
            preconditionFailure("rules and ranges throw errors of their own alone: \(error)")
        }
    }

    private static let ranges = [
        "IntegerParameterRangeSpecification", "ContinuousParameterRangeSpecification",
        "CategoricalParameterRangeSpecification",
    ]

    private static func domain(
        _ range: JSONValue, _ member: String, name: String
    ) throws(SearchSpaceError) -> ParameterDomain {
        let bounds = (range["MinValue"]?.string ?? "", range["MaxValue"]?.string ?? "")
        switch member {
        case ranges[0]:
            return try Parameter.integer(name, min: bounds.0, max: bounds.1, scaling: .auto).domain
        case ranges[1]:
            return try Parameter.continuous(name, min: bounds.0, max: bounds.1, scaling: .auto)
                .domain
        default:
            let values = range["Values"]?.array?.compactMap(\.string) ?? []
            return try Parameter.categorical(name, values: values).domain
        }
    }
}
