import DigitsTraining
import Testing

@Suite("Training options")
struct TrainingOptionsTests {
    struct Row: Sendable {
        let make: @Sendable () throws(TrainingOptionsError) -> TrainingOptions
        let message: String

        init(
            _ message: String,
            _ make: @escaping @Sendable () throws(TrainingOptionsError) -> TrainingOptions
        ) {
            self.make = make
            self.message = message
        }
    }

    static let rows = [
        Row("Option 'learning_rate': value 0.0 must be a finite number above 0.") {
            () throws(TrainingOptionsError) in try TrainingOptions(learningRate: 0)
        },
        Row("Option 'learning_rate': value nan must be a finite number above 0.") {
            () throws(TrainingOptionsError) in try TrainingOptions(learningRate: .nan)
        },
        Row("Option 'hidden_units': value 0 must be a whole number from 1 to 1024.") {
            () throws(TrainingOptionsError) in try TrainingOptions(hiddenUnits: 0)
        },
        Row("Option 'hidden_layers': value 3 must be 1 or 2.") {
            () throws(TrainingOptionsError) in try TrainingOptions(hiddenLayers: 3)
        },
        Row("Option 'batch_size': value 0 must be a whole number from 1.") {
            () throws(TrainingOptionsError) in try TrainingOptions(batchSize: 0)
        },
        Row("Option 'momentum': value 1.0 must be a number from 0 to below 1.") {
            () throws(TrainingOptionsError) in try TrainingOptions(momentum: 1)
        },
        Row("Option 'weight_decay': value -0.1 must be a finite number from 0.") {
            () throws(TrainingOptionsError) in try TrainingOptions(weightDecay: -0.1)
        },
        Row("Option 'epochs': value 0 must be a whole number from 1 to 10000.") {
            () throws(TrainingOptionsError) in try TrainingOptions(epochs: 0)
        },
    ]

    @Test("A value outside its range is refused in words", arguments: rows.indices)
    func refused(row: Int) throws {
        let error = #expect(throws: TrainingOptionsError.self) { try Self.rows[row].make() }
        #expect(error?.description == Self.rows[row].message)
        #expect(error?.code == "outside_range")
    }
}
