import Tuning

/// Why an experiment cannot be described, or came to no result.
public enum ExperimentError: Error, Hashable, Sendable {
    /// The name is not one that an experiment may have.
    case name(String)
    /// A number that must be at least one is less.
    case count(String, Int)
    /// There is nothing to tune.
    case noParameters
    /// The numbers of reports make no Hyperband.
    case reports(Int, least: Int)
    /// The directory has another experiment of the name.
    case another(name: String)
    /// Stored values are none of this experiment's parameters.
    case notOfThisSpace(name: String)
    /// No trial came to a result.
    case failed(reason: String)
    /// The experiment is over, and takes in nothing more.
    case over(name: String)
    /// Something was told about a trial that was never asked for.
    case unknownTrial(Trial.ID)
    /// Something was told about a trial that does not run.
    case notRunning(Trial.ID, state: String)
    /// A report has a step that is not above the last.
    case stepNotIncreasing(Trial.ID, step: Int, last: Int)
    /// The strategy has no suggestion.
    case strategy(reason: String)
}

extension ExperimentError: CustomStringConvertible {
    /// What is wrong and what would be right.
    public var description: String {
        switch self {
        case .name(let name):
            "'\(name)' is no name of an experiment; it must be 1 to 32 letters, digits and "
                + "hyphens, and begin and end with a letter or digit."
        case .count(let what, let count): "\(what) is \(count); it must be at least 1."
        case .noParameters: "There is nothing to tune; give at least one parameter."
        case .reports(let reports, let least):
            "Hyperband with \(reports) reports, \(least) of them by every trial: there must be "
                + "at most \(HyperbandPlan.resourceLimit.units), and 1 to all by every trial."
        case .another(let name):
            "The directory has another experiment called '\(name)'; give this one another name, "
                + "or another directory."
        case .notOfThisSpace(let name):
            "Stored trials of '\(name)' have values that its parameters cannot have."
        case .failed(let reason): "No trial came to a result. The first: \(reason)"
        case .over(let name):
            "The experiment '\(name)' is over; begin one of another name."
        case .unknownTrial(let trial): "Trial \(trial) was never asked for."
        case .notRunning(let trial, let state):
            "Trial \(trial) \(state); nothing more can be told about it."
        case .stepNotIncreasing(let trial, let step, let last):
            "Trial \(trial): step \(step) must be above the last one, \(last)."
        case .strategy(let reason): "The strategy has no suggestion: \(reason)"
        }
    }
}
