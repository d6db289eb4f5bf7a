import Foundation
import Tuning

/// A range for a hyperparameter of which only a name and an example value are known.
///
/// The value says what kind of range it is: `true` or `false` a choice of both, a whole number
/// integers, any other number reals. The name says how far to look: learning rates and penalties
/// matter in orders of magnitude, shares stay between 0 and 1, depths are small numbers. Any other
/// text is not eligible.
struct SuggestedRange: Hashable {
    /// The member of `ParameterRanges` that it belongs into.
    enum List: String, CaseIterable {
        case integer = "IntegerParameterRanges"
        case continuous = "ContinuousParameterRanges"
        case categorical = "CategoricalParameterRanges"
    }

    /// Where it belongs.
    let list: List
    /// The range, as the wire has it.
    let json: JSONValue

    /// Finds a range; `nil` when the hyperparameter is not eligible.
    init?(name: Parameter.Name, hint: String) {
        let words = Self.words(of: name)
        if ["true", "false"].contains(hint.lowercased()) {
            let isCapital = hint.first?.isUppercase ?? false
            self.init(name, isCapital ? ["True", "False"] : ["true", "false"])
        } else if let value = Int(hint) {
            let (lower, upper, scaling) = Self.integers(around: value, words)
            self.init(.integer, name, "\(lower)", "\(upper)", scaling)
        } else if let value = Double(wire: hint) {
            let (lower, upper, scaling) = Self.reals(around: value, words)
            guard lower.isFinite, upper.isFinite, lower < upper else { return nil }
            self.init(.continuous, name, lower.shortText, upper.shortText, scaling)
        } else {
            return nil
        }
    }

    /// The range that an algorithm's specification gives a hyperparameter.
    init(_ parameter: Parameter) {
        switch parameter.domain {
        case .continuous(let range):
            self.init(
                .continuous, parameter.name, "\(range.lower)", "\(range.upper)", range.scaling)
        case .integer(let range):
            self.init(.integer, parameter.name, "\(range.lower)", "\(range.upper)", range.scaling)
        case .categorical(let categories):
            self.init(parameter.name, categories.values)
        }
    }

    private init(_ name: Parameter.Name, _ categories: [String]) {
        list = .categorical
        json = [
            "Name": .string(name), "Values": .array(categories.map { .string($0) }),
        ]
    }

    private init(
        _ list: List, _ name: Parameter.Name, _ lower: String, _ upper: String,
        _ scaling: ScalingType
    ) {
        self.list = list
        json = [
            "Name": .string(name), "MinValue": .string(lower), "MaxValue": .string(upper),
            "ScalingType": .string(scaling.rawValue),
        ]
    }
}

// MARK: - What names mean

extension SuggestedRange {
    private static let depths: Set = ["depth", "layers", "layer", "levels", "degree"]
    private static let rates: Set = ["lr", "eta", "rate", "learningrate", "stepsize"]
    private static let penalties: Set = [
        "alpha", "lambda", "l1", "l2", "decay", "wd", "gamma", "reg", "regularization",
        "regularisation", "epsilon", "eps", "tol", "tolerance", "penalty",
    ]
    private static let shares: Set = [
        "dropout", "subsample", "colsample", "fraction", "ratio", "probability", "prob",
    ]
    private static let nearOne: Set = ["momentum", "beta", "beta1", "beta2", "rho"]

    /// `weight_decay`, `weight-decay` and `weightDecay` are the words weight and decay.
    private static func words(of name: String) -> Set<String> {
        var words: [String] = [""]
        var wasLower = false
        for character in name {
            let isBreak = !character.isLetter && !character.isNumber
            if isBreak || character.isUppercase && wasLower { words.append("") }
            if !isBreak { words[words.count - 1] += character.lowercased() }
            wasLower = character.isLowercase
        }
        return Set(words.filter { !$0.isEmpty } + [words.joined()])
    }

    private static func integers(
        around value: Int, _ words: Set<String>
    ) -> (Int, Int, ScalingType) {
        if value >= 0, !words.isDisjoint(with: depths) {
            return (1, max(10, value.multipliedClamped(by: 2)), .linear)
        }
        guard value > 0 else {
            return value == 0 ? (0, 10, .linear) : (value.multipliedClamped(by: 4), 0, .linear)
        }
        return (max(1, value / 4), max(4, value.multipliedClamped(by: 4)), .auto)
    }

    private static func reals(
        around value: Double, _ words: Set<String>
    ) -> (Double, Double, ScalingType) {
        let isShare = 0 <= value && value <= 1
        if isShare, value > 0.5, value < 1, !words.isDisjoint(with: nearOne) {
            return (0.5, 1 - (1 - value) / 10, .reverseLogarithmic)
        }
        if isShare, !words.isDisjoint(with: ["dropout"]) { return (0, 0.9, .linear) }
        if isShare, !words.isDisjoint(with: shares) { return (min(0.1, value), 1, .linear) }
        if value > 0, !words.isDisjoint(with: penalties) {
            return (value / 1_000, value * 1_000, .logarithmic)
        }
        if value > 0, !words.isDisjoint(with: rates) {
            return (value / 100, value <= 1 ? min(1, value * 100) : value * 10, .logarithmic)
        }
        if value > 0 { return (value / 10, value * 10, .logarithmic) }
        return value < 0 ? (value * 10, value / 10, .linear) : (0, 1, .linear)
    }
}

extension Double {
    /// The number without the traces of rounding that a product of decimal numbers has.
    fileprivate var shortText: String { "\(Double(String(format: "%.12g", self)) ?? self)" }
}

extension Int {
    fileprivate func multipliedClamped(by factor: Int) -> Int {
        let (product, overflow) = multipliedReportingOverflow(by: factor)
        return overflow ? self : product
    }
}
