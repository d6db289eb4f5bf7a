import Foundation
import Tuning

/// The course of one attempt, epoch by epoch: a function of its ID, its hyperparameters and the
/// image's seed alone, so that attaching to it after a crash goes on with the same numbers.
struct SimulatedCourse: Sendable {
    /// How many epochs end with a report before it fails; `nil` when it does not fail.
    let failureEpoch: Int?
    /// Whether there is no machine for it.
    let lacksCapacity: Bool
    /// How long each of its epochs takes.
    let epochDuration: Duration
    /// How long it takes until training begins.
    let startupDuration: Duration
    /// Where its chance starts.
    let seed: UInt64
    /// What is reported first of all metrics: the objective's, or else the first that is defined.
    private let metric: MetricName
    /// What else is reported.
    private let others: [MetricName]
    private let training: SimulatedTraining
    private let finalValue: Double

    /// The course of an attempt.
    init(_ attempt: Attempt, _ training: SimulatedTraining) {
        self.training = training
        finalValue = Self.value(of: training.function, attempt)
        let definition = attempt.definition
        let names = definition.metrics.map(\.name)
        let metric = definition.objective?.metric ?? names.first ?? "objective"
        self.metric = metric
        others = names.filter { $0 != metric }
        let seed = Self.seed(of: attempt, training)
        var random = SeededGenerator(seed: seed)
        self.seed = random.next()
        let fails = random.nextUnit() < training.failureProbability
        let anyEpoch = Int.random(in: 1...training.epochCount, using: &random)
        failureEpoch = fails ? (training.failureEpoch ?? anyEpoch) - 1 : nil
        // From a generator of their own, so that they change nothing of the others.
        var circumstances = SeededGenerator(seed: seed, ordinal: 1)
        lacksCapacity = circumstances.nextUnit() < training.capacityErrorProbability ?? 0
        let pace = 1 + training.spread * (2 * circumstances.nextUnit() - 1)
        let isExact = training.spread == 0
        epochDuration = isExact ? training.epochDuration : training.epochDuration * pace
        startupDuration = isExact ? training.startupDuration : training.startupDuration * pace
    }

    /// All that is reported at the end of an epoch, from 1.
    func values(atEpoch epoch: Int) -> [MetricName: Double] {
        var values = [metric: value(atEpoch: epoch)]
        let progress = Double(epoch) / Double(training.epochCount)
        for name in others {
            values[name] = SimulatedMetric(name, seed: seed).value(at: progress)
        }
        return values
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

    /// Where the chance of an attempt starts: at its ID, but for what tells tuning jobs of the same
    /// name apart, so that the same requests have the same course.
    private static func seed(of attempt: Attempt, _ training: SimulatedTraining) -> UInt64 {
        var name = attempt.id.trainingJob
        if attempt.definition.objective != nil, let dash = name.lastIndex(of: "-"),
            name[dash...].utf8.count == 9, UInt32(name[dash...].dropFirst(), radix: 16) != nil
        {
            name = String(name[..<dash])
        }
        return training.seed ^ "\(name)/\(attempt.id.number)".stableHash
    }
}

extension SeededGenerator {
    /// A standard normal number, by the method of Box and Muller.
    fileprivate mutating func nextNormal() -> Double {
        let radius = (-2 * log(1 - nextUnit())).squareRoot()
        return radius * cos(2 * .pi * nextUnit())
    }
}
