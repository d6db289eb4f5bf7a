import Backends
import EngineHTTP
import Foundation
import Testing
import Tuning
import TuningTesting

@testable import ContainerBackend

/// The engine and the image that the environment names.
///
/// `TUNER_CONTAINER_SOCKET` is the path of the socket of an engine that is there for the tests
/// alone, and `TUNER_CONTAINER_IMAGE` an image it has, with a Busybox. Without an engine nothing
/// here can be run; `Tests/EndToEnd/containers.py` starts one for a command.
enum RealEngine {
    static let socket = ProcessInfo.processInfo.environment["TUNER_CONTAINER_SOCKET"]
    static let image =
        ProcessInfo.processInfo.environment["TUNER_CONTAINER_IMAGE"] ?? "tuner-test/busybox:1"
}

@Suite("Containers of a real engine", .enabled(if: RealEngine.socket != nil), .serialized)
struct RealEngineTests {
    let fixture: ContainerFixture

    init() throws { fixture = try ContainerFixture() }

    private var configuration: ContainerBackend.Configuration {
        var configuration = fixture.configuration(
            socket: RealEngine.socket ?? "", gracePeriod: .seconds(5))
        configuration.network = "host"
        return configuration
    }

    private func run(
        _ script: String, in configuration: ContainerBackend.Configuration? = nil
    ) async throws -> (Attempt, Attempt.End, SessionLog) {
        let attempt = fixture.attempt(image: RealEngine.image, script: script)
        let log = SessionLog()
        let backend = ContainerBackend(configuration ?? self.configuration)
        let end = try await backend.run(attempt, in: log.session(mark: nil))
        return (attempt, end, log)
    }

    @Test("Every promise of a training backend is kept", arguments: BackendConformance.checks)
    func conformance(check: BackendConformance.Check) async throws {
        let (fixture, configuration) = (fixture, configuration)
        let suite = BackendConformance(
            attempts: BackendConformance.Attempts(
                reporting: { count in
                    fixture.attempt(
                        image: RealEngine.image,
                        script: """
                            i=0; while [ $i -lt \(count) ]; do
                                i=$((i + 1)); echo value=$i; sleep 0.01
                            done
                            """)
                },
                endless: {
                    fixture.attempt(
                        image: RealEngine.image,
                        script: """
                            trap 'exit 0' TERM; echo value=1; while :; do sleep 0.05; done
                            """)
                },
                failing: { fixture.attempt(image: RealEngine.image, script: "exit 3") }),
            crowd: 16
        ) { ContainerBackend(configuration) }
        try await suite.run(check)
    }

    @Test("A program finds the container contract in /opt/ml, and leaves its results there")
    func contract() async throws {
        let (attempt, end, _) = try await run(
            """
            set -e
            cat /opt/ml/input/config/resourceconfig.json >/opt/ml/model/resources
            echo "$SM_MODEL_DIR $TRAINING_JOB_NAME" >/opt/ml/output/data/environment
            mkdir /opt/ml/checkpoints/deep && touch /opt/ml/checkpoints/deep/file
            test ! -e /opt/ml/attempts
            """)
        #expect(end == .completed)
        #expect(fixture.text("model/resources", of: attempt)?.contains("algo-1") == true)
        let environment = fixture.text("output/data/environment", of: attempt)
        #expect(environment == "/opt/ml/model \(attempt.id.trainingJob)\n")
        #expect(
            FileManager.default.fileExists(
                atPath: fixture.file("checkpoints/deep/file", of: attempt).path))
    }

    @Test("A user who is not root reads the configuration and writes the results")
    func otherUser() async throws {
        var configuration = configuration
        configuration.user = "1000:1000"
        let (attempt, end, _) = try await run(
            """
            set -e
            cat /opt/ml/input/config/hyperparameters.json >/opt/ml/output/data/copy
            id -u >/opt/ml/model/user
            touch /opt/ml/checkpoints/file /opt/ml/output/failure
            """, in: configuration)
        #expect(end == .completed)
        #expect(fixture.text("model/user", of: attempt) == "1000\n")
        try FileManager.default.removeItem(at: fixture.file("", of: attempt))
    }

    @Test("A container that needs too much memory fails with that as the reason")
    func outOfMemory() async throws {
        var configuration = configuration
        configuration.otherInstances = ContainerResources(cpus: 0.5, memoryBytes: 32 << 20)
        let (_, end, _) = try await run("exec tail /dev/zero", in: configuration)
        guard case .failed(let failure) = end else {
            Issue.record("ended with \(end)")
            return
        }
        #expect(failure.cause == .algorithm)
        #expect(failure.reason.contains("memory"))
    }

    @Test("A program that ignores the request to end is killed after its grace period")
    func killed() async throws {
        var configuration = configuration
        configuration.hosting.gracePeriod = .seconds(1)
        let attempt = fixture.attempt(
            image: RealEngine.image,
            script: "trap '' TERM; echo value=1; while :; do sleep 0.1; done")
        let log = SessionLog(announceAt: 1)
        let backend = ContainerBackend(configuration)
        async let end = backend.run(attempt, in: log.session(mark: nil))
        _ = await log.announcement.wait()
        log.stop.request(.requested)
        #expect(try await end == .stopped(.requested))
    }

    @Test("A container without the command that is to run fails by the client's fault")
    func noCommand() async throws {
        let attempt = fixture.attempt(
            image: RealEngine.image,
            envelope: ["AlgorithmSpecification": ["ContainerEntrypoint": ["no-such-program"]]])
        let end = try await ContainerBackend(configuration).run(
            attempt, in: SessionLog().session(mark: nil))
        guard case .failed(let failure) = end else {
            Issue.record("ended with \(end)")
            return
        }
        #expect(failure.cause == .algorithm)
        #expect(failure.reason.contains("no-such-program"))
    }

    @Test(
        "Containers are removed as the settings say",
        arguments: [
            (ContainerBackend.Removal.always, 0, false), (.always, 3, false),
            (.completed, 0, false), (.completed, 3, true), (.never, 0, true),
        ])
    func removal(removal: ContainerBackend.Removal, code: Int, isLeft: Bool) async throws {
        var configuration = configuration
        configuration.removal = removal
        let (attempt, _, _) = try await run("exit \(code)", in: configuration)
        let engine = ContainerEngine(EngineConnection(socket: configuration.socket))
        let label = "\(ContainerHost.attemptLabel)=\(attempt.id)"
        let identity = try DataIdentity(of: fixture.directory.path).value()
        let left = try await engine.containers(labelled: label)
            .filter { $0.value.labels[ContainerHost.instanceLabel] == identity }
        #expect(left.isEmpty == !isLeft)
        for name in left.keys { try await engine.remove(name) }
    }

    @Test("A container that somebody removes is an internal failure, and does not run again")
    func removedByOthers() async throws {
        let attempt = fixture.attempt(
            image: RealEngine.image, script: "echo value=1; while :; do sleep 0.1; done")
        let log = SessionLog(announceAt: 1)
        let configuration = configuration
        async let end = ContainerBackend(configuration).run(attempt, in: log.session(mark: nil))
        _ = await log.announcement.wait()
        let engine = ContainerEngine(EngineConnection(socket: configuration.socket))
        let identity = try DataIdentity(of: fixture.directory.path).value()
        let label = "\(ContainerHost.instanceLabel)=\(identity)"
        for name in try await engine.containers(labelled: label).keys {
            try await engine.remove(name)
        }
        guard case .failed(let failure) = try await end else {
            Issue.record("ended otherwise")
            return
        }
        #expect(failure.cause == .internal)
        let again = try await ContainerBackend(configuration).run(
            attempt, in: SessionLog().session(mark: nil))
        #expect(again == .failed(failure))
    }
}
