import Foundation
import Testing
import Tuning
import TuningTesting

@Suite("SageMaker, as a backend", .timeLimit(.minutes(2)))
struct ConformanceTests {
    @Test("Every promise of a backend is kept", arguments: BackendConformance.checks)
    func conformance(check: BackendConformance.Check) async throws {
        var fixture = Fixture()
        fixture.limits.requestsPerSecond = 500
        let (service, time) = (fixture.service, fixture.time)
        let attempt = { @Sendable (hyperparameters: [String: String]) in
            Fixture.attempt(hyperparameters, job: "job-\(UUID().uuidString)")
        }
        // What a stop came before is remembered by one life of the backend only.
        let backend = fixture.backend()
        let suite = BackendConformance(
            attempts: BackendConformance.Attempts(
                reporting: { attempt(["count": "\($0)"]) },
                endless: { attempt(["count": "1", "end": "endless"]) },
                failing: { attempt(["end": "fail"]) }),
            unread: .last
        ) { backend }
        try await time.pass { try await suite.run(check) }
        #expect(service.violations == [])
        #expect(service.creations.values.allSatisfy { $0 == 1 })
    }
}
