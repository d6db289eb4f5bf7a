/// What an algorithm says about one of its hyperparameters; an entry of the wire's
/// `SupportedHyperParameters`.
public struct HyperparameterRule: Hashable, Sendable {
    /// What kind of values it takes; the wire's `Type`.
    public enum Kind: String, Hashable, Codable, Sendable, CaseIterable {
        /// Whole numbers.
        case integer = "Integer"
        /// Real numbers.
        case continuous = "Continuous"
        /// One of several texts.
        case categorical = "Categorical"
        /// Any text; never searched.
        case freeText = "FreeText"
    }

    /// The hyperparameter.
    public let name: Parameter.Name
    /// What kind of values it takes.
    public let kind: Kind
    /// The values it may take; `nil` for all of its kind.
    public let range: ParameterDomain?
    /// Whether a tuning job may search it.
    public let isTunable: Bool
    /// Whether a training job must have a value for it.
    public let isRequired: Bool
    /// The value of a training job that gives none; canonical where there is a range.
    public let defaultValue: String?

    /// Checks that the parts fit each other.
    ///
    /// - Throws: `HyperparameterRuleError` when the range is of another kind, free text has a range
    ///   or is tunable, a required hyperparameter has a default, or the default is not a value.
    public init(
        _ name: Parameter.Name, _ kind: Kind, range: ParameterDomain? = nil,
        isTunable: Bool = false, isRequired: Bool = false, defaultValue: String? = nil
    ) throws(HyperparameterRuleError) {
        if let range, range.kind != kind {
            throw .rangeOfOtherKind(name, kind: kind, range: range.kind)
        }
        if kind == .freeText, isTunable { throw .freeTextTunable(name) }
        if isRequired, let defaultValue { throw .requiredWithDefault(name, value: defaultValue) }
        if let defaultValue, let expected = kind.expectation(violatedBy: defaultValue) {
            throw .defaultNotAllowed(name, value: defaultValue, expected: expected)
        }
        if let defaultValue, let range, range.canonicalText(of: defaultValue) == nil {
            throw .defaultNotAllowed(name, value: defaultValue, expected: range.expectation)
        }
        self.name = name
        self.kind = kind
        self.range = range
        self.isTunable = isTunable
        self.isRequired = isRequired
        self.defaultValue = defaultValue.map { range?.canonicalText(of: $0) ?? $0 }
    }
}

// MARK: - Checks

extension HyperparameterRule {
    /// What is wrong with a value that every training job is to have; `nil` when nothing is.
    func problem(static text: String) -> HyperparameterProblem? {
        if let expected = kind.expectation(violatedBy: text) {
            return .wrongType(name, text: text, expected: expected)
        }
        if let range, range.canonicalText(of: text) == nil {
            return .outOfRange(name, text: text, expected: range.expectation)
        }
        return nil
    }

    /// Everything that is wrong with searching it in a domain.
    func problems(tuned domain: ParameterDomain) -> [HyperparameterProblem] {
        if kind == .freeText { return [.freeTextTuned(name)] }
        var problems: [HyperparameterProblem] = []
        if !isTunable { problems.append(.notTunable(name)) }
        if domain.kind != kind {
            problems.append(.tunedAsOtherKind(name, kind: kind, tuned: domain.kind))
        } else if let range, !range.contains(domain) {
            problems.append(
                .tuningRangeOutside(
                    name, range: domain.expectation, expected: range.expectation))
        }
        return problems
    }
}

extension HyperparameterRule.Kind {
    /// What a text would have to be, in words, if it is no value of this kind.
    fileprivate func expectation(violatedBy text: String) -> String? {
        switch self {
        case .integer: Int(text) == nil ? "a whole number" : nil
        case .continuous: Double(wire: text) == nil ? "a finite decimal number" : nil
        case .categorical, .freeText: nil
        }
    }
}

extension ParameterDomain {
    fileprivate var kind: HyperparameterRule.Kind {
        switch self {
        case .continuous: .continuous
        case .integer: .integer
        case .categorical: .categorical
        }
    }

    /// Whether all values of a domain are values of this one.
    fileprivate func contains(_ other: ParameterDomain) -> Bool {
        switch (self, other) {
        case (.continuous(let outer), .continuous(let inner)):
            outer.lower <= inner.lower && inner.upper <= outer.upper
        case (.integer(let outer), .integer(let inner)):
            outer.lower <= inner.lower && inner.upper <= outer.upper
        case (.categorical(let outer), .categorical(let inner)):
            Set(inner.values).isSubset(of: outer.values)
        default: false
        }
    }
}
