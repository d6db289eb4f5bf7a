import Foundation
import Testing
import Tuning
import TuningTesting

@testable import Backends

/// The configuration of a cluster to be used, such as that of `Tests/EndToEnd/slurm.py`.
private let clusterConfiguration = ProcessInfo.processInfo.environment["TUNER_SLURM_CONF"]

@Suite(
    "Slurm, as a backend",
    .enabled(
        if: clusterConfiguration != nil,
        "TUNER_SLURM_CONF must be the slurm.conf of a cluster whose nodes have this directory"),
    .serialized)
struct SlurmConformanceTests {
    @Test("Every promise of a backend is kept", arguments: BackendConformance.checks)
    func conformance(check: BackendConformance.Check) async throws {
        let fixture = try LocalProcessFixture()
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        let configuration = SlurmBackend.Configuration(
            dataDirectory: fixture.directory, gracePeriod: .seconds(20),
            environment: ["PATH": path, "SLURM_CONF": clusterConfiguration ?? ""])
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
        ) { SlurmBackend(configuration) }
        try await suite.run(check)
    }
}
