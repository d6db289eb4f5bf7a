import Tuning

/// A tuning job as it is stored: how it began and everything that happened since.
struct StoredTuningJob: Sendable {
    /// The tuning job before its first event.
    let start: TuningJobState
    /// One strategy for each definition, that have observed nothing yet.
    let strategies: [any SearchStrategy]
    /// All events, in stored order.
    let events: [TuningEvent]

    /// How many events are read at once.
    private static let eventPageLength = 5_000

    /// Reads a tuning job.
    ///
    /// - Throws: `StoreError`, and what `strategies` throws.
    init(
        _ id: TuningJob.ID, from store: any TuningStoreReader, strategies: StrategyProvider
    ) async throws {
        guard let specification = try await store.specification(of: id),
            let job = try await store.tuningJob(id)
        else {
            throw StoreError.notFound(name: "\(id.rawValue)")
        }
        start = TuningJobState(
            id: id, specification: specification, creationTime: job.creationTime)
        let seed = specification.seed(of: id)
        self.strategies = try specification.definitions.enumerated().map { index, definition in
            // Definitions that share a space must not try the same points.
            try strategies(
                StrategyTask(
                    plan: specification.plan, space: definition.searchSpace,
                    seed: seed &+ UInt64(index),
                    trialCountMax: specification.limits.trainingJobCountMax,
                    parallelCountMax: specification.limits.parallelCountMax,
                    // A warm start is for a single definition.
                    priors: specification.warmStart?.priors ?? []))
        }
        var events: [TuningEvent] = []
        var position: EventPosition?
        while true {
            let page = try await store.events(
                of: id, after: position, limit: Self.eventPageLength)
            events += page.map(\.event)
            guard let last = page.last, page.count == Self.eventPageLength else { break }
            position = last.position
        }
        self.events = events
    }
}

extension Orchestrator {
    /// Derives every suggestion of a tuning job again and compares; `nil` when there is no tuning
    /// job with the name.
    package nonisolated func replay(
        _ name: TuningJob.Name, setting: Replay.Setting
    ) async throws -> Replay? {
        guard let job = try await reader.tuningJob(named: name, kind: .tuning) else { return nil }
        let stored = try await StoredTuningJob(job.id, from: reader, strategies: strategies)
        return try Replay(
            stored.events, strategies: stored.strategies,
            seed: stored.start.specification.seed(of: job.id), setting: setting)
    }
}
