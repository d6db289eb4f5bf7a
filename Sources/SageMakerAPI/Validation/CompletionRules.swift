import Tuning

/// When a tuning job has found enough: its `TuningJobCompletionCriteria`.
enum CompletionRules {
    /// Reads criteria whose shape has been checked.
    ///
    /// - Parameter objectives: Those of the definitions; a target means the same for all of them.
    static func criteria(
        _ config: JSONValue?, objectives: [Objective], problems: inout Problems
    ) -> CompletionCriteria {
        let criteria = config?["TuningJobCompletionCriteria"]
        let stalled = criteria?["BestObjectiveNotImproving"]
        let converged = criteria?["ConvergenceDetected"]?["CompleteOnConvergence"]
        return CompletionCriteria(
            targetCost: targetCost(
                criteria?["TargetObjectiveMetricValue"]?.number, objectives: objectives,
                problems: &problems),
            notImprovingCountMax: stalled?["MaxNumberOfTrainingJobsNotImproving"]?.integer,
            completesOnConvergence: converged?.string == "Enabled")
    }

    private static func targetCost(
        _ target: Double?, objectives: [Objective], problems: inout Problems
    ) -> Cost? {
        guard let target else { return nil }
        if Set(objectives).count > 1 {
            problems.add(
                "TuningJobCompletionCriteria: TargetObjectiveMetricValue needs definitions with "
                    + "the same objective; leave it out.")
        }
        guard let cost = objectives.first?.cost(of: target) else {
            if !target.isFinite {
                problems.add(
                    "TuningJobCompletionCriteria: TargetObjectiveMetricValue must be finite.")
            }
            return nil
        }
        return cost
    }
}
