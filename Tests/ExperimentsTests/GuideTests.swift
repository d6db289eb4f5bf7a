import Experiments
import Foundation
import Testing

/// What the article "Tuning a closure" shows, compiled and run.
@Suite("The guide")
struct GuideTests {
    enum Kernel: String, CaseIterable { case flat, round }

    private func loss(_ rate: Double, _ units: Int, _ kernel: Kernel) -> Double {
        abs(log10(rate) + 2) + Double(abs(units - 32)) / 64 + (kernel == .flat ? 0.5 : 0)
    }

    @Test("Tuning a closure")
    func closure() async throws {
        let experiment = try Experiment(
            "first", .minimize,
            .real("rate", in: 1e-4...1), .integer("units", in: 8...128),
            .choice("kernel", of: Kernel.self),
            trials: 20, parallel: 4)
        let result = try await experiment.run { trial, rate, units, kernel in
            loss(rate, units, kernel)
        }
        let (rate, units, kernel) = result.best.values
        print("best: \(result.best.result ?? .nan) with \(rate), \(units), \(kernel)")
        #expect(result.best.result == loss(rate, units, kernel))
    }

    @Test("Reporting on the way")
    func reporting() async throws {
        let experiment = try Experiment(
            "reporting", .minimize, .real("rate", in: 1e-4...1),
            strategy: .hyperband(reports: 27), trials: 40, parallel: 4)
        let result = try await experiment.run { trial, rate in
            var current = 1.0
            for epoch in 1...27 {
                current = loss(rate, 32, .round) + 1 / Double(epoch)
                try await trial.report(current)
            }
            return current
        }
        let stopped = result.trials.filter { $0.status == .stopped }
        #expect(!stopped.isEmpty)
    }

    @Test("Asking and telling")
    func asking() async throws {
        let experiment = try Experiment(
            "asking", .minimize, .real("rate", in: 1e-4...1), .integer("units", in: 8...128),
            trials: 20, seed: 1)
        let session = try await experiment.askAndTell()
        try await session.inject(0.4, with: 0.02, 48)
        while let trial = try await session.ask().trial {
            let (rate, units) = trial.values
            try await session.tell(trial, loss(rate, units, .round))
        }
        let best = try await session.best()
        #expect(best?.result ?? 1 <= 0.4)
    }
}
