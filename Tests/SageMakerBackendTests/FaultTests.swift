import AWSClient
import Foundation
import SageMakerAPI
import SageMakerBackend
import Synchronization
import Testing
import Tuning
import TuningTesting

@Suite("When things go wrong", .timeLimit(.minutes(2)))
struct FaultTests {
    /// What may go wrong with a request, and how often.
    struct Row: CustomTestStringConvertible, Sendable {
        let faults: [FakeSageMaker.Fault]
        let share: Double
        var seed: UInt64 = 1

        var testDescription: String { "\(faults), \(share), seed \(seed)" }
    }

    static let rows: [Row] =
        [
            Row(faults: [.answerLost], share: 0.5),
            Row(faults: [.duplicated], share: 1),
            Row(faults: [.delayed(.seconds(30))], share: 0.5),
            Row(faults: [.refused(status: 500, code: "InternalFailure")], share: 0.5),
            Row(faults: [.refused(status: 503, code: "ServiceUnavailable")], share: 0.5),
            Row(faults: [.refused(status: 400, code: "ThrottlingException")], share: 0.5),
            Row(faults: [.unreachable], share: 0.5),
            Row(faults: [.page(status: 403)], share: 0.5),
            Row(faults: [.refused(status: 400, code: "AccessDeniedException")], share: 0.5),
            Row(faults: [.refused(status: 400, code: "ExpiredTokenException")], share: 0.5),
        ]
        + (1...5).map {
            Row(
                faults: [
                    .answerLost, .duplicated, .delayed(.seconds(30)), .unreachable,
                    .refused(status: 500, code: "InternalFailure"),
                    .refused(status: 400, code: "ThrottlingException"),
                ], share: 0.4, seed: $0)
        }

    /// Attempts of every kind, with the ends they must come to.
    static let cases: [(hyperparameters: [String: String], values: ClosedRange<Int>, end: String)] =
        [
            (["count": "8"], 1...8, "completed"),
            (["count": "3", "end": "fail"], 1...3, "failed"),
            (["count": "1", "end": "endless"], 1...1, "stopped"),
            (["count": "5", "end": "expire"], 1...5, "expired"),
        ]

    private static func name(_ end: Attempt.End) -> String {
        switch end {
        case .completed: "completed"
        case .failed(let failure): failure.cause == .algorithm ? "failed" : "failed internally"
        case .stopped(.requested): "stopped"
        case .stopped(.runtimeExceeded): "expired"
        case .stopped, .paused: "\(end)"
        }
    }

    /// Runs attempts of every kind at once and checks what has come of them.
    private func check(
        _ fixture: Fixture, _ backend: SageMakerBackend, copies: Int = 3
    ) async throws {
        try await fixture.time.pass {
            try await withThrowingTaskGroup { group in
                for index in 0..<copies * Self.cases.count {
                    let expected = Self.cases[index % Self.cases.count]
                    let attempt = Fixture.attempt(expected.hyperparameters, job: "job-\(index)")
                    group.addTask {
                        let log = SessionLog(announceAt: 1)
                        async let end = backend.run(attempt, in: log.session(mark: nil))
                        if expected.end == "stopped" {
                            _ = await log.announcement.wait()
                            log.stop.request(.requested)
                        }
                        let name = Self.name(try await end)
                        #expect(name == expected.end)
                        #expect(log.values == expected.values.map(Double.init))
                    }
                }
                try await group.waitForAll()
            }
        }
        #expect(fixture.service.violations == [])
        #expect(fixture.service.creations.count == copies * Self.cases.count)
        #expect(fixture.service.creations.values.allSatisfy { $0 == 1 })
        #expect(fixture.service.jobs.values.allSatisfy { $0.isFinished })
    }

    @Test("No job is launched twice or lost, and every value is read once", arguments: rows)
    func faults(row: Row) async throws {
        let random = Mutex(SeededGenerator(seed: row.seed))
        let fixture = Fixture(fault: { _, _ in
            random.withLock { random in
                guard random.nextUnit() < row.share else { return nil }
                return row.faults.randomElement(using: &random)
            }
        })
        try await check(fixture, fixture.backend())
    }

    @Test("A stop at any moment leaves nothing running, whatever goes wrong", arguments: 1...20)
    func stops(seed: UInt64) async throws {
        let random = Mutex(SeededGenerator(seed: seed))
        let fixture = Fixture(fault: { _, _ in
            random.withLock { random in
                let faults: [FakeSageMaker.Fault?] = [
                    nil, nil, .answerLost, .delayed(.seconds(5)), .unreachable,
                    .refused(status: 500, code: "InternalFailure"),
                    .refused(status: 400, code: "AccessDeniedException"),
                ]
                return faults.randomElement(using: &random) ?? nil
            }
        })
        let backend = fixture.backend()
        try await fixture.time.pass {
            var moments = SeededGenerator(seed: ~seed)
            try await withThrowingTaskGroup { group in
                for index in 1...6 {
                    let delay = Duration.seconds(Double.random(in: 0...20, using: &moments))
                    group.addTask {
                        let log = SessionLog()
                        let attempt = Fixture.attempt(
                            ["count": "1", "end": "endless"], job: "job-\(index)")
                        async let end = backend.run(attempt, in: log.session(mark: nil))
                        try await fixture.time.sleep(delay)
                        log.stop.request(.tuningJobEnded)
                        let stopped = try await end
                        #expect(stopped == .stopped(.tuningJobEnded))
                    }
                }
                try await group.waitForAll()
            }
        }
        #expect(fixture.service.jobs.values.allSatisfy { $0.status == "Stopped" })
        #expect(fixture.service.violations == [])
    }

    @Test("A clock that is wrong is corrected by the service's", arguments: [-86_400.0, 3_600])
    func skew(seconds: Double) async throws {
        let time = Mutex<VirtualTime?>(nil)
        let fixture = Fixture(gatekeeper: { request in
            let now = time.withLock { $0?.date } ?? VirtualTime.origin
            let text = request.headers.first { $0.name == "x-amz-date" }?.value ?? ""
            let style = Date.VerbatimFormatStyle.compact
            let sent = (try? Date(text, strategy: style)) ?? .distantPast
            guard abs(sent.timeIntervalSince(now)) > 300 else { return nil }
            var refusal = HTTPAnswer.refusal(
                403, "InvalidSignatureException", "Signature expired: \(text)")
            refusal.headers.append(HTTPHeader("Date", now.formatted(.header)))
            return refusal
        })
        time.withLock { $0 = fixture.time }
        let key = AccessKey(id: "AKID", secret: "secret")
        try await check(
            fixture, fixture.backend(credentials: FixedCredentials(key), skew: seconds))
    }

    /// Has a key that expires, then none for a minute, then another.
    private final class ExpiringCredentials: CredentialProvider {
        let time: VirtualTime
        private let isExpired = Mutex(false)

        init(_ time: VirtualTime) { self.time = time }

        func credentials() async throws -> Credentials {
            guard isExpired.withLock({ $0 }) else {
                return Credentials(key: AccessKey(id: "OLD", secret: "secret"))
            }
            guard time.now > .seconds(80) else { throw CredentialError("the session is over") }
            return Credentials(key: AccessKey(id: "NEW", secret: "secret"))
        }

        func forget(_ key: AccessKey) async {
            if key.id == "OLD" { isExpired.withLock { $0 = true } }
        }
    }

    @Test("Credentials that expire in mid-run are waited for")
    func expiredCredentials() async throws {
        let time = Mutex<VirtualTime?>(nil)
        let fixture = Fixture(gatekeeper: { request in
            let now = time.withLock { $0?.now } ?? .zero
            let signature = request.headers.first { $0.name == "authorization" }?.value ?? ""
            guard now > .seconds(5), signature.contains("Credential=OLD/") else { return nil }
            return .refusal(400, "ExpiredTokenException", "The security token is expired")
        })
        time.withLock { $0 = fixture.time }
        try await check(
            fixture, fixture.backend(credentials: ExpiringCredentials(fixture.time)))
        #expect(fixture.time.now > .seconds(80))
    }

    /// What outlives a daemon: what was stored of each attempt.
    private final class Ledger: Sendable {
        struct Entry {
            var end: Attempt.End?
            var mark: ReportMark?
            var values: [Double] = []
        }

        private let state = Mutex<[String: Entry]>([:])

        var entries: [String: Entry] { state.withLock { $0 } }

        func run(_ attempt: Attempt, on backend: SageMakerBackend) async {
            let name = attempt.id.trainingJob
            let entry = entries[name] ?? Entry()
            guard entry.end == nil else { return }
            let log = SessionLog()
            let end = try? await backend.run(attempt, in: log.session(mark: entry.mark))
            state.withLock {
                $0[name] = Entry(
                    end: end, mark: log.lastMark ?? entry.mark, values: entry.values + log.values)
            }
        }
    }

    @Test("A daemon that is killed again and again finds its jobs", arguments: 1...10)
    func killed(seed: UInt64) async throws {
        let random = Mutex(SeededGenerator(seed: seed))
        let fixture = Fixture(fault: { _, _ in
            random.withLock { $0.nextUnit() < 0.2 ? .delayed(.seconds(3)) : nil }
        })
        let attempts = (1...6).map { Fixture.attempt(["count": "12"], job: "job-\($0)") }
        let ledger = Ledger()
        try await fixture.time.pass {
            var lives = SeededGenerator(seed: ~seed)
            while ledger.entries.values.count(where: { $0.end != nil }) < attempts.count {
                let backend = fixture.backend()
                let daemon = Task(executorPreference: fixture.time.executor) {
                    await withDiscardingTaskGroup { group in
                        for attempt in attempts {
                            group.addTask { await ledger.run(attempt, on: backend) }
                        }
                    }
                }
                try await fixture.time.sleep(.seconds(Double.random(in: 0...15, using: &lives)))
                daemon.cancel()
                await daemon.value
            }
        }
        #expect(fixture.service.creations.values.map { $0 } == Array(repeating: 1, count: 6))
        for entry in ledger.entries.values {
            #expect(entry.end == .completed)
            // What came while nobody looked, or in a look that died, is gone by the next.
            #expect(entry.values == entry.values.sorted())
            #expect(Set(entry.values).count == entry.values.count)
            #expect(entry.values.last == 12)
        }
    }
}

extension Date.VerbatimFormatStyle {
    /// `20231114T221320Z`.
    fileprivate static let compact = Date.ParseStrategy(
        format: """
            \(year: .padded(4))\(month: .twoDigits)\(day: .twoDigits)T\
            \(hour: .twoDigits(clock: .twentyFourHour, hourCycle: .zeroBased))\
            \(minute: .twoDigits)\(second: .twoDigits)Z
            """, timeZone: .gmt)
}

extension FormatStyle where Self == Date.VerbatimFormatStyle {
    /// `Tue, 14 Nov 2023 22:13:20 GMT`.
    fileprivate static var header: Date.VerbatimFormatStyle {
        Date.VerbatimFormatStyle(
            format: """
                \(weekday: .abbreviated), \(day: .twoDigits) \(month: .abbreviated) \
                \(year: .padded(4)) \
                \(hour: .twoDigits(clock: .twentyFourHour, hourCycle: .zeroBased)):\
                \(minute: .twoDigits):\(second: .twoDigits) GMT
                """, locale: Locale(identifier: "en_US_POSIX"), timeZone: .gmt,
            calendar: Calendar(identifier: .gregorian))
    }
}
