import Tuning

/// What a `mock:` image asks for: a function and how training jobs approach it.
///
///     mock:FUNCTION?OPTION=VALUE&OPTION=VALUE
///
/// `epochs` (1), `seconds` per epoch (0), standard deviation of the `noise` of each report (0),
/// probability of `failures` (0) and their `cause` (`algorithm`, or `internal`, which is tried
/// again), seconds of `startup` (0), and the `seed` of noise, failures and interruptions (0).
///
/// With managed spot training also the probability of `interruptions` before each epoch but the
/// first (0), and seconds of waiting for `capacity`, at first and after each interruption (0).
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
    /// The standard deviation of the error of each report.
    private(set) var noise = 0.0
    /// The probability that an attempt fails.
    private(set) var failureProbability = 0.0
    /// Whose fault failures are.
    private(set) var failureCause = TrainingFailure.Cause.algorithm
    /// How long it takes until training begins.
    private(set) var startupDuration = Duration.zero
    /// The probability that spot capacity is taken away before an epoch.
    private(set) var interruptionProbability = 0.0
    /// How long it takes until there is spot capacity.
    private(set) var capacityDuration = Duration.zero
    /// Where noise and failures start.
    private(set) var seed: UInt64 = 0

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
    }

    /// Takes an option; says what would be right when it cannot.
    private mutating func take(_ name: Substring, _ text: String) -> String? {
        let number = Double(wire: text)
        switch name {
        case "epochs":
            guard let count = Int(text), 1 <= count, count <= Self.epochCountMax else {
                return "must be a whole number from 1 to \(Self.epochCountMax)"
            }
            epochCount = count
        case "seconds", "startup", "capacity":
            guard let number, 0 <= number, number <= Self.secondsMax else {
                return "must be a number of seconds from 0 to \(Int(Self.secondsMax))"
            }
            switch name {
            case "seconds": epochDuration = .seconds(number)
            case "startup": startupDuration = .seconds(number)
            default: capacityDuration = .seconds(number)
            }
        case "noise":
            guard let number, 0 <= number else { return "must be a number from 0 on" }
            noise = number
        case "failures", "interruptions":
            guard let number, 0 <= number, number <= 1 else {
                return "must be a probability from 0 to 1"
            }
            if name == "failures" {
                failureProbability = number
            } else {
                interruptionProbability = number
            }
        case "cause":
            guard let cause = TrainingFailure.Cause(rawValue: text) else {
                return "must be algorithm or internal"
            }
            failureCause = cause
        case "seed":
            guard let number = UInt64(text) else { return "must be a whole number from 0 on" }
            seed = number
        default:
            return "unknown; the options are epochs, seconds, noise, failures, cause, startup, "
                + "interruptions, capacity, seed"
        }
        return nil
    }
}

/// Why an image cannot be simulated.
struct SimulatedImageError: Error, Hashable, CustomStringConvertible {
    /// What is wrong and what would be right.
    let description: String

    fileprivate init(_ image: String, _ problem: String) {
        description = "Training image '\(image)': \(problem)."
    }
}
