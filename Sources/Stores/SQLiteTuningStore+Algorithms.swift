import Foundation
import GRDB
import Tuning

// MARK: - Reading

extension SQLiteTuningStore {
    /// The algorithm with a name, in any case; `nil` when there is none.
    public func algorithm(named name: Algorithm.Name) async throws -> Algorithm? {
        try await algorithm(where: "name = ? COLLATE NOCASE", [name])
    }

    /// The algorithm that a training job validates; `nil` when it validates none.
    public func algorithm(validatedBy job: TrainingJob.Name) async throws -> Algorithm? {
        try await algorithm(where: "validation_job = ?", [job])
    }

    /// Algorithms that a query selects, a page at a time.
    public func algorithms(_ query: AlgorithmQuery) async throws -> Page<Algorithm> {
        let listing = try Listing(query)
        return try await page(of: listing, Algorithm.init(row:))
    }

    private func algorithm(
        where condition: String, _ arguments: StatementArguments
    ) async throws -> Algorithm? {
        try await read { database in
            try Row.fetchOne(
                database.cachedStatement(sql: "SELECT * FROM algorithm WHERE \(condition)"),
                arguments: arguments
            ).map(Algorithm.init(row:))
        }
    }

    /// What was changed of the definition of one training job; empty when nothing was.
    public func amendment(of id: TrainingJob.ID) async throws -> [String: JSONValue] {
        try await read { try $0.amendment(of: id) }
    }
}

// MARK: - Writing

extension SQLiteTuningStore {
    /// Stores a new algorithm, and in the same commit the training job that validates it.
    ///
    /// - Throws: `StoreError.alreadyExists`.
    public func create(
        _ algorithm: Algorithm, tags: [Tag], validation: NewTuningJob?
    ) async throws {
        let rows = try validation.map { try NewJobRows($0) }
        let request = algorithm.request.encodedText
        let details = algorithm.details
        try await write { database in
            try database.insert(
                """
                INSERT INTO algorithm
                    (name, creation_time, status, validation_job, details, request)
                    VALUES (?, ?, ?, ?, ?, ?)
                """,
                [
                    algorithm.name, algorithm.creationTime.timeIntervalSinceReferenceDate,
                    algorithm.status.rawValue, algorithm.validationJob, details, request,
                ], named: algorithm.name)
            try database.addTags(tags, to: .algorithm(algorithm.name))
            try rows?.insert(into: database)
        }
        if let validation {
            metrics.noteEvents(validation.change.events.count)
            specifications.keep(validation.specification, of: validation.change.job.id)
        }
    }

    /// Writes where an algorithm stands.
    ///
    /// - Throws: `StoreError.notFound`.
    public func update(_ algorithm: Algorithm) async throws {
        let details = algorithm.details
        try await write { database in
            try database.execute(
                sql: """
                    UPDATE algorithm SET status = ?, details = ?
                        WHERE name = ? COLLATE NOCASE AND creation_time = ?
                    """,
                arguments: [
                    algorithm.status.rawValue, details, algorithm.name,
                    algorithm.creationTime.timeIntervalSinceReferenceDate,
                ])
            try database.requireChange(of: algorithm.name)
        }
    }

    /// Deletes an algorithm, named in any case; its training jobs stay.
    ///
    /// - Throws: `StoreError.notFound`.
    public func deleteAlgorithm(named name: Algorithm.Name) async throws {
        try await write { database in
            try database.execute(
                sql: "DELETE FROM algorithm WHERE name = ? COLLATE NOCASE", arguments: [name])
            try database.requireChange(of: name)
        }
    }

    /// Changes the definition of one training job: sets members in place of those set before.
    ///
    /// - Throws: `StoreError.notFound`.
    public func amend(
        _ id: TrainingJob.ID, setting members: [String: JSONValue]
    ) async throws {
        try await write { database in
            guard try database.hasResource(.trainingJob(id)) else {
                throw StoreError.notFound(name: TaggedResource.trainingJob(id).label)
            }
            let all = try database.amendment(of: id).merging(members) { _, new in new }
            try database.execute(
                sql: """
                    INSERT INTO amendment (tuning_job, ordinal, content) VALUES (?, ?, ?)
                        ON CONFLICT (tuning_job, ordinal) DO UPDATE SET content = excluded.content
                    """,
                arguments: [id.tuningJob.rawValue, id.ordinal, JSONValue.object(all).encodedText])
        }
    }
}

// MARK: - Rows

extension Database {
    fileprivate func amendment(of id: TrainingJob.ID) throws -> [String: JSONValue] {
        let content = try String.fetchOne(
            cachedStatement(
                sql: "SELECT content FROM amendment WHERE tuning_job = ? AND ordinal = ?"),
            arguments: [id.tuningJob.rawValue, id.ordinal])
        guard let content else { return [:] }
        return try JSONValue(parsing: content).object ?? [:]
    }

    fileprivate func requireChange(of name: Algorithm.Name) throws {
        guard changesCount == 1 else { throw StoreError.notFound(name: name) }
    }
}

extension Algorithm {
    /// The text of the column `details`.
    fileprivate var details: String {
        let members: JSONValue = [
            "arn": .string(arn), "validations": .array(validations.map(\.payload)),
        ]
        return members.encodedText
    }

    fileprivate init(row: Row) throws {
        let details = try JSONValue(parsing: row.decode(forColumn: "details") as String)
        try self.init(
            name: row.decode(forColumn: "name"), arn: details.text("arn"),
            creationTime: row.time("creation_time"),
            request: JSONValue(parsing: row.decode(forColumn: "request") as String),
            validationJob: row.decode(forColumn: "validation_job"),
            status: row.choice("status"),
            validations: (details["validations"]?.array ?? []).map(Validation.init(payload:)))
    }
}

extension Algorithm.Validation {
    fileprivate var payload: JSONValue {
        var members: [String: JSONValue] = [
            "name": .string(name), "kind": .string(kind.rawValue),
            "status": .string(status.rawValue),
        ]
        members["reason"] = reason.map { .string($0) }
        return .object(members)
    }

    fileprivate init(payload: JSONValue) throws {
        try self.init(
            name: payload.text("name"), kind: payload.choice("kind"),
            status: payload.choice("status"), reason: payload["reason"]?.string)
    }
}
