/// The hyperparameters an algorithm supports, each with its own name.
public struct HyperparameterRules: Hashable, Sendable {
    /// The rules, in the order they were given.
    public let rules: [HyperparameterRule]
    private let byName: [Parameter.Name: HyperparameterRule]

    /// Checks that no name has two rules.
    ///
    /// - Throws: `HyperparameterRuleError.repeatedName`.
    public init(_ rules: [HyperparameterRule]) throws(HyperparameterRuleError) {
        var byName: [Parameter.Name: HyperparameterRule] = [:]
        for rule in rules where byName.updateValue(rule, forKey: rule.name) != nil {
            throw .repeatedName(rule.name)
        }
        self.rules = rules
        self.byName = byName
    }

    /// The rule of a hyperparameter; `nil` when the algorithm does not have it.
    public subscript(name: Parameter.Name) -> HyperparameterRule? { byName[name] }

    /// The tunable hyperparameters that have ranges, in the order of their rules.
    public func searchSpace() -> SearchSpace {
        let parameters = rules.compactMap { rule in
            rule.isTunable ? rule.range.map { Parameter(rule.name, $0) } : nil
        }
        // Names are unique here, and that is all a search space checks.
        return (try? SearchSpace(parameters)) ?? .empty
    }

    /// Everything that is wrong with a request for this algorithm: the static hyperparameters in
    /// the order of their names, then the tuned in their order, then the missing by their rules.
    ///
    /// - Parameters:
    ///   - values: Static hyperparameters. Those the service adds begin with `_` and need no rules.
    ///   - space: What is searched; empty for a training job created on its own.
    public func problems(
        static values: [Parameter.Name: String], space: SearchSpace = .empty
    ) -> [HyperparameterProblem] {
        var problems: [HyperparameterProblem] = []
        for (name, text) in values.sorted(by: { $0.key < $1.key }) {
            guard let rule = self[name] else {
                if !name.hasPrefix("_") { problems.append(.unknown(name)) }
                continue
            }
            if let problem = rule.problem(static: text) { problems.append(problem) }
        }
        for parameter in space.parameters {
            guard let rule = self[parameter.name] else {
                problems.append(.unknown(parameter.name))
                continue
            }
            problems += rule.problems(tuned: parameter.domain)
        }
        let tuned = Set(space.parameters.map(\.name))
        for rule in rules where rule.isRequired {
            if values[rule.name] == nil, !tuned.contains(rule.name) {
                problems.append(.missing(rule.name))
            }
        }
        return problems
    }

    /// Static hyperparameters with the defaults of those that are neither given nor searched.
    public func withDefaults(
        static values: [Parameter.Name: String], space: SearchSpace = .empty
    ) -> [Parameter.Name: String] {
        let tuned = Set(space.parameters.map(\.name))
        var complete = values
        for rule in rules where complete[rule.name] == nil && !tuned.contains(rule.name) {
            complete[rule.name] = rule.defaultValue
        }
        return complete
    }
}
