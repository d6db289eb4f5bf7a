import Experiments
import Foundation
import Synchronization
import Testing
import Tuning

@Suite("An experiment")
struct ExperimentTests {
    enum Shape: CaseIterable { case flat, round }

    @Test("Finds the best of a closure whose values have their own types")
    func best() async throws {
        let experiment = try Experiment(
            "bowl", .minimize, .real("x", in: -2...2), .integer("n", in: 1...8),
            .choice("shape", of: Shape.self), .flag("shifted"), trials: 40, seed: 1)
        let result = try await experiment.run { _, x, n, shape, isShifted in
            let edge = shape == .flat ? 1.0 : 0
            return x * x + Double((n - 3) * (n - 3)) + edge + (isShifted ? 0.5 : 0)
        }
        let (x, n, shape, isShifted) = result.best.values
        #expect(result.trials.count == 40)
        #expect(result.trials.map(\.number) == Array(0..<40))
        #expect(n == 3 && shape == .round && !isShifted && abs(x) < 0.3, "\(result.best)")
        #expect(result.best.result == result.trials.compactMap(\.result).min())
    }
}
