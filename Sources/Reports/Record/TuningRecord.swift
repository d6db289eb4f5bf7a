import Foundation
import Tuning

/// A tuning job as reports show it: the fold of its events, with every training job and what it
/// reported.
package struct TuningRecord: Sendable {
    /// The training jobs, by ordinal.
    package private(set) var trials: [TrialRecord] = []
    /// The position of the last event; `nil` before the first.
    package private(set) var position: EventPosition?
    private var state: TuningJobState

    /// What was asked for.
    package var specification: TuningJobSpecification { state.specification }
    /// The tuning job.
    package var job: TuningJob { state.job }

    /// A tuning job to which nothing has happened yet.
    package init(id: TuningJob.ID, specification: TuningJobSpecification, creationTime: Date) {
        state = TuningJobState(id: id, specification: specification, creationTime: creationTime)
    }

    /// Moves on by one event; events come in stored order.
    ///
    /// - Throws: `TransitionError` when the event cannot follow; then nothing has changed.
    package mutating func apply(_ stored: StoredEvent) throws(TransitionError) {
        let changed = try state.apply(stored.event)
        position = stored.position
        guard let changed, case .trial(let event) = stored.event else { return }
        if event.trial == trials.count {
            trials.append(TrialRecord(changed))
        } else {
            trials[event.trial].update(to: changed)
        }
        trials[event.trial].observe(event, checkpoint: changed.checkpointResource)
    }
}

// MARK: - Reading

extension TuningRecord {
    /// How many events are read at once.
    private static let pageLength = 5_000

    /// Reads a tuning job with all that has happened to it.
    ///
    /// - Throws: `StoreError`; `TransitionError` when what is stored is damaged.
    package init(_ id: TuningJob.ID, from reader: any TuningStoreReader) async throws {
        guard let specification = try await reader.specification(of: id),
            let job = try await reader.tuningJob(id)
        else {
            throw StoreError.notFound(name: "\(id.rawValue)")
        }
        self.init(id: id, specification: specification, creationTime: job.creationTime)
        try await update(from: reader)
    }

    /// Takes in what has been stored since.
    ///
    /// - Throws: `StoreError`; `TransitionError` when what is stored is damaged.
    package mutating func update(from reader: any TuningStoreReader) async throws {
        while true {
            let page = try await reader.events(
                of: job.id, after: position, limit: Self.pageLength)
            for event in page { try apply(event) }
            guard page.count == Self.pageLength else { return }
        }
    }
}

// MARK: - What was found

extension TuningRecord {
    /// The objective of the first definition; those of others may differ from it.
    package var objective: Objective? { specification.definitions[0].objective }

    /// The training job with the lowest cost; `nil` before the first.
    package var best: TrialRecord? { job.best.map { trials[$0.ordinal] } }

    /// The value of the objective that was a cost to a training job: its definition says which way
    /// is better.
    package func value(of cost: Cost, to trial: TrialRecord) -> Double {
        specification.definitions[trial.definition].objective?.value(of: cost) ?? cost.value
    }
}
