import Foundation
import GRDB
import Tuning

extension SQLiteTuningStore {
    /// The tuning job of a kind with a name (of `.tuning`: in any case); `nil` when there is none.
    public func tuningJob(
        named name: TuningJob.Name, kind: TuningJobSpecification.Kind
    ) async throws -> TuningJob? {
        let condition =
            switch kind {
            case .tuning: "name = ? COLLATE NOCASE AND kind = 'tuning' AND is_deleted = 0"
            case .training: "name = ? AND kind = 'training' AND is_deleted = 0"
            }
        return try await tuningJobs(where: condition, [name]).first
    }

    /// A tuning job, also one whose entry was deleted while its training jobs were kept.
    public func tuningJob(_ id: TuningJob.ID) async throws -> TuningJob? {
        try await tuningJobs(where: "id = ?", [id.rawValue]).first
    }

    /// Tuning jobs of kind `.tuning` that a query selects, a page at a time.
    public func tuningJobs(_ query: TuningJobQuery) async throws -> Page<TuningJob> {
        let listing = try Listing(query)
        return try await page(of: listing, TuningJob.init(row:))
    }

    /// Tuning jobs of all kinds that are not finished, oldest first.
    public func unfinishedTuningJobs() async throws -> [TuningJob] {
        try await tuningJobs(
            where: "status IN ('InProgress', 'Stopping') ORDER BY creation_time, name", [])
    }

    /// How many jobs there are, all of the same moment.
    ///
    /// - Complexity: Linear in the number of jobs, from indexes alone: 10,000 take a millisecond.
    public func jobCounts() async throws -> JobCounts {
        try await read { database in
            JobCounts(
                tuningJobs: try database.counts(
                    """
                    SELECT status, count(*) FROM tuning_job
                        WHERE kind = 'tuning' AND is_deleted = 0 GROUP BY status
                    """),
                trainingJobs: try database.counts(
                    "SELECT status, count(*) FROM training_job GROUP BY status"))
        }
    }

    /// What a tuning job was asked to do; also for one whose entry was deleted.
    public func specification(of id: TuningJob.ID) async throws -> TuningJobSpecification? {
        if let specification = specifications[id] { return specification }
        let content = try await read { database in
            try String.fetchOne(
                database.cachedStatement(
                    sql: "SELECT content FROM specification WHERE tuning_job = ?"),
                arguments: [id.rawValue])
        }
        guard let content else { return nil }
        do {
            let specification = try JSONDecoder().decode(
                TuningJobSpecification.self, from: Data(content.utf8))
            specifications.keep(specification, of: id)
            return specification
        } catch {
            throw StoreError.corrupt(
                path: path, detail: "specification of tuning job \(id.rawValue): \(error)")
        }
    }

    /// The training job with a name; `nil` when there is none.
    public func trainingJob(named name: TrainingJob.Name) async throws -> TrainingJob? {
        try await trainingJob(where: "name = ?", [name])
    }

    /// The training job at a place; `nil` when there is none.
    public func trainingJob(_ id: TrainingJob.ID) async throws -> TrainingJob? {
        try await trainingJob(
            where: "tuning_job = ? AND ordinal = ?", [id.tuningJob.rawValue, id.ordinal])
    }

    /// Training jobs that a query selects, a page at a time.
    public func trainingJobs(_ query: TrainingJobQuery) async throws -> Page<TrainingJob> {
        let listing = try Listing(query)
        return try await page(of: listing, TrainingJob.init(row:))
    }

    /// Events in stored order after a position, at most `limit`, each with its position.
    public func events(
        of id: TuningJob.ID, after position: EventPosition?, limit: Int
    ) async throws -> [StoredEvent] {
        try await read { database in
            let rows = try Row.fetchCursor(
                database.cachedStatement(
                    sql: """
                        SELECT position, kind, trial, time, payload FROM event
                            WHERE tuning_job = ? AND position > ? ORDER BY position LIMIT ?
                        """),
                arguments: [id.rawValue, position?.number ?? 0, limit])
            var events: [StoredEvent] = []
            while let row = try rows.next() {
                let time = Date(timeIntervalSinceReferenceDate: try row.decode(atIndex: 3))
                let event = try TuningEvent(
                    kind: row.decode(atIndex: 1), trial: row.decode(atIndex: 2), time: time,
                    payload: row.decode(atIndex: 4))
                let position = EventPosition(try row.decode(atIndex: 0))
                events.append(StoredEvent(position: position, event: event))
            }
            return events
        }
    }

    /// The tags of a resource, in the order of their keys; `nil` when there is none such.
    public func tags(of resource: TaggedResource) async throws -> [Tag]? {
        try await read { database in
            try database.hasResource(resource) ? try database.tags(of: resource) : nil
        }
    }
}

// MARK: - Rows

extension SQLiteTuningStore {
    private func tuningJobs(
        where condition: String, _ arguments: StatementArguments
    ) async throws -> [TuningJob] {
        try await read { database in
            try Row.fetchAll(
                database.cachedStatement(sql: "\(TuningJob.selection) WHERE \(condition)"),
                arguments: arguments
            ).map(TuningJob.init(row:))
        }
    }

    private func trainingJob(
        where condition: String, _ arguments: StatementArguments
    ) async throws -> TrainingJob? {
        try await read { database in
            try Row.fetchOne(
                database.cachedStatement(sql: "\(TrainingJob.selection) WHERE \(condition)"),
                arguments: arguments
            ).map(TrainingJob.init(row:))
        }
    }

    /// Reads one page of a listing.
    func page<Element: Sendable>(
        of listing: Listing, _ element: @escaping @Sendable (Row) throws -> Element
    ) async throws -> Page<Element> {
        try await read { database in
            var rows = try Row.fetchAll(
                database.cachedStatement(sql: listing.sql), arguments: listing.arguments)
            let hasMore = rows.count > listing.limit
            if hasMore { rows.removeLast() }
            let elements = try rows.map(element)
            let next = hasMore ? rows.last.map(listing.token(after:)) : nil
            return Page(elements: elements, next: next)
        }
    }

    /// Reads beside whatever is being written.
    ///
    /// - Throws: `StoreError`, `CancellationError`.
    func read<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws -> Value {
        do {
            return try await writer.read(body)
        } catch let error as CancellationError {
            throw error
        } catch {
            throw StoreError(error, path: path)
        }
    }
}

extension Database {
    /// Counts by status.
    fileprivate func counts<Status: RawRepresentable<String> & Hashable>(
        _ sql: String
    ) throws -> [Status: Int] {
        var counts: [Status: Int] = [:]
        for row in try Row.fetchAll(cachedStatement(sql: sql)) {
            guard let status = Status(rawValue: try row.decode(atIndex: 0)) else { continue }
            counts[status] = try row.decode(atIndex: 1)
        }
        return counts
    }
}
