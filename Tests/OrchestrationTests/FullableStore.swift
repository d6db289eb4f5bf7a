import Foundation
import Synchronization
import Tuning
import TuningTesting

/// A store in memory whose disk can be full: then nothing can be appended.
final class FullableStore: TuningStore {
    /// Whether appending is refused.
    let isFull = Mutex(false)
    /// How often appending was refused.
    let refusals = Mutex(0)
    private let base: any TuningStore = InMemoryTuningStore()

    func append(_ change: TuningJobChange) async throws {
        if isFull.withLock({ $0 }) {
            refusals.withLock { $0 += 1 }
            throw StoreError.full(path: "memory")
        }
        try await base.append(change)
    }

    func create(_ change: TuningJobChange, specification: TuningJobSpecification) async throws {
        try await base.create(change, specification: specification)
    }

    func deleteTuningJob(_ id: TuningJob.ID) async throws { try await base.deleteTuningJob(id) }

    func deleteTrainingJob(_ id: TrainingJob.ID) async throws {
        try await base.deleteTrainingJob(id)
    }

    func updateTags(
        of resource: TaggedResource, adding: [Tag], removing: [String]
    ) async throws -> [Tag] {
        try await base.updateTags(of: resource, adding: adding, removing: removing)
    }

    func tuningJob(
        named name: TuningJob.Name, kind: TuningJobSpecification.Kind
    ) async throws -> TuningJob? {
        try await base.tuningJob(named: name, kind: kind)
    }

    func tuningJob(_ id: TuningJob.ID) async throws -> TuningJob? {
        try await base.tuningJob(id)
    }

    func tuningJobs(_ query: TuningJobQuery) async throws -> Page<TuningJob> {
        try await base.tuningJobs(query)
    }

    func specification(of id: TuningJob.ID) async throws -> TuningJobSpecification? {
        try await base.specification(of: id)
    }

    func trainingJob(named name: TrainingJob.Name) async throws -> TrainingJob? {
        try await base.trainingJob(named: name)
    }

    func trainingJob(_ id: TrainingJob.ID) async throws -> TrainingJob? {
        try await base.trainingJob(id)
    }

    func trainingJobs(_ query: TrainingJobQuery) async throws -> Page<TrainingJob> {
        try await base.trainingJobs(query)
    }

    func events(
        of id: TuningJob.ID, after position: EventPosition?, limit: Int
    ) async throws -> [StoredEvent] {
        try await base.events(of: id, after: position, limit: limit)
    }

    func unfinishedTuningJobs() async throws -> [TuningJob] {
        try await base.unfinishedTuningJobs()
    }

    func tags(of resource: TaggedResource) async throws -> [Tag]? {
        try await base.tags(of: resource)
    }
}
