import Tuning

/// What can go wrong with a request on its way.
package enum Fault: String, CaseIterable, Sendable {
    /// Refused, as too many requests came.
    case throttled
    /// Refused, as the service is overloaded.
    case unavailable
    /// Refused, as the service has a defect.
    case failed
    /// Performed twice, as if a proxy had repeated it; the second answer is given.
    case duplicated
    /// Performed, and the connection closed without an answer.
    case lost
    /// Answered late.
    case delayed
    /// Refused, as its credentials have expired.
    case expired
}

/// What goes wrong with the requests of an operation, and how often.
package struct FaultRule: Hashable, Sendable {
    /// How late answers are.
    package struct Delay: Hashable, Sendable {
        /// The shortest, in seconds.
        let secondsMin: Double
        /// The longest, in seconds; all between are as probable.
        let secondsMax: Double
        /// How many answers are late.
        let probability: Double
    }

    /// The longest delay, in seconds.
    static let delaySecondsMax = 3_600.0

    /// The faults that are only a question of probability.
    static let chances: [Fault] = [.throttled, .unavailable, .failed, .duplicated, .lost]

    /// How probable each fault is; those left out never happen.
    private(set) var probabilities: [Fault: Double] = [:]
    /// How late answers are; `nil` when they are not.
    private(set) var delay: Delay?

    /// Nothing goes wrong.
    init() {}

    /// Reads a rule.
    ///
    /// - Parameters:
    ///   - base: Holds for what the rule does not name.
    ///   - path: Where the rule stands.
    init(_ value: JSONValue, over base: FaultRule, at path: String) throws(FaultPlanError) {
        guard let members = value.object else { throw FaultPlanError(path, "must be an object") }
        self = base
        for (name, value) in members.sorted(by: { $0.key < $1.key }) {
            let place = "\(path).\(name)"
            if name == "delay" {
                delay = try Delay(value, at: place)
            } else if let fault = Fault(rawValue: name), Self.chances.contains(fault) {
                probabilities[fault] = try value.probability(at: place)
            } else {
                let names = Self.chances.map(\.rawValue).joined(separator: ", ")
                throw FaultPlanError(place, "is no fault; there are \(names), delay")
            }
        }
    }
}

extension FaultRule.Delay {
    fileprivate init(_ value: JSONValue, at path: String) throws(FaultPlanError) {
        let members = value.object ?? ["seconds": value]
        for name in members.keys where !["seconds", "from", "to", "probability"].contains(name) {
            throw FaultPlanError(
                "\(path).\(name)", "means nothing; there are seconds, from, to, probability")
        }
        let seconds = value.object == nil ? value : value["seconds"]
        let shortest = try (seconds ?? value["from"] ?? 0).seconds(at: path)
        let longest = try (seconds ?? value["to"] ?? 0).seconds(at: path)
        guard seconds != nil || value["to"] != nil, shortest <= longest,
            seconds == nil || (value["from"] == nil && value["to"] == nil)
        else {
            throw FaultPlanError(
                path, "must be seconds, or have seconds, or from and a larger to")
        }
        probability = try (value["probability"] ?? 1).probability(at: "\(path).probability")
        (secondsMin, secondsMax) = (shortest, longest)
    }
}

/// Why a plan of faults was refused.
package struct FaultPlanError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong, where, and what would be right.
    package let description: String

    init(_ path: String, _ problem: String) {
        description = "\(path) \(problem)"
    }
}

extension JSONValue {
    fileprivate func probability(at path: String) throws(FaultPlanError) -> Double {
        guard let number, 0 <= number, number <= 1 else {
            throw FaultPlanError(path, "must be a probability from 0 to 1")
        }
        return number
    }

    fileprivate func seconds(at path: String) throws(FaultPlanError) -> Double {
        guard let number, 0 <= number, number <= FaultRule.delaySecondsMax else {
            throw FaultPlanError(
                path, "must be seconds from 0 to \(Int(FaultRule.delaySecondsMax))")
        }
        return number
    }
}
