import Backends
import Foundation
import Synchronization
import Testing
import Tuning
import TuningTesting

@Suite("The simulation, as a backend")
struct SimulatedConformanceTests {
    /// The simulation, with the numbers of its reports in place of a function's values.
    private struct Counting: TrainingBackend {
        static let endless = "mock:sphere?epochs=1000000&seconds=0.005"

        let simulation: SimulatedBackend
        var slotCount: Int { simulation.slotCount }

        func run(_ attempt: Attempt, in session: AttemptSession) async throws -> Attempt.End {
            let counted = AttemptSession(mark: session.mark, stop: session.stop) { update in
                guard case .measured(let samples, let mark) = update else {
                    return try await session.report(update)
                }
                let number = try #require(Double(mark.text))
                // What goes on until it is stopped is to report once.
                if attempt.definition.image == Self.endless, number > 1 { return .proceed }
                let numbered = samples.map {
                    MetricSample(time: $0.time, values: [BackendConformance.metric: number])
                }
                return try await session.report(.measured(numbered, mark))
            }
            return try await simulation.run(attempt, in: counted)
        }
    }

    @Test("Every promise of a backend is kept", arguments: BackendConformance.checks)
    func conformance(check: BackendConformance.Check) async throws {
        // Ends of stopped attempts are known to one value alone, so all lives share it.
        let backend = Counting(simulation: SimulatedBackend())
        let count = Mutex(0)
        @Sendable func attempt(_ image: String) -> Attempt {
            let number = count.withLock { count in
                count += 1
                return count
            }
            return Attempt(
                id: Attempt.ID(trainingJob: "job-\(number)", number: 1),
                definition: TrainingJobDefinition(
                    searchSpace: .empty, objective: nil, image: image,
                    metrics: [MetricDefinition(name: BackendConformance.metric, regex: ".")]),
                hyperparameters: [:], creationTime: Date(timeIntervalSince1970: 0))
        }
        let suite = BackendConformance(
            attempts: BackendConformance.Attempts(
                reporting: { attempt("mock:sphere?epochs=\($0)&seconds=0.001") },
                endless: { attempt(Counting.endless) },
                failing: { attempt("mock:sphere?failures=1") })
        ) { backend }
        try await suite.run(check)
    }
}
