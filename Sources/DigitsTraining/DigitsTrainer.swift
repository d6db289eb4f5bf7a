/// Trains a network on the handwritten digits by gradient descent on minibatches.
public struct DigitsTrainer: Sendable {
    /// What was chosen about training.
    public let options: TrainingOptions
    private let training: HandwrittenDigits
    private let validation: HandwrittenDigits

    /// Trains on the data set's training images and validates on the others.
    public init(_ options: TrainingOptions) {
        self.init(options, training: .training, validation: .validation)
    }

    init(
        _ options: TrainingOptions, training: HandwrittenDigits, validation: HandwrittenDigits
    ) {
        self.options = options
        self.training = training
        self.validation = validation
    }

    /// Trains from new weights to the last epoch and returns the network.
    ///
    /// The same options give the same numbers. Training that diverges goes on; its loss is NaN or
    /// infinite.
    ///
    /// - Parameter report: Called after every epoch; throwing ends the training.
    public func train(
        report: (EpochReport) throws -> Void
    ) rethrows -> MultilayerPerceptron {
        var course = epochs()
        while let epoch = course.next() { try report(epoch) }
        return course.network
    }

    /// The same training, epoch by epoch: each runs when it is asked for.
    public func epochs() -> TrainingCourse {
        TrainingCourse(options, training: training, validation: validation)
    }
}

/// A network while it is trained: a report for every epoch.
public struct TrainingCourse: Sequence, IteratorProtocol {
    /// The network as it is now.
    public private(set) var network: MultilayerPerceptron
    private let options: TrainingOptions
    private let training: HandwrittenDigits
    private let validation: HandwrittenDigits
    private var random: SplitMix64
    private var velocity: [Double]
    private var order: [Int]
    private var epoch = 0

    fileprivate init(
        _ options: TrainingOptions, training: HandwrittenDigits, validation: HandwrittenDigits
    ) {
        self.options = options
        self.training = training
        self.validation = validation
        random = SplitMix64(seed: options.seed)
        let hidden = [Int](repeating: options.hiddenUnits, count: options.hiddenLayers)
        network = MultilayerPerceptron(
            sizes: [HandwrittenDigits.pixelCount] + hidden + [HandwrittenDigits.classCount],
            activation: options.activation, using: &random)
        velocity = [Double](repeating: 0, count: network.parameters.count)
        order = Array(0..<training.count)
    }

    /// Trains for one epoch; `nil` after the last.
    public mutating func next() -> EpochReport? {
        guard epoch < options.epochs else { return nil }
        epoch += 1
        order.shuffle(using: &random)
        var loss = 0.0
        for start in stride(from: 0, to: order.count, by: options.batchSize) {
            let batch = order[start..<Swift.min(order.count, start + options.batchSize)]
            let (batchLoss, gradient) = network.lossGradient(on: training, images: batch)
            loss += batchLoss * Double(batch.count)
            network.descend(gradient, velocity: &velocity, options)
        }
        return EpochReport(
            epoch: epoch, loss: loss / Double(training.count),
            validationAccuracy: network.accuracy(on: validation))
    }
}

extension MultilayerPerceptron {
    /// Takes one step of gradient descent; biases do not decay.
    fileprivate mutating func descend(
        _ gradient: [Double], velocity: inout [Double], _ options: TrainingOptions
    ) {
        let (rate, momentum) = (options.learningRate, options.momentum)
        parameters.withUnsafeMutableBufferPointer { parameters in
            velocity.withUnsafeMutableBufferPointer { velocity in
                for layer in layers {
                    var index = layer.weightsStart
                    while index < layer.end {
                        let decay = index < layer.biasesStart ? options.weightDecay : 0
                        let slope = gradient[index] + decay * parameters[index]
                        velocity[index] = momentum * velocity[index] - rate * slope
                        parameters[index] += velocity[index]
                        index &+= 1
                    }
                }
            }
        }
    }
}
