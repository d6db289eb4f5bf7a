import Experiments
import Foundation
import ServiceExperiments
import Testing

/// What the article "Tuning a closure" shows of services, compiled and run.
@Suite("The guide to services", .timeLimit(.minutes(2)))
struct ServiceGuideTests {
    @Test("Submitting to a service")
    func submitting() async throws {
        try await LiveService.runAtAddress { address in
            let experiment = try Experiment(
                "guide", .minimize, .real("x", in: 0...1), .integer("n", in: 1...4),
                trials: 6, parallel: 2)
            let service = try await TuningService(endpoint: URL(string: address))
            var program = TrainingProgram(
                "exec:python3 train.py", metric: "loss", regex: "loss=([0-9.e+-]+)")
            program.staticHyperparameters = ["epochs": "10"]
            let submitted = try await experiment.submit(program, to: service)
            for try await progress in submitted.progress() {
                print(progress)
            }
            let result = try await submitted.result()
            #expect(result.trials.count == 6)
        }
    }
}
