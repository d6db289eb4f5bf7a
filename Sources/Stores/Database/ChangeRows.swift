import Foundation
import GRDB
import Tuning

/// A change of a tuning job as the rows it is stored in.
///
/// Made by the caller's task, so that the writer's connection, of which there is one, only writes.
struct ChangeRows: Sendable {
    private struct Event: Sendable {
        let trial: Trial.ID?
        let time: Double
        let kind: String
        let payload: String
    }

    private struct Training: Sendable {
        let job: TrainingJob
        let objectiveValue: Double?
        let details: String
    }

    private let job: TuningJob
    private let jobDetails: String
    private let events: [Event]
    private let trainingJobs: [Training]

    /// Lays out a change.
    ///
    /// - Parameter specification: Says which metrics are objectives; may be missing while no
    ///   training job has one that succeeded.
    init(_ change: TuningJobChange, specification: TuningJobSpecification?) {
        job = change.job
        jobDetails = change.job.details
        events = change.events.map { event in
            let payload = EventPayload(event)
            return Event(
                trial: payload.trial, time: payload.time.timeIntervalSinceReferenceDate,
                kind: payload.kind.rawValue,
                payload: JSONValue.object(payload.members).encodedText)
        }
        trainingJobs = change.trainingJobs.sorted { $0.key < $1.key }.map { _, job in
            let objective = specification?.definitions[job.definition].objective
            return Training(
                job: job, objectiveValue: job.objectiveValue(objective), details: job.details)
        }
    }
}

// MARK: - Tuning jobs and events

extension ChangeRows {
    /// Inserts the row of a new tuning job.
    ///
    /// - Throws: `StoreError.alreadyExists`.
    func insertJob(into database: Database) throws {
        if job.kind == .training {
            let isTaken = try Bool.fetchOne(
                database, sql: "SELECT EXISTS (SELECT 1 FROM training_job WHERE name = ?)",
                arguments: [job.name])
            if isTaken == true { throw StoreError.alreadyExists(name: job.name) }
        }
        try database.insert(
            """
            INSERT INTO tuning_job
                (id, name, kind, status, creation_time, last_modified_time, details)
                VALUES (?, ?, ?, ?, ?, ?, ?)
            """,
            [
                job.id.rawValue, job.name, job.kind.rawValue, job.status.rawValue,
                job.creationTime.timeIntervalSinceReferenceDate,
                job.lastModifiedTime.timeIntervalSinceReferenceDate, jobDetails,
            ], named: job.name)
    }

    /// Writes what has changed in the row of the tuning job.
    ///
    /// - Throws: `StoreError.notFound`.
    func updateJob(in database: Database) throws {
        try database.cachedStatement(
            sql: """
                UPDATE tuning_job SET status = ?, last_modified_time = ?, details = ? WHERE id = ?
                """
        ).execute(arguments: [
            job.status.rawValue, job.lastModifiedTime.timeIntervalSinceReferenceDate, jobDetails,
            job.id.rawValue,
        ])
        guard database.changesCount == 1 else { throw StoreError.notFound(name: job.name) }
    }

    /// Appends the events to the log.
    func insertEvents(into database: Database) throws {
        let statement = try database.cachedStatement(
            sql: """
                INSERT INTO event (tuning_job, trial, time, kind, payload) VALUES (?, ?, ?, ?, ?)
                """)
        for event in events {
            try statement.execute(arguments: [
                job.id.rawValue, event.trial, event.time, event.kind, event.payload,
            ])
        }
    }
}

// MARK: - Training jobs

extension ChangeRows {
    /// Writes the rows of the training jobs; a new one gets the tags of its tuning job.
    ///
    /// - Throws: `StoreError.alreadyExists` when another training job has the name or ordinal.
    func writeTrainingJobs(to database: Database) throws {
        for training in trainingJobs where try !update(training, in: database) {
            try insert(training, into: database)
        }
    }

    private func update(_ training: Training, in database: Database) throws -> Bool {
        let job = training.job
        try database.cachedStatement(
            sql: """
                UPDATE training_job
                    SET status = ?, last_modified_time = ?, objective_value = ?, details = ?
                    WHERE tuning_job = ? AND ordinal = ? AND name = ?
                """
        ).execute(arguments: [
            job.status.rawValue, job.lastModifiedTime.timeIntervalSinceReferenceDate,
            training.objectiveValue, training.details,
            job.id.tuningJob.rawValue, job.id.ordinal, job.name,
        ])
        return database.changesCount == 1
    }

    private func insert(_ training: Training, into database: Database) throws {
        let job = training.job
        try database.insert(
            """
            INSERT INTO training_job (tuning_job, ordinal, name, status, creation_time,
                last_modified_time, objective_value, origin, details)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                job.id.tuningJob.rawValue, job.id.ordinal, job.name, job.status.rawValue,
                job.creationTime.timeIntervalSinceReferenceDate,
                job.lastModifiedTime.timeIntervalSinceReferenceDate, training.objectiveValue,
                job.origin, training.details,
            ], named: job.name)
        try database.cachedStatement(
            sql: """
                INSERT INTO tag (tuning_job, ordinal, key, value)
                    SELECT tuning_job, ?, key, value FROM tag
                    WHERE tuning_job = ? AND ordinal IS NULL
                """
        ).execute(arguments: [job.id.ordinal, job.id.tuningJob.rawValue])
    }
}

extension Database {
    /// Inserts the row of a job.
    ///
    /// - Throws: `StoreError.alreadyExists` when its key is taken.
    fileprivate func insert(
        _ sql: String, _ arguments: StatementArguments, named name: String
    ) throws {
        do {
            try cachedStatement(sql: sql).execute(arguments: arguments)
        } catch let error as DatabaseError where error.isTakenKey {
            throw StoreError.alreadyExists(name: name)
        }
    }
}
