import Foundation
import Synchronization
import Testing
import Tuning
import TuningTesting

@Suite("The documentation's example of a backend")
struct FunctionBackendTests {
    struct Diverged: Error {}

    @Test("Every promise of a backend is kept", arguments: BackendConformance.checks)
    func conformance(check: BackendConformance.Check) async throws {
        let backend = FunctionBackend(slotCount: 8, metric: BackendConformance.metric) {
            hyperparameters, report in
            switch hyperparameters["kind"] {
            case "reporting":
                for value in 1...(Int(hyperparameters["count"] ?? "") ?? 1) {
                    report(Double(value))
                    await Task.yield()
                }
            case "endless":
                report(1)
                try await Task.sleep(for: .seconds(3600))
            default: throw Diverged()
            }
        }
        let number = Mutex(0)
        @Sendable func attempt(_ hyperparameters: [String: String]) -> Attempt {
            let next = number.withLock { number in
                number += 1
                return number
            }
            return Attempt(
                id: Attempt.ID(trainingJob: "job-\(next)", number: 1),
                definition: TrainingJobDefinition(
                    searchSpace: .empty, objective: nil, image: "function", metrics: []),
                hyperparameters: hyperparameters, creationTime: Date(timeIntervalSince1970: 0))
        }
        let suite = BackendConformance(
            attempts: BackendConformance.Attempts(
                reporting: { attempt(["kind": "reporting", "count": "\($0)"]) },
                endless: { attempt(["kind": "endless"]) },
                failing: { attempt(["kind": "failing"]) })
        ) { backend }
        try await suite.run(check)
    }
}
