import Metrics
import Tuning

/// What a store records: commits and what they hold, never names.
struct StoreMetrics: Sendable {
    private let committed: Counter
    private let failed: Counter
    private let commitSeconds: Recorder
    private let commitWrites: Recorder
    private let events: Counter
    private let factory: any MetricsFactory

    /// Records to a factory.
    init(_ factory: any MetricsFactory) {
        committed = Counter(
            label: "tuner_store_commits_total", dimensions: [("outcome", "committed")],
            factory: factory)
        failed = Counter(
            label: "tuner_store_commits_total", dimensions: [("outcome", "failed")],
            factory: factory)
        commitSeconds = Recorder(label: "tuner_store_commit_seconds", factory: factory)
        commitWrites = Recorder(label: "tuner_store_commit_writes", factory: factory)
        events = Counter(label: "tuner_store_events_total", factory: factory)
        self.factory = factory
    }

    /// Records a commit.
    func noteCommit(of writeCount: Int, since start: ContinuousClock.Instant, isDone: Bool) {
        (isDone ? committed : failed).increment()
        guard isDone else { return }
        commitSeconds.record((ContinuousClock.now - start) / .seconds(1))
        commitWrites.record(Int64(writeCount))
    }

    /// Records events that were made durable.
    func noteEvents(_ count: Int) {
        events.increment(by: count)
    }

    /// Records a write that failed.
    func noteRefusal(_ error: StoreError) {
        Counter(
            label: "tuner_store_refusals_total", dimensions: [("code", error.code)],
            factory: factory
        ).increment()
    }
}
