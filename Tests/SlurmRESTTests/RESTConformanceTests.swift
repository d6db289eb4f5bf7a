import Backends
import Foundation
import SlurmREST
import Testing
import Tuning
import TuningTesting

/// The address of a slurmrestd to be used, such as that of `Tests/EndToEnd/slurm.py`.
private let serviceAddress = ProcessInfo.processInfo.environment["TUNER_SLURM_REST"]

@Suite(
    "Slurm through slurmrestd, as a backend",
    .enabled(
        if: serviceAddress != nil,
        "TUNER_SLURM_REST must be the address of a slurmrestd whose nodes have this directory"),
    .serialized)
struct SlurmRESTConformanceTests {
    @Test("Every promise of a backend is kept", arguments: BackendConformance.checks)
    func conformance(check: BackendConformance.Check) async throws {
        let fixture = try RESTFixture()
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        let configuration = SlurmBackend.Configuration(
            dataDirectory: fixture.directory, gracePeriod: .seconds(20),
            environment: ["PATH": path])
        let address = try #require(RESTAddress(serviceAddress ?? ""))
        let suite = BackendConformance(
            attempts: BackendConformance.Attempts(
                reporting: { count in
                    fixture.attempt(
                        image: """
                            exec:sh -c 'i=0; while [ $i -lt $0 ]; do i=$((i+1)); echo value=$i;\
                             [ $0 -gt 20 ] && sleep 0.05; done; exit 0' {count}
                            """, hyperparameters: ["count": "\(count)"])
                },
                endless: {
                    fixture.attempt(
                        image: "exec:sh -c 'echo value=1; while :; do sleep 0.1; done' {x}",
                        hyperparameters: ["x": "1"])
                },
                failing: { fixture.attempt(image: "exec:sh -c 'echo no luck >&2; exit 3'") }),
            crowd: 40
        ) {
            SlurmBackend(
                configuration,
                controller: RESTController(
                    address: address, identity: RESTIdentity(), version: nil,
                    timeLimit: .seconds(60)))
        }
        try await suite.run(check)
    }
}
