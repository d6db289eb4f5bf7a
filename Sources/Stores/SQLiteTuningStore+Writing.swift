import Foundation
import GRDB
import Tuning

extension SQLiteTuningStore {
    /// Stores a new tuning job with its first events.
    ///
    /// - Throws: `StoreError.alreadyExists` when a job of the kind has the name, or the training
    ///   job that would be made has.
    public func create(
        _ change: TuningJobChange, specification: TuningJobSpecification
    ) async throws {
        let rows = try NewJobRows(NewTuningJob(change, specification: specification))
        try await write { try rows.insert(into: $0) }
        metrics.noteEvents(change.events.count)
        specifications.keep(specification, of: change.job.id)
    }

    /// Appends events and writes the rows they led to.
    ///
    /// - Throws: `StoreError.notFound`; `.alreadyExists` when a new training job's name or ordinal
    ///   is taken.
    public func append(_ change: TuningJobChange) async throws {
        // Which metric is the objective counts once there is a value to sort by.
        let hasObjective = change.trainingJobs.values.contains { $0.objectiveStatus == .succeeded }
        let specification = hasObjective ? try await specification(of: change.job.id) : nil
        let rows = ChangeRows(change, specification: specification)
        try await write { database in
            try rows.updateJob(in: database)
            try rows.insertEvents(into: database)
            try rows.writeTrainingJobs(to: database)
        }
        metrics.noteEvents(change.events.count)
    }

    /// Deletes the entry of a tuning job; its training jobs stay, and its events until the last of
    /// them is deleted.
    ///
    /// - Throws: `StoreError.notFound`.
    public func deleteTuningJob(_ id: TuningJob.ID) async throws {
        let isPurged = try await write { database in
            try database.execute(
                sql: "UPDATE tuning_job SET is_deleted = 1 WHERE id = ? AND is_deleted = 0",
                arguments: [id.rawValue])
            guard database.changesCount == 1 else {
                throw StoreError.notFound(name: TaggedResource.tuningJob(id).label)
            }
            try database.execute(
                sql: "DELETE FROM tag WHERE tuning_job = ? AND ordinal IS NULL",
                arguments: [id.rawValue])
            return try database.purgeIfUnused(id)
        }
        if isPurged { specifications.forget(id) }
    }

    /// Deletes a training job, so that its name is free again; with the last one of a deleted
    /// tuning job, and with one created on its own, goes all that is stored of the tuning job.
    ///
    /// - Throws: `StoreError.notFound`.
    public func deleteTrainingJob(_ id: TrainingJob.ID) async throws {
        let isPurged = try await write { database in
            try database.execute(
                sql: "DELETE FROM training_job WHERE tuning_job = ? AND ordinal = ?",
                arguments: [id.tuningJob.rawValue, id.ordinal])
            guard database.changesCount == 1 else {
                throw StoreError.notFound(name: TaggedResource.trainingJob(id).label)
            }
            return try database.purgeIfUnused(id.tuningJob)
        }
        if isPurged { specifications.forget(id.tuningJob) }
    }

    /// Adds tags, in place of those with the same keys, and takes keys away.
    ///
    /// - Returns: The tags afterwards, in the order of their keys.
    /// - Throws: `StoreError.notFound`.
    public func updateTags(
        of resource: TaggedResource, adding: [Tag], removing: [String]
    ) async throws -> [Tag] {
        try await write { database in
            guard try database.hasResource(resource) else {
                throw StoreError.notFound(name: resource.label)
            }
            try database.removeTags(removing + adding.map(\.key), from: resource)
            try database.addTags(adding, to: resource)
            return try database.tags(of: resource)
        }
    }

    /// Writes, and returns once it is durable.
    ///
    /// - Throws: `StoreError`.
    func write<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws -> Value {
        do {
            return try await commits.perform(body)
        } catch {
            let error = StoreError(error, path: path)
            metrics.noteRefusal(error)
            throw error
        }
    }
}

// MARK: - Statements

extension Database {
    /// Deletes all that is stored of a tuning job which nothing shows any more.
    ///
    /// - Returns: Whether it was deleted.
    fileprivate func purgeIfUnused(_ id: TuningJob.ID) throws -> Bool {
        try execute(
            sql: """
                DELETE FROM tuning_job WHERE id = ? AND (is_deleted = 1 OR kind = 'training')
                AND NOT EXISTS (SELECT 1 FROM training_job WHERE tuning_job = ?)
                """,
            arguments: [id.rawValue, id.rawValue])
        return changesCount == 1
    }
}
