import Foundation
import Tuning

/// What every training backend promises, as checks to be run against one.
///
/// A check throws `BackendConformance.Violation` when a promise is broken.
public struct BackendConformance: Sendable {
    /// Makes attempts with an ID of their own each, for the backend under test.
    public struct Attempts: Sendable {
        /// Reports `1, 2, ... count` as the metric `value`, one sample each, then succeeds.
        public let reporting: @Sendable (_ count: Int) -> Attempt
        /// Reports `1` as the metric `value`, then goes on until it is stopped.
        public let endless: @Sendable () -> Attempt
        /// Fails by the algorithm's fault.
        public let failing: @Sendable () -> Attempt

        /// Takes the three ways to make one.
        public init(
            reporting: @escaping @Sendable (_ count: Int) -> Attempt,
            endless: @escaping @Sendable () -> Attempt,
            failing: @escaping @Sendable () -> Attempt
        ) {
            self.reporting = reporting
            self.endless = endless
            self.failing = failing
        }
    }

    /// What a backend can still tell of metrics that nobody has read.
    public enum UnreadMetrics: Sendable {
        /// All of them.
        case all
        /// The last of each, as some services keep no more.
        case last
    }

    /// One promise.
    public struct Check: Sendable, CustomStringConvertible {
        /// The promise, as a sentence.
        public let description: String
        let body: @Sendable (BackendConformance) async throws -> Void
    }

    /// A broken promise.
    public struct Violation: Error, CustomStringConvertible {
        /// What was expected and what happened.
        public let description: String
    }

    /// How long any single run may take.
    static let timeLimit = Duration.seconds(60)
    /// The metric that the attempts report.
    public static let metric = "value"

    /// The backend; asked again, a daemon's next life: it finds the attempts of the earlier ones.
    let backend: @Sendable () -> any TrainingBackend
    let attempts: Attempts
    let unread: UnreadMetrics
    let crowd: Int

    /// Puts together a suite.
    ///
    /// - Parameters:
    ///   - attempts: Makes what the backend is to run.
    ///   - unread: What the backend can tell of metrics that nobody has read.
    ///   - crowd: How many attempts must leave nothing behind.
    ///   - backend: Gives the backend; asked again, a daemon's next life, which finds the attempts
    ///     of the earlier ones.
    public init(
        attempts: Attempts, unread: UnreadMetrics = .all, crowd: Int = 1_000,
        backend: @escaping @Sendable () -> any TrainingBackend
    ) {
        self.attempts = attempts
        self.unread = unread
        self.crowd = crowd
        self.backend = backend
    }

    /// Checks one promise.
    public func run(_ check: Check) async throws {
        try await check.body(self)
    }
}

// MARK: - Checks

extension BackendConformance {
    /// All promises.
    public static let checks: [Check] = [
        Check(description: "Each metric is reported once and in order") { suite in
            let log = SessionLog()
            let end = try await suite.run(suite.attempts.reporting(25), log)
            try expect(end, .completed)
            try expect(log.values, values(1...25))
            try expect(log.phases.contains(.training), true)
        },
        Check(description: "An attempt that is run twice at once runs once") { suite in
            let attempt = suite.attempts.reporting(10)
            let logs = [SessionLog(), SessionLog()]
            async let first = suite.run(attempt, logs[0])
            async let second = suite.run(attempt, logs[1])
            let ends = try await [first, second]
            try expect(ends, [.completed, .completed])
            for log in logs { try expect(log.values, values(1...10)) }
        },
        Check(description: "An attempt that is over reports its end and unread metrics again") {
            suite in
            let attempt = suite.attempts.reporting(5)
            let (first, again, rest) = (SessionLog(), SessionLog(), SessionLog())
            try expect(try await suite.run(attempt, first), .completed)
            try expect(try await suite.run(attempt, again), .completed)
            switch suite.unread {
            case .all: try expect(again.values, values(1...5))
            case .last: try expect(again.values, [5])
            }
            try expect(try await suite.run(attempt, rest, mark: first.lastMark), .completed)
            try expect(rest.values, [])
        },
        Check(description: "Attaching after detaching goes on behind the mark") { suite in
            let attempt = suite.attempts.reporting(40)
            let before = SessionLog(announceAt: 3, holds: true)
            try await suite.detach(from: attempt, before)
            let after = SessionLog()
            let end = try await suite.run(attempt, after, mark: before.lastMark)
            try expect(end, .completed)
            try expect(before.values + after.values, values(1...40))
        },
        Check(description: "A detached attempt can be stopped after attaching") { suite in
            let attempt = suite.attempts.endless()
            let before = SessionLog(announceAt: 1, holds: true)
            try await suite.detach(from: attempt, before)
            let after = SessionLog()
            after.stop.request(.tuningJobEnded)
            let end = try await suite.run(attempt, after, mark: before.lastMark)
            try expect(end, .stopped(.tuningJobEnded))
            try expect(after.values, [])
        },
        Check(description: "A stop before the start keeps it from starting, for ever") { suite in
            let attempt = suite.attempts.reporting(3)
            for _ in 1...2 {
                let log = SessionLog()
                log.stop.request(.requested)
                try expect(try await suite.run(attempt, log), .stopped(.requested))
                try expect(log.values, [])
            }
            try expect(try await suite.run(attempt, SessionLog()), .stopped(.requested))
        },
        Check(description: "A stop ends a running attempt; a second one is harmless") { suite in
            let attempt = suite.attempts.endless()
            let log = SessionLog(announceAt: 1)
            async let end = suite.run(attempt, log)
            _ = await log.announcement.wait()
            log.stop.request(.runtimeExceeded)
            log.stop.request(.requested)
            try expect(try await end, .stopped(.runtimeExceeded))
            try expect(
                try await suite.run(attempt, SessionLog()), .stopped(.runtimeExceeded))
        },
        Check(description: "A stop at any moment ends the attempt") { suite in
            for milliseconds in [0, 1, 2, 4, 8, 16, 32, 64] {
                let log = SessionLog()
                async let end = suite.run(suite.attempts.endless(), log)
                try await Task.sleep(for: .milliseconds(milliseconds))
                log.stop.request(.requested)
                try expect(try await end, .stopped(.requested))
            }
        },
        Check(description: "The verdict to stop is obeyed") { suite in
            let log = SessionLog(verdict: .stop)
            let end = try await suite.run(suite.attempts.endless(), log)
            try expect(end, .stopped(.earlyStopping))
            try expect(log.values, [1])
        },
        Check(description: "A failure is a result, with its reason, again and again") { suite in
            let attempt = suite.attempts.failing()
            let first = try await suite.run(attempt, SessionLog())
            guard case .failed(let failure) = first else {
                throw Violation(description: "expected a failure, got \(first)")
            }
            try expect(failure.cause, .algorithm)
            try expect(failure.reason.isEmpty, false)
            try expect(try await suite.run(attempt, SessionLog()), first)
        },
        Check(description: "An error of the report comes back as it was") { suite in
            struct StoreIsFull: Error {}
            let attempt = suite.attempts.reporting(2)
            let session = AttemptSession { _ in throw StoreIsFull() }
            do {
                let end = try await suite.backend().run(attempt, in: session)
                throw Violation(description: "expected the report's error, got \(end)")
            } catch is StoreIsFull {}
        },
        Check(description: "Cancelling detaches at any moment, and what runs can be stopped") {
            suite in
            for milliseconds in [0, 1, 2, 4, 8, 16, 32, 64] {
                let attempt = suite.attempts.endless()
                let before = SessionLog()
                try await suite.detach(from: attempt, before) {
                    try await Task.sleep(for: .milliseconds(milliseconds))
                }
                let after = SessionLog()
                after.stop.request(.requested)
                let end = try await suite.run(attempt, after, mark: before.lastMark)
                try expect(end, .stopped(.requested))
            }
        },
        Check(description: "A start that is repeated again and again starts once") { suite in
            let attempt = suite.attempts.endless()
            var mark: ReportMark?
            var count = 0
            for _ in 1...5 {
                let log = SessionLog()
                try await suite.detach(from: attempt, log, after: mark) {
                    let deadline = ContinuousClock.now + .milliseconds(20)
                    while log.values.isEmpty, .now < deadline { await Task.yield() }
                }
                mark = log.lastMark ?? mark
                count += log.values.count
            }
            let log = SessionLog(announceAt: 1)
            if count == 0 {
                try await suite.detach(from: attempt, log) { _ = await log.announcement.wait() }
                mark = log.lastMark
            }
            let last = SessionLog()
            last.stop.request(.requested)
            try expect(try await suite.run(attempt, last, mark: mark), .stopped(.requested))
            try expect(count + log.values.count + last.values.count, 1)
        },
        Check(description: "Many attempts leave no open files and no processes") { suite in
            try await suite.checkLeaks(attemptCount: suite.crowd)
        },
    ]

    private func checkLeaks(attemptCount: Int) async throws {
        let backend = backend()
        _ = try await run(attempts.reporting(1), SessionLog())
        let before = ProcessResources.current()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<attemptCount {
                if index >= 8 { try await group.next() }
                let attempt = attempts.reporting(1)
                group.addTask {
                    let log = SessionLog()
                    let end = try await backend.run(attempt, in: log.session(mark: nil))
                    try expect(end, .completed)
                }
            }
            try await group.waitForAll()
        }
        // Whatever else this process does meanwhile takes a few, but not one for every
        // other attempt.
        let slack = attemptCount / 2
        let deadline = ContinuousClock.now + Self.timeLimit
        while true {
            let after = ProcessResources.current()
            if after.fileCount <= before.fileCount + slack,
                after.childCount <= before.childCount + slack
            {
                return
            }
            guard ContinuousClock.now < deadline else {
                throw Violation(description: "before: \(before), after: \(after)")
            }
            try await Task.sleep(for: .milliseconds(20))
        }
    }
}

// MARK: - Steps

extension BackendConformance {
    private func run(
        _ attempt: Attempt, _ log: SessionLog, mark: ReportMark? = nil
    ) async throws -> Attempt.End {
        let backend = backend()
        return try await withTimeLimit("the end of attempt \(attempt.id)") {
            try await backend.run(attempt, in: log.session(mark: mark))
        }
    }

    /// Runs an attempt until the log announces, then detaches.
    private func detach(from attempt: Attempt, _ log: SessionLog) async throws {
        try await detach(from: attempt, log) { _ = await log.announcement.wait() }
    }

    /// Runs an attempt until some work is done, then detaches.
    private func detach(
        from attempt: Attempt, _ log: SessionLog, after mark: ReportMark? = nil,
        when isTime: () async throws -> Void
    ) async throws {
        let backend = backend()
        let task = Task { try await backend.run(attempt, in: log.session(mark: mark)) }
        try await isTime()
        task.cancel()
        let end: Attempt.End
        do {
            end = try await withTimeLimit("detaching") { try await task.value }
        } catch is CancellationError {
            return
        }
        throw Violation(description: "expected to be detached, got \(end)")
    }

    private func withTimeLimit<Value: Sendable>(
        _ what: String, _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        try await withThrowingTaskGroup { group in
            group.addTask { try await body() }
            group.addTask {
                try await Task.sleep(for: Self.timeLimit)
                throw Violation(description: "waited \(Self.timeLimit) for \(what)")
            }
            defer { group.cancelAll() }
            guard let value = try await group.next() else { throw CancellationError() }
            return value
        }
    }
}

private func expect<Value: Equatable>(_ actual: Value, _ expected: Value) throws {
    guard actual != expected else { return }
    throw BackendConformance.Violation(description: "expected \(expected), got \(actual)")
}

private func values(_ range: ClosedRange<Int>) -> [Double] { range.map(Double.init) }
