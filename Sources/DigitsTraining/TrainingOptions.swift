/// What may be chosen about training, checked on creation.
public struct TrainingOptions: Hashable, Sendable {
    /// Step of gradient descent; above zero.
    public let learningRate: Double
    /// Units of every hidden layer; 1 to 1,024.
    public let hiddenUnits: Int
    /// Hidden layers; 1 or 2.
    public let hiddenLayers: Int
    /// Images a step of gradient descent learns from; at least 1.
    public let batchSize: Int
    /// The share of its last step that a step repeats; 0 up to but not 1.
    public let momentum: Double
    /// What large weights cost, as a share of themselves and a step; at least 0.
    public let weightDecay: Double
    /// Passes over the training images; 1 to 10,000.
    public let epochs: Int
    /// The function of the hidden units.
    public let activation: Activation
    /// Decides the first weights and the order of the images.
    public let seed: UInt64

    /// Checks options; the defaults reach an accuracy of about 0.97.
    ///
    /// - Throws: `TrainingOptionsError` for the first option that is outside its range.
    public init(
        learningRate: Double = 0.1, hiddenUnits: Int = 32, hiddenLayers: Int = 1,
        batchSize: Int = 32, momentum: Double = 0.9, weightDecay: Double = 1e-4,
        epochs: Int = 10, activation: Activation = .relu, seed: UInt64 = 0
    ) throws(TrainingOptionsError) {
        try Self.require(
            learningRate > 0 && learningRate.isFinite, "learning_rate", learningRate,
            "a finite number above 0")
        try Self.require(
            (1...1024).contains(hiddenUnits), "hidden_units", hiddenUnits,
            "a whole number from 1 to 1024")
        try Self.require((1...2).contains(hiddenLayers), "hidden_layers", hiddenLayers, "1 or 2")
        try Self.require(batchSize >= 1, "batch_size", batchSize, "a whole number from 1")
        try Self.require(
            momentum >= 0 && momentum < 1, "momentum", momentum, "a number from 0 to below 1")
        try Self.require(
            weightDecay >= 0 && weightDecay.isFinite, "weight_decay", weightDecay,
            "a finite number from 0")
        try Self.require(
            (1...10_000).contains(epochs), "epochs", epochs, "a whole number from 1 to 10000")
        self.learningRate = learningRate
        self.hiddenUnits = hiddenUnits
        self.hiddenLayers = hiddenLayers
        self.batchSize = batchSize
        self.momentum = momentum
        self.weightDecay = weightDecay
        self.epochs = epochs
        self.activation = activation
        self.seed = seed
    }

    private static func require(
        _ isLegal: Bool, _ option: String, _ value: some CustomStringConvertible,
        _ expected: String
    ) throws(TrainingOptionsError) {
        guard isLegal else {
            throw .outsideRange(option: option, value: value.description, expected: expected)
        }
    }
}

/// Why options were refused.
public enum TrainingOptionsError: Error, Hashable, Sendable {
    /// The option's value is none that it may have.
    case outsideRange(option: String, value: String, expected: String)

    /// The name of the case; never changes.
    public var code: String {
        switch self {
        case .outsideRange: "outside_range"
        }
    }
}

// MARK: - CustomStringConvertible

extension TrainingOptionsError: CustomStringConvertible {
    /// What is wrong, where, and what would be right.
    public var description: String {
        switch self {
        case .outsideRange(let option, let value, let expected):
            "Option '\(option)': value \(value) must be \(expected)."
        }
    }
}
