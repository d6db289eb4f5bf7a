import Tuning

/// Which simulation stands for which training job.
///
/// The first of these that there is: the environment variable `TUNER_MOCK` of the training job, its
/// own image where that is a `mock:` image, the rule for its image, the standard image.
public struct SimulationRules: Hashable, Sendable {
    /// The environment variable by which a training job says how it is simulated.
    public static let variable = "TUNER_MOCK"

    /// The `mock:` image that stands for every image without a rule.
    public var standardImage: String
    /// `mock:` images by image names, or what these begin with; the longest counts.
    public var images: [String: String]
    /// The probability that there is no machine for a training job.
    public var capacityErrorProbability: Double
    /// The same, for those instance types where it is another.
    public var capacityErrorProbabilities: [String: Double]
    /// Changes all that is left to chance.
    public var seed: UInt64

    /// Takes rules; simulates everything alike unless given.
    public init(
        standardImage: String = "mock:sphere", images: [String: String] = [:],
        capacityErrorProbability: Double = 0, capacityErrorProbabilities: [String: Double] = [:],
        seed: UInt64 = 0
    ) {
        self.standardImage = standardImage
        self.images = images
        self.capacityErrorProbability = capacityErrorProbability
        self.capacityErrorProbabilities = capacityErrorProbabilities
        self.seed = seed
    }

    /// What is wrong with what a definition says about its simulation, in words for the client;
    /// `nil` when it can be simulated.
    public func problem(with definition: TrainingJobDefinition) -> String? {
        do throws(SimulatedImageError) {
            _ = try training(for: definition)
            return nil
        } catch {
            return error.description
        }
    }

    /// How a definition's training jobs go.
    func training(
        for definition: TrainingJobDefinition
    ) throws(SimulatedImageError) -> SimulatedTraining {
        var training = try described(definition)
        training.seed ^= seed
        if training.capacityErrorProbability == nil {
            training.capacityErrorProbability = capacityErrorProbability(of: definition)
        }
        return training
    }

    private func described(
        _ definition: TrainingJobDefinition
    ) throws(SimulatedImageError) -> SimulatedTraining {
        if let image = definition.envelope["Environment"]?[Self.variable]?.string {
            do throws(SimulatedImageError) {
                return try SimulatedTraining(image: image)
            } catch {
                throw SimulatedImageError(variable: Self.variable, error)
            }
        }
        if SimulatedBackend.accepts(image: definition.image) {
            return try SimulatedTraining(image: definition.image)
        }
        let rule = images.filter { definition.image.hasPrefix($0.key) }
            .max { $0.key.count < $1.key.count }
        return try SimulatedTraining(image: rule?.value ?? standardImage)
    }
}

// MARK: - Capacity

extension SimulationRules {
    /// The probability that a definition's training jobs find no machine.
    ///
    /// Of several instance configurations one is enough; of several instance groups all are needed.
    private func capacityErrorProbability(of definition: TrainingJobDefinition) -> Double {
        let envelope = definition.envelope
        let configurations = envelope["HyperParameterTuningResourceConfig"]
        if let choices = configurations?["InstanceConfigs"]?.array, !choices.isEmpty {
            return choices.reduce(1) { $0 * probability(for: $1["InstanceType"]) }
        }
        let resources = configurations ?? envelope["ResourceConfig"]
        if let groups = resources?["InstanceGroups"]?.array, !groups.isEmpty {
            return 1 - groups.reduce(1) { $0 * (1 - probability(for: $1["InstanceType"])) }
        }
        return probability(for: resources?["InstanceType"])
    }

    private func probability(for instanceType: JSONValue?) -> Double {
        instanceType?.string.flatMap { capacityErrorProbabilities[$0] } ?? capacityErrorProbability
    }
}
