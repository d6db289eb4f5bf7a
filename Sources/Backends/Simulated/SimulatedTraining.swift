import Foundation
import Tuning

/// What a `mock:` image asks for: a function and how training jobs approach it.
///
///     mock:FUNCTION?OPTION=VALUE&OPTION=VALUE
///
/// `epochs` (1), `seconds` per epoch (0), seconds of `startup` (0) and the `spread` of both (0): a
/// half lets an attempt take from half as long to half as long again. Standard deviation of the
/// `noise` of each report (0).
///
/// Probability of `failures` (0), their `cause` (`algorithm`, or `internal`, which is tried again),
/// the epoch they come in, `failureEpoch` (any), and their `reason`, percent-encoded. Probability
/// of `capacityErrors` when the machine is asked for (what the rules say, or 0).
///
/// With managed spot training also the probability of `interruptions` before each epoch but the
/// first (0), and seconds of waiting for `capacity`, at first and after each interruption (0).
///
/// All that is left to chance starts from the `seed` (0).
struct SimulatedTraining: Hashable, Sendable {
    /// What every simulated image begins with.
    static let scheme = "mock:"
    /// The most epochs a training job can have.
    static let epochCountMax = 1_000_000
    /// The longest epoch or startup, in seconds: a year.
    static let secondsMax = 31_536_000.0

    /// What is reached in the end.
    let function: SimulatedFunction
    /// How many reports there are.
    private(set) var epochCount = 1
    /// How long an epoch takes.
    private(set) var epochDuration = Duration.zero
    /// How much longer or shorter than said an attempt may take, in parts of it: from 0 to 1.
    private(set) var spread = 0.0
    /// The standard deviation of the error of each report.
    private(set) var noise = 0.0
    /// The probability that an attempt fails.
    private(set) var failureProbability = 0.0
    /// Whose fault failures are.
    private(set) var failureCause = TrainingFailure.Cause.algorithm
    /// The epoch that failures come in, from 1; `nil` for any.
    private(set) var failureEpoch: Int?
    /// What failures say; `nil` for how far they came.
    private(set) var failureReason: String?
    /// The probability that there is no machine for an attempt; `nil` leaves it to the rules.
    var capacityErrorProbability: Double?
    /// How long it takes until training begins.
    private(set) var startupDuration = Duration.zero
    /// The probability that spot capacity is taken away before an epoch.
    private(set) var interruptionProbability = 0.0
    /// How long it takes until there is spot capacity.
    private(set) var capacityDuration = Duration.zero
    /// Where all that is left to chance starts.
    var seed: UInt64 = 0

    /// Reads an image.
    init(image: String) throws(SimulatedImageError) {
        guard image.hasPrefix(Self.scheme) else {
            throw SimulatedImageError(image, "must begin with '\(Self.scheme)'")
        }
        let parts = image.dropFirst(Self.scheme.count).split(
            separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(parts[0])
        guard let function = SimulatedFunction(rawValue: name) else {
            let names = SimulatedFunction.allCases.map(\.rawValue).joined(separator: ", ")
            throw SimulatedImageError(image, "function '\(name)' must be one of \(names)")
        }
        self.function = function
        guard parts.count == 2 else { return }
        var seen: Set<Substring> = []
        for option in parts[1].split(separator: "&", omittingEmptySubsequences: false) {
            let pair = option.split(
                separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard pair.count == 2 else {
                throw SimulatedImageError(image, "option '\(option)' must be written NAME=VALUE")
            }
            guard seen.insert(pair[0]).inserted else {
                throw SimulatedImageError(image, "option '\(pair[0])' is given twice")
            }
            if let expected = take(pair[0], String(pair[1])) {
                throw SimulatedImageError(image, "option '\(option)': \(expected)")
            }
        }
        if let failureEpoch, failureEpoch > epochCount {
            throw SimulatedImageError(
                image, "failureEpoch \(failureEpoch) must be one of the \(epochCount) epochs")
        }
    }
}

// MARK: - Options

extension SimulatedTraining {
    /// Takes an option; says what would be right when it cannot.
    private mutating func take(_ name: Substring, _ text: String) -> String? {
        switch name {
        case "epochs": return take(epoch: text) { $0.epochCount = $1 }
        case "failureEpoch": return take(epoch: text) { $0.failureEpoch = $1 }
        case "seconds": return take(seconds: text) { $0.epochDuration = $1 }
        case "startup": return take(seconds: text) { $0.startupDuration = $1 }
        case "capacity": return take(seconds: text) { $0.capacityDuration = $1 }
        case "failures": return take(part: text) { $0.failureProbability = $1 }
        case "interruptions": return take(part: text) { $0.interruptionProbability = $1 }
        case "capacityErrors": return take(part: text) { $0.capacityErrorProbability = $1 }
        case "spread": return take(part: text) { $0.spread = $1 }
        case "noise":
            guard let number = Double(wire: text), 0 <= number else {
                return "must be a number from 0 on"
            }
            noise = number
        case "cause":
            guard let cause = TrainingFailure.Cause(rawValue: text) else {
                return "must be algorithm or internal"
            }
            failureCause = cause
        case "reason":
            guard let reason = text.removingPercentEncoding else {
                return "must be percent-encoded"
            }
            failureReason = reason
        case "seed":
            guard let number = UInt64(text) else { return "must be a whole number from 0 on" }
            seed = number
        default:
            return "unknown; the options are epochs, seconds, startup, spread, noise, failures, "
                + "cause, failureEpoch, reason, capacityErrors, interruptions, capacity, seed"
        }
        return nil
    }

    private mutating func take(
        epoch text: String, _ set: (inout SimulatedTraining, Int) -> Void
    ) -> String? {
        guard let count = Int(text), 1 <= count, count <= Self.epochCountMax else {
            return "must be a whole number from 1 to \(Self.epochCountMax)"
        }
        set(&self, count)
        return nil
    }

    private mutating func take(
        seconds text: String, _ set: (inout SimulatedTraining, Duration) -> Void
    ) -> String? {
        guard let number = Double(wire: text), 0 <= number, number <= Self.secondsMax else {
            return "must be a number of seconds from 0 to \(Int(Self.secondsMax))"
        }
        set(&self, .seconds(number))
        return nil
    }

    private mutating func take(
        part text: String, _ set: (inout SimulatedTraining, Double) -> Void
    ) -> String? {
        guard let number = Double(wire: text), 0 <= number, number <= 1 else {
            return "must be a probability from 0 to 1"
        }
        set(&self, number)
        return nil
    }
}

/// Why an image cannot be simulated.
struct SimulatedImageError: Error, Hashable, CustomStringConvertible {
    /// What is wrong and what would be right.
    let description: String

    init(variable: String, _ error: SimulatedImageError) {
        description = "Environment variable \(variable): \(error.description)"
    }

    fileprivate init(_ image: String, _ problem: String) {
        description = "Training image '\(image)': \(problem)."
    }
}
