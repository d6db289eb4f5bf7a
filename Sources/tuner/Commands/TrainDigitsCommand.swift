import ArgumentParser
import DigitsTraining
import Foundation

/// Trains a network on the handwritten digits: the training program of `tuner demo`.
///
/// Prints a line after every epoch. Exits with 0 when it is done, with 2 when an option is wrong,
/// and with 1 when the network cannot be saved. SIGTERM ends it at once, like any program without
/// work to save.
struct TrainDigitsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train-digits",
        abstract: "Train a small neural network on handwritten digits.",
        discussion: "Its options have the names of hyperparameters, as a training job passes them.",
        shouldDisplay: false)

    @Option(name: .customLong("learning_rate"), help: "Step of gradient descent.")
    var learningRate = 0.1
    @Option(name: .customLong("hidden_units"), help: "Units of every hidden layer.")
    var hiddenUnits = 32
    @Option(name: .customLong("hidden_layers"), help: "Hidden layers, 1 or 2.")
    var hiddenLayers = 1
    @Option(name: .customLong("batch_size"), help: "Images a step learns from.")
    var batchSize = 32
    @Option(name: .customLong("momentum"), help: "The share of the last step that is repeated.")
    var momentum = 0.9
    @Option(name: .customLong("weight_decay"), help: "What large weights cost.")
    var weightDecay = 1e-4
    @Option(name: .customLong("epochs"), help: "Passes over the training images.")
    var epochs = 10
    @Option(name: .customLong("activation"), help: "The function of hidden units.")
    var activation = Activation.relu
    @Option(name: .customLong("seed"), help: "Decides first weights and the order of images.")
    var seed: UInt64 = 0
    @Option(
        name: .customLong("model"),
        help: "Where to save the network as JSON; by default model.json in $SM_MODEL_DIR, if set.")
    var model: String?

    func run() throws {
        let trainer = DigitsTrainer(try options())
        let network = trainer.train { report in
            print(report)
            // Whoever reads this through a pipe decides by it whether to go on.
            fflush(nil)
        }
        guard let path = modelPath else { return }
        do {
            try network.jsonData().write(to: URL(filePath: path), options: .atomic)
        } catch {
            Self.complain("cannot save the network as '\(path)': \(error.localizedDescription)")
            throw ExitCode(1)
        }
    }

    private func options() throws -> TrainingOptions {
        do {
            return try TrainingOptions(
                learningRate: learningRate, hiddenUnits: hiddenUnits, hiddenLayers: hiddenLayers,
                batchSize: batchSize, momentum: momentum, weightDecay: weightDecay, epochs: epochs,
                activation: activation, seed: seed)
        } catch {
            Self.complain(error.description)
            throw ExitCode(2)
        }
    }

    private var modelPath: String? {
        if let model { return model }
        guard let directory = ProcessInfo.processInfo.environment["SM_MODEL_DIR"] else {
            return nil
        }
        return URL(filePath: directory).appending(path: "model.json").path
    }

    private static func complain(_ message: String) {
        StandardStreams.tell("tuner train-digits: \(message)\n")
    }
}

extension Activation: ExpressibleByArgument {}
