/// Why an algorithm's rules were refused.
public enum HyperparameterRuleError: Error, Hashable, Sendable {
    /// Two rules are for one hyperparameter.
    case repeatedName(Parameter.Name)
    /// A range is given for another kind than the rule's.
    case rangeOfOtherKind(
        Parameter.Name, kind: HyperparameterRule.Kind, range: HyperparameterRule.Kind)
    /// Free text is said to be tunable.
    case freeTextTunable(Parameter.Name)
    /// What is required has a default.
    case requiredWithDefault(Parameter.Name, value: String)
    /// The default is no value that the rule allows.
    case defaultNotAllowed(Parameter.Name, value: String, expected: String)

    /// The name of the case; never changes.
    public var code: String {
        switch self {
        case .repeatedName: "repeated_name"
        case .rangeOfOtherKind: "range_of_other_kind"
        case .freeTextTunable: "free_text_tunable"
        case .requiredWithDefault: "required_with_default"
        case .defaultNotAllowed: "default_not_allowed"
        }
    }
}

extension HyperparameterRuleError: CustomStringConvertible {
    /// What is wrong, where, and what would be right.
    public var description: String {
        switch self {
        case .repeatedName(let name):
            "Hyperparameter '\(name)' is declared twice; give each its own name."
        case .rangeOfOtherKind(let name, .freeText, _):
            "Hyperparameter '\(name)': FreeText has no range; leave it out."
        case .rangeOfOtherKind(let name, let kind, let range):
            "Hyperparameter '\(name)': the type is \(kind.rawValue), so the range must be "
                + "\(kind.rawValue) too, not \(range.rawValue)."
        case .freeTextTunable(let name):
            "Hyperparameter '\(name)': FreeText cannot be tunable."
        case .requiredWithDefault(let name, let value):
            "Hyperparameter '\(name)' has the default value '\(value)', so it cannot be required."
        case .defaultNotAllowed(let name, let value, let expected):
            "Hyperparameter '\(name)': default value '\(value)' must be \(expected)."
        }
    }
}

/// Something wrong with the hyperparameters of a request, by the rules of its algorithm.
public enum HyperparameterProblem: Hashable, Sendable {
    /// The algorithm has no such hyperparameter.
    case unknown(Parameter.Name)
    /// A required hyperparameter has no value.
    case missing(Parameter.Name)
    /// The text is not of the hyperparameter's kind.
    case wrongType(Parameter.Name, text: String, expected: String)
    /// The value is outside the hyperparameter's range.
    case outOfRange(Parameter.Name, text: String, expected: String)
    /// The hyperparameter is searched and must not be.
    case notTunable(Parameter.Name)
    /// Free text is searched.
    case freeTextTuned(Parameter.Name)
    /// The hyperparameter is searched as another kind than it is.
    case tunedAsOtherKind(
        Parameter.Name, kind: HyperparameterRule.Kind, tuned: HyperparameterRule.Kind)
    /// The searched range reaches beyond the hyperparameter's.
    case tuningRangeOutside(Parameter.Name, range: String, expected: String)

    /// The name of the case; never changes.
    public var code: String {
        switch self {
        case .unknown: "unknown"
        case .missing: "missing"
        case .wrongType: "wrong_type"
        case .outOfRange: "out_of_range"
        case .notTunable: "not_tunable"
        case .freeTextTuned: "free_text_tuned"
        case .tunedAsOtherKind: "tuned_as_other_kind"
        case .tuningRangeOutside: "tuning_range_outside"
        }
    }
}

extension HyperparameterProblem: CustomStringConvertible {
    /// What is wrong, where, and what would be right.
    public var description: String {
        switch self {
        case .unknown(let name):
            "Hyperparameter '\(name)' is not one that the algorithm supports."
        case .missing(let name):
            "Hyperparameter '\(name)' is required by the algorithm; give it a value or a range."
        case .wrongType(let name, let text, let expected),
            .outOfRange(let name, let text, let expected):
            "Hyperparameter '\(name)': value '\(text)' must be \(expected)."
        case .notTunable(let name):
            "Hyperparameter '\(name)' cannot be tuned; give it a static value."
        case .freeTextTuned(let name):
            "Hyperparameter '\(name)' is free text and cannot be tuned; give it a static value."
        case .tunedAsOtherKind(let name, let kind, let tuned):
            "Hyperparameter '\(name)' is \(kind.rawValue) but has a range of type "
                + "\(tuned.rawValue); give it one of type \(kind.rawValue)."
        case .tuningRangeOutside(let name, let range, let expected):
            "Hyperparameter '\(name)': the tuning range is \(range), but all values must be "
                + "\(expected)."
        }
    }
}
