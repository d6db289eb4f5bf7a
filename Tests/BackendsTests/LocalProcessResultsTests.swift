import Foundation
import Testing
import Tuning
import TuningTesting

@testable import Backends

@Suite("Local processes, and results that go elsewhere")
struct LocalProcessResultsTests {
    let fixture: LocalProcessFixture

    init() throws { fixture = try LocalProcessFixture() }

    private func run(
        _ attempt: Attempt, _ transfer: MemoryTransfer?, log: SessionLog = SessionLog(),
        interval: Duration = .seconds(60)
    ) async throws -> Attempt.End {
        try await fixture.backend(transfer: transfer, checkpointInterval: interval)
            .run(attempt, in: log.session(mark: nil))
    }

    private func output(_ address: String) -> JSONValue {
        ["OutputDataConfig": ["S3OutputPath": .string(address)]]
    }

    private func checkpoints(_ address: String, path: String? = nil) -> JSONValue {
        var members: [String: JSONValue] = ["S3Uri": .string(address)]
        members["LocalPath"] = path.map { .string($0) }
        return ["CheckpointConfig": .object(members)]
    }

    @Test("Model and output are uploaded, and no copy of them stays", arguments: ["", "/"])
    func artifacts(ending: String) async throws {
        let transfer = MemoryTransfer()
        let attempt = try fixture.attempt(
            script: "echo w >\"$SM_MODEL_DIR/w\"; echo x >\"$SM_OUTPUT_DATA_DIR/x\"",
            envelope: output("s3://b/out\(ending)"))
        let log = SessionLog()
        #expect(try await run(attempt, transfer, log: log) == .completed)
        #expect(log.phases == [.starting, .training, .uploading])
        let place = "s3://b/out/\(attempt.id.trainingJob)/output"
        #expect(transfer.uploads == ["\(place)/model.tar.gz", "\(place)/output.tar.gz"])
        let archive = fixture.directory.appending(path: "model.tar.gz")
        try #require(transfer["\(place)/model.tar.gz"]).write(to: archive)
        let root = fixture.directory.path
        let unpacking = fixture.attempt(image: "exec:tar -xzf \(archive.path) -C \(root)")
        #expect(try await run(unpacking, nil) == .completed)
        #expect(fixture.text("w") == "w\n")
        #expect(isEmptyDirectory("\(root)/\(fixture.path(attempt, "transfer"))"))
    }

    @Test(
        "Results that cannot be uploaded fail the job",
        arguments: [
            (DataTransferError.Kind.notFound, "ClientError"),
            (.unavailable, "InternalServerError"),
        ])
    func failedUpload(kind: DataTransferError.Kind, code: String) async throws {
        let transfer = MemoryTransfer { _ in throw DataTransferError(kind, "no such bucket") }
        let attempt = try fixture.attempt(script: "exit 0", envelope: output("s3://b/out"))
        guard case .failed(let failure) = try await run(attempt, transfer) else {
            Issue.record("did not fail")
            return
        }
        #expect(failure.reason == "\(code): Artifact upload failed: no such bucket")
    }

    @Test("Without a transfer results stay in the job's directory")
    func nowhere() async throws {
        let attempt = try fixture.attempt(
            script: "echo w >\"$SM_MODEL_DIR/w\"", envelope: output("s3://b/out"))
        #expect(try await run(attempt, nil) == .completed)
        #expect(fixture.text(fixture.path(attempt, "model/w")) == "w\n")
    }

    // MARK: - Checkpoints

    /// A place of its own for each scheme, and what is in it.
    private func place(_ scheme: String) -> (
        address: String, read: (MemoryTransfer, String) -> String?
    ) {
        if scheme == "s3" {
            return (
                "s3://b/c", { $0["s3://b/c/\($1)"].map { String(decoding: $0, as: UTF8.self) } }
            )
        }
        let fixture = fixture
        return ("file://\(fixture.directory.path)/c", { fixture.text("c/\($1)") })
    }

    @Test(
        "Checkpoints are saved at the end, and another machine goes on with them",
        arguments: ["s3", "file"])
    func checkpointsReturn(scheme: String) async throws {
        let transfer = MemoryTransfer()
        let (address, read) = place(scheme)
        let first = try fixture.attempt(
            script: """
                cd "$SAGEMAKER_BASE_DIR/checkpoints"
                mkdir deep; echo 1 >deep/a; echo 2 >b; exit 1
                """, envelope: checkpoints(address), name: "job")
        let log = SessionLog()
        guard case .failed = try await run(first, transfer, log: log) else {
            Issue.record("did not fail")
            return
        }
        #expect(log.phases == [.starting, .downloading, .training, .uploading])
        #expect(read(transfer, "deep/a") == "1\n" && read(transfer, "b") == "2\n")
        try FileManager.default.removeItem(
            at: fixture.directory.appending(path: "training-jobs/job"))
        let second = try fixture.attempt(
            script: """
                cd "$SAGEMAKER_BASE_DIR/checkpoints"
                [ "$(cat deep/a b)" = "1\n2" ] && echo 3 >b
                """, envelope: checkpoints(address), name: "job", number: 2)
        #expect(try await run(second, transfer) == .completed)
        #expect(read(transfer, "b") == "3\n")
        if scheme == "s3" {
            // What had not changed was not sent again.
            #expect(transfer.uploads.count { $0.hasSuffix("deep/a") } == 1)
        }
    }

    @Test("Checkpoints are saved while the program runs, and when it is stopped")
    func checkpointsWhileRunning() async throws {
        let transfer = MemoryTransfer()
        let attempt = try fixture.attempt(
            script: """
                cd "$SAGEMAKER_BASE_DIR/checkpoints"; echo 1 >a; echo value=1
                trap 'echo 2 >b; exit 0' TERM
                while :; do sleep 0.05; done
                """, envelope: checkpoints("s3://b/c"))
        let log = SessionLog()
        async let end = run(attempt, transfer, log: log, interval: .milliseconds(20))
        try await waitUntil("the first checkpoint") { transfer["s3://b/c/a"] != nil }
        #expect(transfer["s3://b/c/b"] == nil)
        log.stop.request(.requested)
        #expect(try await end == .stopped(.requested))
        #expect(transfer["s3://b/c/b"] == Data("2\n".utf8))
    }

    @Test("The jobs of a tuning job have places of their own, where LocalPath says")
    func checkpointsOfTuningJobs() async throws {
        let transfer = MemoryTransfer()
        let attempt = try fixture.attempt(
            script: "echo 1 >\"$SAGEMAKER_BASE_DIR/my/own/a\"",
            envelope: checkpoints("s3://b/c", path: "/opt/ml/my/own"), name: "tuned",
            objective: Objective(.minimize, BackendConformance.metric))
        #expect(try await run(attempt, transfer) == .completed)
        #expect(transfer.uploads == ["s3://b/c/tuned/a"])
    }

    @Test(
        "Checkpoints outside of the container's directory are refused",
        arguments: ["/tmp/c", "/opt/ml", "/opt/ml/../x"])
    func foreignPath(path: String) async throws {
        let attempt = try fixture.attempt(
            script: "exit 0", envelope: checkpoints("s3://b/c", path: path))
        guard case .failed(let failure) = try await run(attempt, MemoryTransfer()) else {
            Issue.record("did not fail")
            return
        }
        #expect(failure.cause == .algorithm && failure.reason.contains("LocalPath '\(path)'"))
    }

    @Test("Checkpoints that cannot be saved in the end do not fail the job")
    func unsavedCheckpoints() async throws {
        let transfer = MemoryTransfer { address in
            if address.hasSuffix("/a") { throw DataTransferError(.denied, "no") }
        }
        let attempt = try fixture.attempt(
            script: "echo 1 >\"$SAGEMAKER_BASE_DIR/checkpoints/a\"",
            envelope: checkpoints("s3://b/c"))
        #expect(try await run(attempt, transfer) == .completed)
    }
}
