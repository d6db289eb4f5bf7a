import Tuning

/// How an experiment chooses what to try, and what it stops early.
public struct ExperimentStrategy: Hashable, Sendable {
    let plan: TuningPlan

    /// A model of what was seen says what to try next.
    public static let bayesian = ExperimentStrategy(plan: .fullTraining(.bayesian))
    /// Independent draws.
    public static let random = ExperimentStrategy(plan: .fullTraining(.random))
    /// Points that fill the space evenly.
    public static let quasiRandom = ExperimentStrategy(plan: .fullTraining(.quasiRandom))

    /// Every combination of a few levels of each parameter.
    ///
    /// - Parameter levels: How many of each real parameter, and of each integer one with more; at
    ///   least one.
    public static func grid(levels: Int) -> ExperimentStrategy {
        ExperimentStrategy(plan: .fullTraining(.grid(GridLevels(standard: levels))))
    }

    /// Trials are compared after 1, 3, 9 … reports, and only the best third of each goes on.
    ///
    /// - Parameters:
    ///   - reports: How often a trial reports until its end; from 1 to 20,000.
    ///   - least: How many reports every trial may make; from 1 to `reports`.
    /// - Throws: `ExperimentError.reports` for other numbers.
    public static func hyperband(
        reports: Int, least: Int = 1
    ) throws(ExperimentError) -> ExperimentStrategy {
        guard 1 <= least, least <= reports, reports <= HyperbandPlan.resourceLimit.units else {
            throw .reports(reports, least: least)
        }
        return ExperimentStrategy(
            plan: .hyperband(
                HyperbandPlan(
                    resourceMin: Resource(least), resourceMax: Resource(reports),
                    endsByItself: true)))
    }

    /// The same, and trials are stopped that fall behind the median of those before them; Hyperband
    /// as it is, for it stops trials by its own rule.
    public var stoppingBelowMedian: ExperimentStrategy {
        guard case .fullTraining(let method) = plan else { return self }
        return ExperimentStrategy(plan: .medianStopping(method))
    }
}
