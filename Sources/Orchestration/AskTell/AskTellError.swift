import Tuning

/// Why a line of the ask-and-tell protocol was refused.
package enum AskTellError: Error, Hashable, Sendable {
    case notAnObject
    case member(String, expected: String)
    case unknownOperation(String)
    case unknownStrategy(String)
    case unknownID(Trial.ID)
    case notRunning(Trial.ID, state: String)
    case stepNotIncreasing(Trial.ID, step: Int, last: Int)
    case searchSpace(SearchSpaceError)
    case strategy(reason: String)

    /// The name of the case; never changes.
    package var code: String {
        switch self {
        case .notAnObject: "not_an_object"
        case .member: "member"
        case .unknownOperation: "unknown_operation"
        case .unknownStrategy: "unknown_strategy"
        case .unknownID: "unknown_id"
        case .notRunning: "not_running"
        case .stepNotIncreasing: "step_not_increasing"
        case .searchSpace(let error): error.code
        case .strategy: "strategy"
        }
    }
}

// MARK: - CustomStringConvertible

extension AskTellError: CustomStringConvertible {
    /// What is wrong, where, and what would be right.
    package var description: String {
        switch self {
        case .notAnObject:
            "The line is not a JSON object."
        case .member(let name, let expected):
            "Member '\(name)' must be \(expected)."
        case .unknownOperation(let name):
            "Operation '\(name)' is unknown; use ask, tell, inject or close."
        case .unknownStrategy(let name):
            "Strategy '\(name)' is unknown; use Bayesian, Hyperband, Random, Sobol or Grid."
        case .unknownID(let id):
            "Configuration \(id) was never handed out."
        case .notRunning(let id, let state):
            "Configuration \(id) \(state); nothing more can be told about it."
        case .stepNotIncreasing(let id, let step, let last):
            "Configuration \(id): step \(step) must be above the last one, \(last)."
        case .searchSpace(let error):
            error.description
        case .strategy(let reason):
            "The strategy has no suggestion: \(reason)"
        }
    }
}
