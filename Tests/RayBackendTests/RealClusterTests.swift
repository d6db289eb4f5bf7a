import Backends
import Foundation
import Testing
import Tuning
import TuningTesting

@testable import RayBackend

/// The cluster that the environment names.
///
/// `TUNER_RAY_ADDRESS` is the address of the dashboard of a Ray cluster of this machine that is
/// there for the tests alone, such as `http://127.0.0.1:8265`.
enum RealCluster {
    static let address = ProcessInfo.processInfo.environment["TUNER_RAY_ADDRESS"]
}

@Suite(
    "Jobs of a real Ray cluster",
    .enabled(if: RealCluster.address != nil, "TUNER_RAY_ADDRESS names no Ray cluster"), .serialized)
struct RealClusterTests {
    let fixture: RayFixture

    init() throws { fixture = try RayFixture() }

    private func backend(isShared: Bool = false) throws -> RayBackend {
        try RayBackend(
            fixture.configuration(address: RealCluster.address ?? "", isShared: isShared))
    }

    @Test("Every promise of a training backend is kept", arguments: BackendConformance.checks)
    func conformance(check: BackendConformance.Check) async throws {
        let (fixture, backend) = (fixture, try backend())
        let configuration = backend.configuration
        let suite = BackendConformance(
            attempts: BackendConformance.Attempts(
                reporting: { count in
                    fixture.attempt(
                        image: """
                            exec:sh -c 'i=0; while [ $i -lt $0 ]; do i=$((i+1)); echo value=$i;\
                             [ $0 -gt 20 ] && sleep 0.1; done; exit 0' {count}
                            """, hyperparameters: ["count": "\(count)"])
                },
                endless: {
                    fixture.attempt(
                        image: "exec:sh -c 'echo value=1; while :; do sleep 0.1; done' {x}",
                        hyperparameters: ["x": "1"])
                },
                failing: { fixture.attempt(image: "exec:sh -c 'echo no luck >&2; exit 3'") }),
            crowd: 12
        ) {
            // The same cluster as before, so it can be made again.
            (try? RayBackend(configuration)) ?? backend
        }
        try await suite.run(check)
    }

    @Test("A source runs on its node, in script mode", arguments: [false, true])
    func source(isShared: Bool) async throws {
        let attempt = try fixture.attempt(
            source: [
                "train.py": """
                import os, sys
                from deep import number
                print(f"value={number.VALUE}", sys.argv[1:], "\\udcff", flush=True)
                with open(os.environ["SM_MODEL_DIR"] + "/model", "w") as file:
                    file.write(os.environ["SM_HP_RATE"])
                """, "deep/number.py": "VALUE = 42\n",
            ], program: "train.py", hyperparameters: ["rate": "0.5"],
            envelope: ["Environment": ["PYTHONIOENCODING": "utf-8:surrogateescape"]])
        let log = SessionLog()
        let end = try await backend(isShared: isShared)
            .run(attempt, in: log.session(mark: nil))
        #expect(end == .completed)
        #expect(log.values == [42])
        let model = contents(of: try fixture.training(of: attempt).model + "/model")
        #expect(model == (isShared ? "0.5" : nil))
    }

    @Test("A failure has the program's last words as its reason")
    func failure() async throws {
        let attempt = fixture.attempt(image: "exec:sh -c 'echo no luck >&2; exit 3'")
        let end = try await backend().run(attempt, in: SessionLog().session(mark: nil))
        guard case .failed(let failure) = end else {
            Issue.record("ended with \(end)")
            return
        }
        #expect(failure.cause == .algorithm)
        #expect(failure.reason.contains("no luck") && failure.reason.hasSuffix("exit code: 3"))
    }
}
