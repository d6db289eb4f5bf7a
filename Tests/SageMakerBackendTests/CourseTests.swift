import AWSClient
import Foundation
import SageMakerAPI
import SageMakerBackend
import Synchronization
import Testing
import Tuning
import TuningTesting

@Suite("The course of a training job", .timeLimit(.minutes(2)))
struct CourseTests {
    private static let folder: [String: JSONValue] = [
        "CheckpointConfig": ["S3Uri": "s3://bucket/checkpoints"]
    ]

    @Test("Phases come with the service's times and words, metrics of one time in one sample")
    func phases() async throws {
        let fixture = Fixture()
        let log = SessionLog()
        let messages = Mutex<[String?]>([])
        let backend = fixture.backend()
        let end = try await fixture.time.pass {
            try await backend.run(
                Fixture.attempt(),
                in: AttemptSession { update in
                    if case .entered(_, _, let message) = update {
                        messages.withLock { $0.append(message) }
                    }
                    return try await log.session(mark: nil).report(update)
                })
        }
        #expect(end == .completed)
        #expect(log.phases == [.starting, .downloading, .training])
        #expect(
            messages.withLock { $0 }
                == ["message of Starting", "message of Downloading", "message of Training"])
        #expect(
            log.samples.map(\.values) == [
                ["value": 1, "other": 0.1], ["value": 2, "other": 0.2], ["value": 3, "other": 0.3],
            ])
        #expect(fixture.service.violations == [])
    }

    @Test(
        "A failure says whose fault it was",
        arguments: [
            ("AlgorithmError: exit code 1", TrainingFailure.Cause.algorithm),
            ("ClientError: no such bucket", .algorithm),
            ("AlgorithmError: CapacityError in the log", .algorithm),
            ("InternalServerError: We encountered an internal error.", .internal),
            ("CapacityError: Unable to provision requested ML compute capacity.", .internal),
            ("something else", .algorithm),
        ])
    func failure(reason: String, cause: TrainingFailure.Cause) async throws {
        let attempt = Fixture.attempt(["end": "fail", "reason": reason])
        let end = try await Fixture().run(attempt)
        #expect(end == .failed(TrainingFailure(cause, reason)))
    }

    @Test(
        "A job that the service stops says why",
        arguments: [
            ("MaxRuntimeExceeded", StopReason.runtimeExceeded),
            ("MaxWaitTimeExceeded", .waitTimeExceeded), ("Stopped", .requested),
        ])
    func limits(status: String, reason: StopReason) async throws {
        let fixture = Fixture()
        let log = SessionLog(announceAt: 1)
        let backend = fixture.backend()
        let end = try await fixture.time.pass {
            async let end = backend.run(
                Fixture.attempt(["count": "1", "end": "endless"]), in: log.session(mark: nil))
            _ = await log.announcement.wait()
            fixture.service.change("job-1") { $0?.finish("Stopped", status, at: fixture.time.now) }
            return try await end
        }
        #expect(end == .stopped(reason))
    }

    @Test("A paused training job goes on from the same folder, under a later name")
    func pause() async throws {
        let fixture = Fixture()
        let attempt = Fixture.attempt(["count": "1", "end": "endless"], envelope: Self.folder)
        let end = try await fixture.run(attempt, SessionLog(verdict: .pause))
        let checkpoint = Checkpoint(location: "s3://bucket/checkpoints/job-1")
        #expect(end == .paused(checkpoint))
        // Another daemon, which had not stored that yet.
        #expect(try await fixture.run(attempt) == end)
        let next = Fixture.attempt(number: 2, envelope: Self.folder, checkpoint: checkpoint)
        #expect(try await fixture.run(next) == .completed)
        let folders = fixture.service.requests(of: "CreateTrainingJob").map {
            [$0.name, $0.body["CheckpointConfig"]?["S3Uri"]?.string]
        }
        #expect(
            folders == [
                ["job-1", checkpoint.location], ["job-1", checkpoint.location],
                ["job-1-2", checkpoint.location],
            ])
    }

    @Test("Without a folder for checkpoints a pause is a stop")
    func pauseWithoutFolder() async throws {
        let attempt = Fixture.attempt(["count": "1", "end": "endless"])
        let end = try await Fixture().run(attempt, SessionLog(verdict: .pause))
        #expect(end == .stopped(.earlyStopping))
    }

    @Test("A stop's reason outlives the daemon that asked for it")
    func stopReason() async throws {
        let fixture = Fixture()
        let attempt = Fixture.attempt(["count": "1", "end": "endless"])
        #expect(
            try await fixture.run(attempt, SessionLog(verdict: .stop)) == .stopped(.earlyStopping))
        #expect(try await fixture.run(attempt) == .stopped(.earlyStopping))
    }

    @Test("A stop that finds a job of an earlier life stops it")
    func stopOfEarlierLife() async throws {
        let fixture = Fixture()
        let attempt = Fixture.attempt(["count": "0", "end": "endless"])
        let first = fixture.backend()
        try await fixture.time.pass {
            let run = Task(executorPreference: fixture.time.executor) {
                try await first.run(attempt, in: SessionLog().session(mark: nil))
            }
            while fixture.service.jobs.isEmpty { await Task.yield() }
            run.cancel()
            _ = await run.result
        }
        let log = SessionLog()
        log.stop.request(.tuningJobEnded)
        #expect(try await fixture.run(attempt, log) == .stopped(.tuningJobEnded))
        #expect(fixture.service.jobs["job-1"]?.status == "Stopped")
    }

    @Test("A job of somebody else is left alone", arguments: [true, false])
    func foreign(hasTag: Bool) async throws {
        let fixture = Fixture()
        fixture.service.change("job-1") { job in
            var request = Fixture.envelope.object ?? [:]
            request["TrainingJobName"] = "job-1"
            request["HyperParameters"] = ["count": "3", "who": hasTag ? "us" : "they"]
            job = FakeJob(.object(request), at: .zero)
            if hasTag { job?.tags["tuner:attempt"] = "job-1/1@1234" }
        }
        let end = try await fixture.run(Fixture.attempt(["count": "3", "who": "us"]))
        guard case .failed(let failure) = end else {
            Issue.record("\(end)")
            return
        }
        #expect(failure.cause == .algorithm)
        #expect(failure.reason.contains("is not this one"))
        #expect(fixture.service.requests(of: "StopTrainingJob").isEmpty)
    }

    @Test("Without the right to read and write tags everything goes on")
    func deniedTags() async throws {
        let fixture = Fixture(fault: { operation, _ in
            operation.hasSuffix("Tags") ? .refused(status: 400, code: "AccessDeniedException") : nil
        })
        let attempt = Fixture.attempt(["count": "1", "end": "endless"])
        let backend = fixture.backend()
        let end = try await fixture.run(attempt, SessionLog(verdict: .stop), on: backend)
        #expect(end == .stopped(.earlyStopping))
        #expect(backend.health.state == .reachable)
        #expect(try await fixture.run(attempt) == .stopped(.requested))
    }

    @Test("Without the right to list jobs their ends are noticed all the same")
    func deniedListing() async throws {
        let fixture = Fixture(fault: { operation, _ in
            operation == "ListTrainingJobs"
                ? .refused(status: 400, code: "AccessDeniedException") : nil
        })
        #expect(try await fixture.run(Fixture.attempt(["count": "20"])) == .completed)
        #expect(fixture.service.requests(of: "ListTrainingJobs").count <= 2)
    }

    @Test("Without the right to stop a job its own end is noticed")
    func deniedStop() async throws {
        let fixture = Fixture(fault: { operation, _ in
            operation == "StopTrainingJob"
                ? .refused(status: 400, code: "AccessDeniedException") : nil
        })
        let end = try await fixture.run(
            Fixture.attempt(["count": "60"]), SessionLog(verdict: .stop))
        #expect(end == .completed)
        #expect((2...10).contains(fixture.service.requests(of: "StopTrainingJob").count))
    }

    @Test("A job that is deleted on the service has failed")
    func deleted() async throws {
        let fixture = Fixture()
        let log = SessionLog(announceAt: 1)
        let backend = fixture.backend()
        let end = try await fixture.time.pass {
            async let end = backend.run(
                Fixture.attempt(["count": "1", "end": "endless"]), in: log.session(mark: nil))
            _ = await log.announcement.wait()
            fixture.service.change("job-1") { $0 = nil }
            return try await end
        }
        guard case .failed(let failure) = end else {
            Issue.record("\(end)")
            return
        }
        #expect(failure.cause == .internal)
        #expect(fixture.service.creations == ["job-1": 1])
    }

    @Test("What the service has retried as often as it may is not retried here")
    func retries() async throws {
        let fixture = Fixture()
        let retry: [String: JSONValue] = ["RetryStrategy": ["MaximumRetryAttempts": 2]]
        let reason = "InternalServerError: We encountered an internal error."
        let first = Fixture.attempt(["end": "fail", "reason": reason], envelope: retry)
        let end = try await fixture.run(first)
        for number in 2...3 {
            let later = Fixture.attempt(
                ["end": "fail", "reason": reason], number: number, envelope: retry)
            #expect(try await fixture.run(later) == end)
        }
        #expect(fixture.service.creations == ["job-1": 1])
    }

    @Test("A request that the service does not take has failed, with its words")
    func refused() async throws {
        let fixture = Fixture()
        let attempt = Fixture.attempt(envelope: ["RoleArn": "nobody"])
        guard case .failed(let failure) = try await fixture.run(attempt) else {
            Issue.record("expected a failure")
            return
        }
        #expect(failure.cause == .algorithm)
        #expect(failure.reason.contains("roleArn"))
    }

    @Test("An attempt whose time is used up is not launched")
    func usedUp() async throws {
        let fixture = Fixture()
        let attempt = Fixture.attempt(number: 2, earlierRuntime: .seconds(3600))
        #expect(try await fixture.run(attempt) == .stopped(.runtimeExceeded))
        #expect(fixture.service.sent.isEmpty)
    }
}
