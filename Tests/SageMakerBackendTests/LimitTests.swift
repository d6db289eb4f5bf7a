import AWSClient
import Foundation
import Logging
import SageMakerAPI
import SageMakerBackend
import Synchronization
import Testing
import Tuning
import TuningTesting

@Suite("Limits, capacity and health", .timeLimit(.minutes(2)))
struct LimitTests {
    @Test("A limit of the account holds launches back, and every job runs in the end")
    func accountLimit() async throws {
        let fixture = Fixture()
        fixture.service.limitRunning(to: 3)
        let backend = fixture.backend()
        try await fixture.time.pass {
            try await withThrowingTaskGroup { group in
                for index in 1...12 {
                    group.addTask {
                        let log = SessionLog()
                        let end = try await backend.run(
                            Fixture.attempt(["count": "5"], job: "job-\(index)"),
                            in: log.session(mark: nil))
                        #expect(end == .completed)
                        #expect(log.values == [1, 2, 3, 4, 5])
                        return log.phases.first == .pending
                    }
                }
                var waiting = 0
                for try await hasWaited in group where hasWaited { waiting += 1 }
                #expect(waiting == 9)
            }
        }
        #expect(fixture.service.creations.count == 12)
        #expect(backend.heldLaunchCount == 0)
        // Nine had to wait; each was tried when one of ours ended, and now and then by time.
        let refused = fixture.service.requests(of: "CreateTrainingJob").count - 12
        #expect(refused < 40, "\(refused) launches were refused")
    }

    @Test("A launch that is held back can be stopped, and cancelled")
    func stopWhileHeld() async throws {
        let fixture = Fixture()
        fixture.service.limitRunning(to: 0)
        let backend = fixture.backend()
        let log = SessionLog()
        try await fixture.time.pass {
            async let stopped = backend.run(Fixture.attempt(), in: log.session(mark: nil))
            let cancelled = Task(executorPreference: fixture.time.executor) {
                try await backend.run(
                    Fixture.attempt(job: "job-2"), in: SessionLog().session(mark: nil))
            }
            while backend.heldLaunchCount < 2 { await Task.yield() }
            log.stop.request(.requested)
            let end = try await stopped
            #expect(end == .stopped(.requested))
            cancelled.cancel()
            await #expect(throws: CancellationError.self) { try await cancelled.value }
        }
        #expect(fixture.service.jobs.isEmpty)
        #expect(backend.heldLaunchCount == 0)
    }

    static let flexible: [String: JSONValue] = [
        "HyperParameterTuningResourceConfig": [
            "AllocationStrategy": "Prioritized",
            "InstanceConfigs": [
                ["InstanceType": "ml.m5.xlarge", "InstanceCount": 1, "VolumeSizeInGB": 5],
                ["InstanceType": "ml.m5.2xlarge", "InstanceCount": 1, "VolumeSizeInGB": 5],
                ["InstanceType": "ml.m5.4xlarge", "InstanceCount": 1, "VolumeSizeInGB": 5],
            ],
        ]
    ]

    @Test("Where capacity is missing, the next instances are tried, within the same attempt")
    func capacity() async throws {
        let fixture = Fixture()
        fixture.service.removeCapacity(of: ["ml.m5.xlarge", "ml.m5.2xlarge"])
        let attempt = Fixture.attempt(envelope: Self.flexible)
        let log = SessionLog()
        #expect(try await fixture.run(attempt, log) == .completed)
        #expect(log.values == [1, 2, 3])
        // Another life finds the job that came to run.
        let again = SessionLog()
        #expect(try await fixture.run(attempt, again, mark: log.lastMark) == .completed)
        #expect(again.values == [])
        #expect(try await fixture.run(attempt) == .completed)
        #expect(fixture.service.creations == ["job-1": 1, "job-1-1b": 1, "job-1-1c": 1])
        #expect(fixture.service.jobs["job-1-1c"]?.isFinished == true)
    }

    @Test("Where no instances have capacity, the attempt has failed by the service's fault")
    func noCapacity() async throws {
        let fixture = Fixture()
        fixture.service.removeCapacity(of: ["ml.m5.xlarge", "ml.m5.2xlarge", "ml.m5.4xlarge"])
        let end = try await fixture.run(Fixture.attempt(envelope: Self.flexible))
        guard case .failed(let failure) = end else {
            Issue.record("\(end)")
            return
        }
        #expect(failure.cause == .internal)
        #expect(fixture.service.creations.count == 3)
    }

    /// A problem that lasts from 10 to 100 seconds, and how it is shown.
    struct Row: Sendable, CustomTestStringConvertible {
        let fault: FakeSageMaker.Fault
        let state: BackendHealth.State
        var testDescription: String { "\(state)" }
    }

    @Test(
        "Health says what stands in the way, since when, and the log says it once",
        arguments: [
            Row(fault: .unreachable, state: .unreachable),
            Row(fault: .refused(status: 503, code: "ServiceUnavailable"), state: .unreachable),
            Row(
                fault: .refused(status: 400, code: "ExpiredTokenException"),
                state: .credentialsRefused),
            Row(
                fault: .refused(status: 400, code: "AccessDeniedException"), state: .accessDenied),
            Row(fault: .refused(status: 400, code: "ThrottlingException"), state: .throttled),
        ])
    func health(row: Row) async throws {
        let time = Mutex<VirtualTime?>(nil)
        var fixture = Fixture(fault: { operation, _ in
            let now = time.withLock { $0?.now } ?? .zero
            let isAffected = row.state != .accessDenied || operation == "DescribeTrainingJob"
            return isAffected && now > .seconds(10) && now < .seconds(100) ? row.fault : nil
        })
        time.withLock { $0 = fixture.time }
        let lines = LogLines()
        fixture.logger = Logger(label: "test") { _ in lines }
        let backend = fixture.backend()
        let clock = fixture.time
        try await fixture.time.pass {
            #expect(backend.health.state == .reachable)
            async let end = backend.run(
                Fixture.attempt(["count": "40"]), in: SessionLog().session(mark: nil))
            try await clock.sleep(.seconds(60))
            let health = backend.health
            #expect(health.state == row.state)
            #expect(health.since.timeIntervalSince(VirtualTime.origin) < 30)
            _ = try await end
            #expect(backend.health.state == .reachable)
        }
        #expect(lines.texts.count == 2, "\(lines.texts)")
    }
}

/// Keeps what is logged from `notice` on.
private final class LogLines: LogHandler {
    private let lines = Mutex<[String]>([])

    var texts: [String] { lines.withLock { $0 } }
    var metadata: Logger.Metadata {
        get { [:] }
        set {}
    }
    var logLevel: Logger.Level {
        get { .notice }
        set {}
    }

    subscript(metadataKey _: String) -> Logger.Metadata.Value? {
        get { nil }
        set {}
    }

    func log(event: LogEvent) {
        lines.withLock { $0.append("\(event.message)") }
    }
}
