import Foundation
import Tuning

/// A search for the parameters that make a closure's result best.
///
///     let experiment = try Experiment(
///         "digits", .minimize,
///         .real("rate", in: 1e-4...1), .integer("units", in: 8...128),
///         trials: 40, parallel: 4)
///     let result = try await experiment.run { trial, rate, units in
///         try await train(rate: rate, units: units) { try await trial.report($0) }
///     }
///     print(result.best)
///
/// The closure gets a value of each parameter, in their order and of their types.
public struct Experiment<each Value: Sendable>: Sendable {
    /// What is searched, and how.
    package let plan: ExperimentPlan

    /// Describes an experiment; nothing runs yet.
    ///
    /// - Parameters:
    ///   - name: Up to 32 letters, digits and hyphens between them.
    ///   - direction: Which way is better.
    ///   - tunables: The parameters; at least one.
    ///   - strategy: How values are chosen.
    ///   - trials: How many trials there are; at least one.
    ///   - parallel: How many run at once; at least one.
    ///   - target: The result that ends the experiment once a trial has it.
    ///   - seed: Decides all that is random: with the same seed and one trial at a time the same
    ///     values are tried in the same order. Drawn unless given.
    ///   - location: Where trials and decisions are kept.
    /// - Throws: `SearchSpaceError`; `ExperimentError` for other values that make no sense.
    public init(
        _ name: String, _ direction: Objective.Direction, _ tunables: repeat Tunable<each Value>,
        strategy: ExperimentStrategy = .bayesian, trials: Int, parallel: Int = 1,
        target: Double? = nil, seed: UInt64? = nil, location: ExperimentLocation = .memory
    ) throws {
        var erased: [AnyTunable] = []
        repeat erased.append(AnyTunable(each tunables))
        plan = try ExperimentPlan(
            name, direction, erased, strategy: strategy, trials: trials, parallel: parallel,
            target: target, seed: seed, location: location)
    }

    /// The name.
    public var name: String { plan.specification.name }
}

/// Where an experiment keeps its trials and decisions.
public enum ExperimentLocation: Hashable, Sendable {
    /// Nowhere: all is gone with the run.
    case memory
    /// In a directory, which may hold many experiments. A run that was interrupted goes on,
    /// whatever interrupted it, and `tuner` shows it: `tuner describe NAME --data DIRECTORY`.
    case directory(URL)
}
