import Foundation
import GRDB
import Testing
import Tuning
import TuningTesting

@testable import Stores

@Suite("Listings of a SQLite store")
struct ListingTests {
    let directory = TemporaryDirectory()

    @Test(
        "Every order of training jobs is read off an index",
        arguments: TrainingJobQuery.SortKey.allCases, [nil, TuningJob.ID(rawValue: 1)])
    func trainingJobPlans(key: TrainingJobQuery.SortKey, owner: TuningJob.ID?) async throws {
        try await directory.fill()
        let store = try SQLiteTuningStore(directory: directory.url)
        for order in [Tuning.SortOrder.ascending, .descending] {
            var query = TrainingJobQuery()
            (query.sortKey, query.order, query.tuningJob) = (key, order, owner)
            query.limit = 1
            let token = try #require(try await store.trainingJobs(query).next)
            for isFiltered in [false, true] {
                if isFiltered {
                    query.nameContains = "a"
                    query.status = .completed
                    query.created.after = .distantPast
                    query.modified.before = .distantFuture
                }
                query.token = nil
                let isSearch = owner != nil || key == .objectiveValue || isFiltered
                try expectIndex(Listing(query), isSearch: isSearch ? nil : false, in: store)
                query.token = token
                try expectIndex(Listing(query), isSearch: true, in: store)
            }
        }
    }

    @Test(
        "Every order of tuning jobs is read off an index",
        arguments: TuningJobQuery.SortKey.allCases)
    func tuningJobPlans(key: TuningJobQuery.SortKey) async throws {
        let store = try SQLiteTuningStore(directory: directory.url)
        for number in 1...3 {
            try await SampleJob("job-\(number)", number: Int64(number)).create(in: store)
        }
        for order in [Tuning.SortOrder.ascending, .descending] {
            var query = TuningJobQuery()
            (query.sortKey, query.order, query.limit) = (key, order, 1)
            let token = try #require(try await store.tuningJobs(query).next)
            query.token = token
            try expectIndex(Listing(query), isSearch: true, in: store)
            query.status = .inProgress
            query.nameContains = "%"
            try expectIndex(Listing(query), isSearch: true, in: store)
        }
    }

    @Test(
        "A page within a window of time begins where the last one ended",
        arguments: [Tuning.SortOrder.ascending, .descending])
    func window(order: Tuning.SortOrder) async throws {
        try await directory.fill()
        let store = try SQLiteTuningStore(directory: directory.url)
        var query = TrainingJobQuery()
        (query.order, query.limit) = (order, 1)
        query.created = TimeWindow(after: .distantPast, before: .distantFuture)
        let token = try #require(try await store.trainingJobs(query).next)
        query.token = token
        let sign = order == .ascending ? ">" : "<"
        let plan = try plan(of: Listing(query), in: store)
        #expect(plan.first?.contains("(creation_time,name)\(sign)(?,?)") == true, "\(plan)")
    }

    @Test(
        "What all training jobs are filtered by is in the indexes of their orders",
        arguments: [TrainingJobQuery.SortKey.name, .creationTime, .status])
    func filters(key: TrainingJobQuery.SortKey) async throws {
        try await directory.fill()
        let store = try SQLiteTuningStore(directory: directory.url)
        var query = TrainingJobQuery()
        query.sortKey = key
        let plan = try #require(try plan(of: Listing(query), in: store).first)
        let index = try #require(plan.split(separator: " ").last)
        let columns = try await store.writer.read { database in
            try String.fetchSet(database, sql: "SELECT name FROM pragma_index_info('\(index)')")
        }
        #expect(columns == ["name", "status", "creation_time", "last_modified_time"])
    }

    private func plan(of listing: Listing, in store: SQLiteTuningStore) throws -> [String] {
        try store.writer.read { database in
            try Row.fetchAll(
                database, sql: "EXPLAIN QUERY PLAN " + listing.sql, arguments: listing.arguments
            ).map { $0["detail"] }
        }
    }

    /// - Parameter isSearch: Whether rows are skipped without being read; `nil` for either.
    private func expectIndex(
        _ listing: Listing, isSearch: Bool?, in store: SQLiteTuningStore,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let plan = try plan(of: listing, in: store)
        #expect(plan.count == 1, "\(plan)", sourceLocation: sourceLocation)
        let step = plan.first ?? ""
        #expect(step.contains("USING INDEX"), "\(plan)", sourceLocation: sourceLocation)
        if let isSearch {
            #expect(
                step.hasPrefix(isSearch ? "SEARCH" : "SCAN"), "\(plan)",
                sourceLocation: sourceLocation)
        }
    }

    @Test(
        "Names, places and unfinished jobs are found by an index",
        arguments: [
            "SELECT * FROM tuning_job WHERE name = ? COLLATE NOCASE AND kind = 'tuning' "
                + "AND is_deleted = 0",
            "SELECT * FROM tuning_job WHERE name = ? AND kind = 'training' AND is_deleted = 0",
            "SELECT * FROM tuning_job WHERE status IN ('InProgress', 'Stopping') "
                + "ORDER BY creation_time, name",
            "SELECT * FROM training_job WHERE name = ?",
            "SELECT * FROM training_job WHERE tuning_job = ? AND ordinal = 1",
            "SELECT * FROM event WHERE tuning_job = ? AND position > 1 ORDER BY position LIMIT 1",
            "SELECT * FROM tag WHERE tuning_job = ? AND ordinal IS 1 ORDER BY key",
            "SELECT * FROM algorithm WHERE name = ? COLLATE NOCASE",
            "SELECT * FROM algorithm WHERE validation_job = ?",
        ])
    func lookUps(sql: String) async throws {
        try await directory.fill()
        let store = try SQLiteTuningStore(directory: directory.url)
        let plan = try await store.writer.read { database in
            let arguments: StatementArguments = sql.contains("?") ? ["1"] : []
            return try Row.fetchAll(
                database, sql: "EXPLAIN QUERY PLAN " + sql, arguments: arguments
            ).map { $0["detail"] as String }
        }
        #expect(plan.count == 1 && plan[0].contains("USING INDEX"), "\(plan)")
    }
}
