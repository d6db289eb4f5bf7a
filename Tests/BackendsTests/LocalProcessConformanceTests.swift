import Testing
import Tuning
import TuningTesting

@Suite("Local processes, as a backend")
struct LocalProcessConformanceTests {
    @Test("Every promise of a backend is kept", arguments: BackendConformance.checks)
    func conformance(check: BackendConformance.Check) async throws {
        let fixture = try LocalProcessFixture()
        let suite = BackendConformance(
            attempts: BackendConformance.Attempts(
                reporting: { count in
                    fixture.attempt(
                        image: """
                            exec:sh -c 'i=0; while [ $i -lt $0 ]; do i=$((i+1)); echo value=$i;\
                             [ $0 -gt 20 ] && sleep 0.01; done; exit 0' {count}
                            """, hyperparameters: ["count": "\(count)"])
                },
                endless: {
                    fixture.attempt(
                        image: "exec:sh -c 'echo value=1; while :; do sleep 0.1; done' {x}",
                        hyperparameters: ["x": "1"])
                },
                failing: { fixture.attempt(image: "exec:sh -c 'echo no luck >&2; exit 3'") })
        ) { fixture.backend() }
        try await suite.run(check)
    }
}
