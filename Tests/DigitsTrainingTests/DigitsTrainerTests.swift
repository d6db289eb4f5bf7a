import Foundation
import Testing

@testable import DigitsTraining

@Suite("Digits trainer")
struct DigitsTrainerTests {
    struct Row: Sendable {
        var learningRate = 0.1
        var hiddenUnits = 32
        var hiddenLayers = 1
        var batchSize = 32
        var activation = Activation.relu
    }

    @Test(
        "Sane options reach an accuracy of 0.95",
        arguments: [
            Row(),
            Row(activation: .tanh),
            Row(learningRate: 0.05, hiddenLayers: 2),
            Row(learningRate: 0.02, hiddenUnits: 48, batchSize: 8),
        ])
    func accuracy(row: Row) throws {
        let options = try TrainingOptions(
            learningRate: row.learningRate, hiddenUnits: row.hiddenUnits,
            hiddenLayers: row.hiddenLayers, batchSize: row.batchSize, activation: row.activation,
            seed: 5)
        var reports: [EpochReport] = []
        let network = DigitsTrainer(options).train { reports.append($0) }
        let last = try #require(reports.last)
        #expect(reports.map(\.epoch) == Array(1...10))
        #expect(last.validationAccuracy >= 0.95)
        #expect(last.validationAccuracy == network.accuracy(on: .validation))
        #expect(last.loss < reports[0].loss / 4)
    }

    @Test("Hyperparameters matter: a tiny learning rate learns little")
    func tinyLearningRate() throws {
        var last = 1.0
        _ = try DigitsTrainer(TrainingOptions(learningRate: 1e-5, epochs: 2)).train {
            last = $0.validationAccuracy
        }
        #expect(last < 0.5)
    }

    @Test("The same options give the same numbers, another seed gives others")
    func determinism() throws {
        func reports(seed: UInt64) throws -> [EpochReport] {
            var reports: [EpochReport] = []
            _ = try DigitsTrainer(TrainingOptions(epochs: 2, seed: seed)).train {
                reports.append($0)
            }
            return reports
        }
        let first = try reports(seed: 3)
        #expect(try reports(seed: 3) == first)
        #expect(try reports(seed: 4) != first)
    }

    @Test("Training that diverges reports it, epoch after epoch, and ends")
    func divergence() throws {
        var reports: [EpochReport] = []
        let network = try DigitsTrainer(TrainingOptions(learningRate: 1e6)).train {
            reports.append($0)
        }
        #expect(reports.count == 10)
        #expect(reports.last?.description.hasPrefix("epoch=10 loss=nan ") == true)
        #expect(String(decoding: try network.jsonData(), as: UTF8.self).contains("\"NaN\""))
    }

    @Test("A report that throws ends the training")
    func throwingReport() throws {
        struct Enough: Error {}
        var epochs = 0
        #expect(throws: Enough.self) {
            _ = try DigitsTrainer(TrainingOptions()).train { _ in
                epochs += 1
                if epochs == 2 { throw Enough() }
            }
        }
        #expect(epochs == 2)
    }

    @Test("A report is one line with names that a regular expression finds")
    func reportLine() {
        let report = EpochReport(epoch: 3, loss: 0.21346, validationAccuracy: 0.954)
        #expect(report.description == "epoch=3 loss=0.2135 validation:accuracy=0.9540")
    }

    @Test("The saved network has the shapes that were asked for")
    func savedNetwork() throws {
        struct Saved: Decodable {
            struct Layer: Decodable {
                let weights: [[Double]]
                let biases: [Double]
            }
            let activation: String
            let layers: [Layer]
        }
        let options = try TrainingOptions(
            hiddenUnits: 5, hiddenLayers: 2, epochs: 1, activation: .tanh)
        let data = try DigitsTrainer(options).train { _ in }.jsonData()
        let saved = try JSONDecoder().decode(Saved.self, from: data)
        #expect(saved.activation == "tanh")
        #expect(saved.layers.map(\.weights.count) == [64, 5, 5])
        #expect(saved.layers.map(\.biases.count) == [5, 5, 10])
        #expect(saved.layers.map { $0.weights[0].count } == [5, 5, 10])
    }
}
