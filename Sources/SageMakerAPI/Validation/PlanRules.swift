import Tuning

/// How a tuning job searches, and whether what it searches is enough for its limits.
enum PlanRules {
    /// The plan that a config of the wire means.
    static func plan(
        _ config: JSONValue?, definitions: [TrainingJobDefinition], tags: [Tag],
        problems: inout Problems
    ) -> TuningPlan {
        let method: SearchMethod
        switch config?["Strategy"]?.string {
        case "Hyperband":
            return HyperbandRules.plan(
                config, definitions: definitions, tags: tags, problems: &problems
            ).map(TuningPlan.hyperband) ?? .fullTraining(.random)
        case "Grid": method = .grid(GridLevelsTag.levels(in: tags, problems: &problems))
        case "Sobol": method = .quasiRandom
        case "Bayesian": method = .bayesian
        default: method = .random
        }
        guard config?["TrainingJobEarlyStoppingType"]?.string == "Auto" else {
            return .fullTraining(method)
        }
        if definitions.count > 1 {
            problems.add(
                "TrainingJobEarlyStoppingType Auto is only for a single TrainingJobDefinition; "
                    + "use Off.")
        }
        return .medianStopping(method)
    }

    /// Compares the number of combinations with the number of training jobs asked for.
    static func checkCombinations(
        _ definitions: [TrainingJobDefinition], plan: TuningPlan, countMax: Int?,
        problems: inout Problems
    ) {
        switch plan.method {
        case .grid(let levels):
            checkGrid(definitions, levels, countMax: countMax, problems: &problems)
        case .random, .quasiRandom, .bayesian:
            guard let countMax, let combinations = combinationCount(definitions),
                combinations < countMax
            else { return }
            problems.add(
                "You don't have enough combinations of hyperparameter ranges. The total number of "
                    + "hyperparameter combinations for the provided ranges "
                    + "[\(Double(combinations))] must be equal or greater than the value of "
                    + "MaxNumberOfJobs, [\(countMax)]. Provide additional ranges.")
        case .single: break
        }
    }

    private static func checkGrid(
        _ definitions: [TrainingJobDefinition], _ levels: GridLevels, countMax: Int?,
        problems: inout Problems
    ) {
        var total = 0
        for definition in definitions {
            do {
                let grid = try Grid(definition.searchSpace, levels: levels)
                total = total.addingReportingOverflow(grid.combinationCount).partialValue
            } catch {
                problems.add(error.description)
                return
            }
        }
        if let countMax, countMax != total {
            problems.add(
                "With Strategy Grid, MaxNumberOfTrainingJobs [\(countMax)] must equal the number "
                    + "of hyperparameter combinations [\(total)], or be left out.")
        }
    }

    private static func combinationCount(_ definitions: [TrainingJobDefinition]) -> Int? {
        var total = 0
        for definition in definitions {
            guard let count = definition.searchSpace.combinationCount else { return nil }
            let (sum, overflow) = total.addingReportingOverflow(count)
            if overflow { return nil }
            total = sum
        }
        return total
    }
}
