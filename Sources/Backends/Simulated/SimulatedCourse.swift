import Foundation
import Tuning

/// The course of one attempt, epoch by epoch: a function of its ID, its hyperparameters and the
/// image's seed alone, so that attaching to it after a crash goes on with the same numbers.
struct SimulatedCourse: Sendable {
    /// How many epochs end with a report before it fails; `nil` when it does not fail.
    let failureEpoch: Int?
    private let training: SimulatedTraining
    private let finalValue: Double
    private let seed: UInt64

    /// The course of an attempt.
    init(_ attempt: Attempt, _ training: SimulatedTraining) {
        self.training = training
        finalValue = Self.value(of: training.function, attempt)
        var random = SeededGenerator(seed: training.seed ^ Self.hash("\(attempt.id)"))
        seed = random.next()
        failureEpoch =
            random.nextUnit() < training.failureProbability
            ? Int.random(in: 0..<training.epochCount, using: &random) : nil
    }

    /// Whether spot capacity is taken away before an epoch, from 1; never before the first.
    func isInterrupted(beforeEpoch epoch: Int) -> Bool {
        guard epoch > 1, training.interruptionProbability > 0 else { return false }
        var random = SeededGenerator(seed: ~seed, ordinal: epoch)
        return random.nextUnit() < training.interruptionProbability
    }

    /// What is reported at the end of an epoch, from 1.
    ///
    /// Without noise the values fall from the first report on, quickly at first, to the function's
    /// value in the last one.
    func value(atEpoch epoch: Int) -> Double {
        let progress = Double(epoch) / Double(training.epochCount)
        let gap = (exp(-4 * progress) - exp(-4)) / (1 - exp(-4))
        let value = finalValue + gap * (1 + abs(finalValue))
        guard training.noise > 0 else { return value }
        var random = SeededGenerator(seed: seed, ordinal: epoch)
        return value + training.noise * random.nextNormal()
    }
}

// MARK: - Inputs

extension SimulatedCourse {
    /// The function's value for an attempt's hyperparameters.
    ///
    /// The numeric parameters that are searched are the inputs, as they are, in the order of their
    /// names. Where nothing is searched, all hyperparameters that are numbers are. Each categorical
    /// parameter adds a tenth of its value's index, so that its first value is best.
    private static func value(of function: SimulatedFunction, _ attempt: Attempt) -> Double {
        let parameters = attempt.definition.searchSpace.parameters
        guard !parameters.isEmpty else {
            let numbers = attempt.hyperparameters.sorted { $0.key < $1.key }
                .compactMap { Double(wire: $0.value) }
            return function.value(at: numbers)
        }
        var inputs: [Double] = []
        var offset = 0.0
        for parameter in parameters.sorted(by: { $0.name < $1.name }) {
            guard let text = attempt.hyperparameters[parameter.name] else { continue }
            if case .categorical(let categories) = parameter.domain {
                offset += 0.1 * Double(categories.values.firstIndex(of: text) ?? 0)
            } else if let number = Double(wire: text) {
                inputs.append(number)
            }
        }
        return function.value(at: inputs) + offset
    }

    /// The same for the same text on every machine (FNV-1a).
    private static func hash(_ text: String) -> UInt64 {
        text.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }
}

extension SeededGenerator {
    /// A standard normal number, by the method of Box and Muller.
    fileprivate mutating func nextNormal() -> Double {
        let radius = (-2 * log(1 - nextUnit())).squareRoot()
        return radius * cos(2 * .pi * nextUnit())
    }
}
