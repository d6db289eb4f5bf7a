import Tuning

/// How much one parameter matters for the objective, beside the others.
package struct ParameterImportance: Hashable, Sendable {
    /// The parameter.
    package let parameter: Parameter.Name
    /// Its part of what parameters explain one by one, from 0 to 1; the parts of all parameters add
    /// up to 1.
    ///
    /// It is the variance of the objective as a function of this parameter alone, averaged over all
    /// others, divided by the sum of these variances. What parameters explain only together is left
    /// out.
    package let share: Double

    /// Gives a parameter its share.
    package init(parameter: Parameter.Name, share: Double) {
        self.parameter = parameter
        self.share = share
    }
}

// Notation
//   q₁, q₃   the quartiles of the costs
//
// One diverged training job whose loss is 1e10 would be nearly all of the variance, and the
// importances those of a rule that tells it from the others. Costs are therefore cut at Tukey's
// fences, q₁ − 1.5 (q₃ − q₁) and q₃ + 1.5 (q₃ − q₁). Where the quartiles are the same, more than
// half of the costs are, and nothing is cut.
//
// Measured with a sum of four squares of known shares, 400 trials of which 3 % diverge to 1e6: the
// mean error of a share is 0.17 with the costs as they are, 0.05 with their ranks and 0.04 with
// cut costs; when none diverge it is 0.06 with all three. Ranks bend sums into interactions, and
// they make as much of the differences between the best as of those between good and bad.

extension TuningRecord {
    /// The most training jobs that importances are made of; of more, some in equal steps.
    package static let importanceTrialCountMax = 2_000
    /// Different hyperparameters below which there is nothing to compare.
    static let importancePointCountMin = 4

    /// How much each parameter matters, the most important first: functional analysis of variance
    /// by a random forest.
    ///
    /// Counts training jobs that are over and whose objective can be used, failed ones not. Costs
    /// far outside of the usual count as if they were at its edge. The same training jobs give the
    /// same numbers.
    ///
    /// - Parameter definition: The index of the definition whose parameters are meant.
    /// - Returns: `nil` where there is too little to go by: no parameter with more than one value,
    ///   fewer than four different hyperparameters, or costs that are all the same.
    /// - SeeAlso: Hutter, Hoos and Leyton-Brown, "An Efficient Approach for Assessing
    ///   Hyperparameter Importance", 2014.
    package func importances(definition: Int) -> [ParameterImportance]? {
        let space = specification.definitions[definition].searchSpace
        let usable = trials.filter { $0.definition == definition && $0.isUsable }
            .compactMap { trial in trial.cost.map { (tuned: trial.tuned, cost: $0) } }
        let count = min(usable.count, Self.importanceTrialCountMax)
        let chosen = (0..<count).map { usable[$0 * usable.count / count] }
        guard Set(chosen.map(\.tuned)).count >= Self.importancePointCountMin,
            let targets = Self.targets(chosen.map(\.cost.value)),
            let shares = RegressionForest(
                FeatureTable(space, chosen.map(\.tuned), targets: targets)
            ).shares
        else { return nil }
        let sum = shares.reduce(0, +)
        guard sum > 0 else { return nil }
        return zip(space.parameters, shares)
            .map { ParameterImportance(parameter: $0.name, share: $1 / sum) }
            .sorted { ($1.share, $0.parameter) < ($0.share, $1.parameter) }
    }

    /// Costs, cut at the fences, from 0 to 1; `nil` when they are all the same.
    static func targets(_ costs: [Double]) -> [Double]? {
        // Halves, as differences of the largest numbers overflow.
        let halves = costs.map { $0 / 2 }
        let sorted = halves.sorted()
        guard let lowest = sorted.first, let highest = sorted.last, lowest < highest else {
            return nil
        }
        let (lower, upper) = (sorted[sorted.count / 4], sorted[(3 * sorted.count) / 4])
        var (low, high) = (lowest, highest)
        if lower < upper {
            let reach = 1.5 * (upper - lower)
            (low, high) = (max(lowest, lower - reach), min(highest, upper + reach))
        }
        return halves.map { (min(max($0, low), high) - low) / (high - low) }
    }
}

extension FeatureTable {
    /// Takes hyperparameters as points of the unit cube, categories as their numbers.
    fileprivate init(_ space: SearchSpace, _ tuned: [Hyperparameters], targets: [Double]) {
        let points = tuned.map { space.point(for: $0).coordinates }
        let kinds = space.parameters.map { parameter in
            guard case .categorical(let categories) = parameter.domain else { return Kind.numeric }
            return Kind.categorical(count: categories.values.count)
        }
        let columns = space.parameters.indices.map { index in
            points.map { point in
                guard case .categorical(let categories) = space.parameters[index].domain else {
                    return point[index]
                }
                return Double(categories.index(at: point[index]))
            }
        }
        self.init(kinds: kinds, columns: columns, targets: targets)
    }
}
