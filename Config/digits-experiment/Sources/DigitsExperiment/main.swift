import DigitsTraining
import Experiments
import Foundation

// Trials are kept here: started again with the same directory, the experiment goes on.
let directory = URL(filePath: CommandLine.arguments.dropFirst().first ?? "digits-data")

let experiment = try Experiment(
    "digits", .minimize,
    .real("learning-rate", in: 1e-3...1, scale: .logarithmic), .integer("units", in: 4...64),
    .choice("activation", of: Activation.self),
    strategy: .hyperband(reports: 9), trials: 20, parallel: 2, location: .directory(directory))

let (progress, continuation) = experiment.makeProgress()
async let result = experiment.run(progress: continuation) { trial, rate, units, activation in
    let options = try TrainingOptions(
        learningRate: rate, hiddenUnits: units, epochs: 9, activation: activation)
    var error = 1.0
    for epoch in DigitsTrainer(options).epochs() {
        error = 1 - epoch.validationAccuracy
        try await trial.report(error)
    }
    return error
}
for await step in progress where step.changed.contains(where: \.status.isFinished) {
    print(step)
}
let best = try await result.best
let (rate, units, activation) = best.values
print("best error: \(best.result ?? .nan)")
print("learning rate \(rate), \(units) units, \(activation)")
