/// Why a search space, or a value meant for one, was refused.
public enum SearchSpaceError: Error, Hashable, Sendable {
    /// Two parameters have one name.
    case repeatedName(Parameter.Name)
    /// A bound is infinite or NaN.
    case boundNotFinite(Parameter.Name)
    /// A bound's text is no number of the range's kind.
    case boundNotNumeric(Parameter.Name, text: String, expected: String)
    /// The lower bound is above the upper.
    case boundsDecreasing(Parameter.Name, lower: String, upper: String)
    /// A logarithmic range reaches zero or below.
    case logarithmicNotAboveZero(Parameter.Name, lower: String)
    /// A reverse logarithmic range leaves [0, 1).
    case reverseLogarithmicOutsideUnit(Parameter.Name, lower: String, upper: String)
    /// An integer range is reverse logarithmic.
    case reverseLogarithmicInteger(Parameter.Name)
    /// There is no value to choose.
    case noCategories(Parameter.Name)
    /// A value to choose comes twice.
    case repeatedCategory(Parameter.Name, value: String)
    /// A parameter has no value.
    case missingValue(Parameter.Name)
    /// There is a value for a parameter that is not in the space.
    case unknownParameter(Parameter.Name)
    /// The text is no value of the parameter.
    case valueOutsideDomain(Parameter.Name, text: String, expected: String)
    /// A grid has no number of levels for a continuous range.
    case levelsMissing(Parameter.Name)
    /// A grid's number of levels is below one.
    case levelsNotPositive(Parameter.Name, levels: Int)
    /// A grid's combinations are more than can be counted.
    case tooManyCombinations

    /// The name of the case; never changes.
    public var code: String {
        switch self {
        case .repeatedName: "repeated_name"
        case .boundNotFinite: "bound_not_finite"
        case .boundNotNumeric: "bound_not_numeric"
        case .boundsDecreasing: "bounds_decreasing"
        case .logarithmicNotAboveZero: "logarithmic_not_above_zero"
        case .reverseLogarithmicOutsideUnit: "reverse_logarithmic_outside_unit"
        case .reverseLogarithmicInteger: "reverse_logarithmic_integer"
        case .noCategories: "no_categories"
        case .repeatedCategory: "repeated_category"
        case .missingValue: "missing_value"
        case .unknownParameter: "unknown_parameter"
        case .valueOutsideDomain: "value_outside_domain"
        case .levelsMissing: "levels_missing"
        case .levelsNotPositive: "levels_not_positive"
        case .tooManyCombinations: "too_many_combinations"
        }
    }
}

// MARK: - CustomStringConvertible

extension SearchSpaceError: CustomStringConvertible {
    /// What is wrong, where, and what would be right.
    public var description: String {
        switch self {
        case .repeatedName(let name):
            "Parameter '\(name)' is declared twice; give each parameter its own name."
        case .boundNotFinite(let name):
            "Parameter '\(name)': both bounds must be finite numbers."
        case .boundNotNumeric(let name, let text, let expected):
            "Parameter '\(name)': bound '\(text)' must be \(expected)."
        case .boundsDecreasing(let name, let lower, let upper):
            "Parameter '\(name)': MinValue \(lower) must not be greater than MaxValue \(upper)."
        case .logarithmicNotAboveZero(let name, let lower):
            "Parameter '\(name)': Logarithmic scaling needs values above zero, "
                + "but MinValue is \(lower); raise it or choose Linear."
        case .reverseLogarithmicOutsideUnit(let name, let lower, let upper):
            "Parameter '\(name)': ReverseLogarithmic scaling needs 0 <= MinValue and "
                + "MaxValue < 1, but the range is \(lower) to \(upper)."
        case .reverseLogarithmicInteger(let name):
            "Parameter '\(name)': ReverseLogarithmic scaling is for continuous ranges only; "
                + "choose Auto, Linear or Logarithmic."
        case .noCategories(let name):
            "Parameter '\(name)': a categorical parameter needs at least one value."
        case .repeatedCategory(let name, let value):
            "Parameter '\(name)': value '\(value)' is given twice."
        case .missingValue(let name):
            "Parameter '\(name)' has no value; give every parameter of the search space one."
        case .unknownParameter(let name):
            "Parameter '\(name)' is not in the search space."
        case .valueOutsideDomain(let name, let text, let expected):
            "Parameter '\(name)': value '\(text)' must be \(expected)."
        case .levelsMissing(let name):
            "Parameter '\(name)': Grid search needs a number of levels for a continuous range; "
                + "make it categorical, or set the tag tuner:grid-levels to '\(name)=5'."
        case .levelsNotPositive(let name, let levels):
            "Parameter '\(name)': a grid needs at least one level, but \(levels) was given."
        case .tooManyCombinations:
            "The grid has more combinations than can be counted; give fewer levels."
        }
    }
}
