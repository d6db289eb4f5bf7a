import Experiments
import Testing

@Suite("Getting started with the library")
struct GettingStartedTests {
    @Test("The documentation's example finds the bottom of the valley")
    func valley() async throws {
        let experiment = try Experiment(
            "valley", .minimize,
            .real("rate", in: 1e-4...0.1),
            .real("momentum", in: 0...0.99, scale: .reverseLogarithmic),
            trials: 20, seed: 1)
        let result = try await experiment.run { trial, rate, momentum in
            var (position, speed, loss) = ([5.0, 5], [0.0, 0], 0.0)
            for _ in 1...20 {
                for (axis, steepness) in [1.0, 25].enumerated() {
                    speed[axis] = momentum * speed[axis] - rate * steepness * position[axis]
                    position[axis] += speed[axis]
                }
                loss = 0.5 * position[0] * position[0] + 12.5 * position[1] * position[1]
                try await trial.report(loss)
            }
            return loss
        }
        // Of 400 random draws a twentieth comes below 0.65, and half stay above 40.
        #expect((result.best.result ?? .infinity) < 1, "seed 1")
    }
}
