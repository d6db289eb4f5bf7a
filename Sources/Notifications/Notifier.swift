import AWSClient
import Foundation
import Logging
import Metrics
import Orchestration
import ServiceLifecycle
import Synchronization
import Tuning

/// Tells webhooks and commands how jobs ended, at least once, whatever they or this process do.
///
/// Nothing waits for it: it listens to what was stored, and each target has its own queue.
package final class Notifier: Service {
    private let targets: [NotificationTarget]
    private let reader: any TuningStoreReader
    private let stored: AsyncStream<TuningJobChange>
    private let ledger: ToldLedger
    private let sender: any NoticeSender
    private let time: TimeSource
    private let logger: Logger
    private let metrics: NotificationMetrics
    /// The queues of the targets, in their order.
    private let queues: Mutex<[DeliveryQueue]>
    private let arrivals = AsyncStream.makeStream(of: JobEnd.self)

    /// Listens from now on; tells nothing before `run()`.
    ///
    /// - Parameters:
    ///   - directory: The data directory, which keeps what was told.
    ///   - time: The time that jobs end by.
    ///   - metrics: Takes counts; they are dropped unless given.
    /// - Returns: `nil` without targets; what ends then is never told.
    /// - Throws: When the data directory cannot be written.
    package convenience init?(
        _ targets: [NotificationTarget], of orchestrator: Orchestrator, directory: URL,
        time: TimeSource = .real, logger: Logger,
        metrics: any MetricsFactory = NOOPMetricsHandler.instance
    ) throws {
        guard !targets.isEmpty else {
            ToldLedger.remove(from: directory)
            return nil
        }
        try self.init(
            targets, reader: orchestrator.reader, changes: orchestrator.changes.changes(),
            sender: OutsideSender(transport: try NetworkTransport(), now: { Date() }),
            directory: directory, time: time, logger: logger, metrics: metrics)
    }

    init(
        _ targets: [NotificationTarget], reader: any TuningStoreReader,
        changes: AsyncStream<TuningJobChange>, sender: any NoticeSender, directory: URL,
        time: TimeSource, logger: Logger, metrics: any MetricsFactory
    ) throws {
        self.targets = targets
        self.reader = reader
        self.sender = sender
        self.time = time
        self.logger = logger
        self.metrics = NotificationMetrics(metrics)
        stored = changes
        ledger = try ToldLedger(directory: directory, targets: targets, now: time.now())
        queues = Mutex(Array(repeating: DeliveryQueue(), count: targets.count))
    }

    /// How often somebody who waits looks.
    private static let lookInterval = Duration.milliseconds(20)

    /// How many ends are still to be told, each counted once a target.
    package var pendingCount: Int { queues.withLock { $0.reduce(0) { $0 + $1.count } } }

    /// Tells what an earlier process left untold, and then what ends, until graceful shutdown.
    package func run() async {
        await cancelWhenGracefulShutdown { [self] in
            await withDiscardingTaskGroup { group in
                group.addTask { await self.findUntold() }
                group.addTask { await self.listen() }
                for await end in arrivals.stream { take(end, in: &group) }
                group.cancelAll()
            }
        }
    }

    /// Waits until everybody who wants to has heard of the end of a tuning job, but no longer than
    /// a limit.
    ///
    /// - Returns: Whether everybody has heard, or never will.
    @discardableResult
    package func finishTelling(_ job: TuningJob, within limit: Duration) async -> Bool {
        let limit = ContinuousClock.now + limit
        while targets.contains(where: { isUntold(JobEnd(of: job), to: $0) }) {
            guard ContinuousClock.now < limit else { return false }
            do { try await Task.sleep(for: Self.lookInterval) } catch { return false }
        }
        return true
    }
}

// MARK: - What is to be told

extension Notifier {
    private func listen() async {
        for await change in stored where change.job.status.isFinished {
            await add(change.job)
        }
    }

    /// Lets the end of a job be told to whoever wants to hear of such jobs.
    private func add(_ job: TuningJob) async {
        guard targets.contains(where: { $0.kinds.contains(job.kind) }) else { return }
        do {
            guard let end = try await JobEnd(of: job, from: reader) else { return }
            arrivals.continuation.yield(end)
        } catch {
            logger.error(
                "how a job ended could not be read; it will be told after the next start",
                metadata: .init(job, reason: "\(error)"))
        }
    }

    /// Puts a job in the queues of those who want to hear of it and have not.
    private func take(_ end: JobEnd, in group: inout DiscardingTaskGroup) {
        for (index, target) in targets.enumerated() where isUntold(end, to: target) {
            switch queues.withLock({ $0[index].add(end) }) {
            case true?: group.addTask { await self.tellAll(of: index) }
            case false?: break
            case nil:
                logger.error(
                    "too much is to be told; some will be after the next start",
                    metadata: .init(end.job, target))
            }
        }
        metrics.pending.set(Double(pendingCount))
    }

    private func isUntold(_ end: JobEnd, to target: NotificationTarget) -> Bool {
        guard target.wants(end.job.kind, end.status), let beginning = ledger.beginning(of: target)
        else { return false }
        return end.time >= beginning && !ledger.isTold(target.deliveryID(of: end.job.id))
    }

    /// Finds the ends of an earlier process that nobody was told.
    private func findUntold() async {
        let horizon = time.now().addingTimeInterval(-ToldLedger.horizon)
        let beginnings = targets.compactMap { ledger.beginning(of: $0) }
        let after = max(horizon, beginnings.min() ?? horizon).addingTimeInterval(-1)
        do {
            if targets.contains(where: { $0.kinds.contains(.tuning) }) {
                try await findTuningJobs(after: after)
            }
            if targets.contains(where: { $0.kinds.contains(.training) }) {
                try await findTrainingJobs(after: after)
            }
        } catch {
            logger.error(
                "what was not told before could not be read; it will be after the next start",
                metadata: ["error": "\(error)"])
        }
    }

    private func findTuningJobs(after date: Date) async throws {
        var query = TuningJobQuery()
        query.modified.after = date
        query.limit = 100
        repeat {
            let page = try await reader.tuningJobs(query)
            for job in page.elements where job.status.isFinished { await add(job) }
            query.token = page.next
        } while query.token != nil
    }

    /// Those that were created on their own.
    private func findTrainingJobs(after date: Date) async throws {
        var query = TrainingJobQuery()
        query.modified.after = date
        query.limit = 100
        repeat {
            let page = try await reader.trainingJobs(query)
            for training in page.elements where training.status.isFinished {
                let job = try await reader.tuningJob(named: training.name, kind: .training)
                if let job { await add(job) }
            }
            query.token = page.next
        } while query.token != nil
    }
}

// MARK: - Telling

extension Notifier {
    private func tellAll(of index: Int) async {
        while !Task.isCancelled, let end = queues.withLock({ $0[index].next() }) {
            let job = end.job
            let context = JobContext(
                tuningJob: job.kind == .tuning ? job.name : nil,
                trainingJob: job.kind == .training ? job.name : nil)
            let isOver = await JobContext.$current.withValue(context) {
                await tell(end, to: targets[index])
            }
            guard isOver else { return }
            queues.withLock { $0[index].finish(job.id) }
            metrics.pending.set(Double(pendingCount))
        }
    }

    /// Tells one end to one target.
    ///
    /// - Returns: Whether it is over, told or not; `false` when the task was cancelled before.
    private func tell(_ end: JobEnd, to target: NotificationTarget) async -> Bool {
        var course = DeliveryCourse(attemptCountMax: target.attemptCountMax)
        var random = SystemRandomNumberGenerator()
        while true {
            let outcome = await attempt(end, target)
            if Task.isCancelled, outcome != .accepted { return false }
            let step = course.take(outcome, using: &random)
            report(outcome, step, of: end.job, to: target)
            guard case .wait(let delay) = step else { break }
            do { try await Task.sleep(for: delay) } catch { return false }
        }
        do {
            try ledger.note(
                target.deliveryID(of: end.job.id), end: end.time)
        } catch {
            logger.error(
                "that the end of a job was told cannot be kept; it may be told again",
                metadata: .init(end.job, target, reason: "\(error)"))
        }
        return true
    }

    private func attempt(_ end: JobEnd, _ target: NotificationTarget) async -> DeliveryOutcome {
        do {
            guard let notice = try await JobNotice(of: end, to: target, from: reader) else {
                return .failed(reason: "the job was deleted", isPassing: false)
            }
            return await sender.send(notice, to: target)
        } catch {
            return .failed(reason: "the job could not be read", isPassing: true)
        }
    }

    private func report(
        _ outcome: DeliveryOutcome, _ step: DeliveryCourse.Step, of job: TuningJob,
        to target: NotificationTarget
    ) {
        switch (outcome, step) {
        case (.failed(let reason, _), .giveUp):
            metrics.givenUp.increment()
            logger.error(
                "the end of a job will not be told", metadata: .init(job, target, reason: reason))
        case (.failed(let reason, _), _):
            metrics.failed.increment()
            logger.warning(
                "the end of a job could not be told yet",
                metadata: .init(job, target, reason: reason))
        case (.accepted, _):
            metrics.accepted.increment()
            logger.info("the end of a job was told", metadata: .init(job, target))
        }
    }
}

/// What telling records.
struct NotificationMetrics: Sendable {
    let accepted: Counter
    let failed: Counter
    let givenUp: Counter
    let pending: Meter

    init(_ factory: any MetricsFactory) {
        func counter(_ outcome: String) -> Counter {
            Counter(
                label: "tuner_notification_attempts_total", dimensions: [("outcome", outcome)],
                factory: factory)
        }
        accepted = counter("accepted")
        failed = counter("failed")
        givenUp = counter("given_up")
        pending = Meter(label: "tuner_notifications_pending", factory: factory)
        pending.set(0)
    }
}

extension Logger.Metadata {
    fileprivate init(
        _ job: TuningJob, _ target: NotificationTarget? = nil, reason: String? = nil
    ) {
        self = [job.kind == .tuning ? "tuning_job" : "training_job": "\(job.name)"]
        if let target {
            self["target"] = "\(target)"
            self["delivery"] = "\(target.deliveryID(of: job.id))"
        }
        if let reason { self["reason"] = "\(reason)" }
    }
}
