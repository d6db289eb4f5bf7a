import Foundation
import GRDB
import Synchronization
import Testing
import Tuning
import TuningTesting

@testable import Stores

@Suite("Commits of a SQLite store")
struct CommitTests {
    let directory = TemporaryDirectory()

    @Test("What was acknowledged is in the files of a process that is killed")
    func crash() async throws {
        let store = try SQLiteTuningStore(directory: directory.url)
        var sample = SampleJob("digits", number: 1)
        try await sample.create(in: store)
        for trial in 0..<20 {
            try await sample.append(.sampleLife(trial, value: 1), to: store)
            let files = try directory.crashCopy()
            let copy = try SQLiteTuningStore(directory: files.url)
            #expect(try await copy.tuningJob(sample.id) == sample.state.job)
            let events = try await copy.events(of: sample.id, after: nil, limit: 1_000)
            #expect(events.count == (trial + 1) * 5)
        }
    }

    @Test("Writes that wait together share a commit")
    func sharing() async throws {
        let store = try SQLiteTuningStore(directory: directory.url)
        let sample = SampleJob("digits", number: 1)
        try await sample.create(in: store)
        let counter = CommitCounter()
        store.writer.add(transactionObserver: counter)

        let writer = HeldWriter(store.writer)
        try await withThrowingTaskGroup { group in
            for trial in 0..<200 {
                group.addTask {
                    try await store.append(
                        TuningJobChange(job: sample.state.job, events: [.sampleCreation(trial)]))
                }
            }
            try await waitUntil { store.commits.waitingCount == 200 }
            writer.release()
            try await group.waitForAll()
        }
        #expect(counter.count == HeldWriter.commitCount + 1)
        #expect(try await store.events(of: sample.id, after: nil, limit: 999).count == 200)
    }

    @Test("A batch has at most so many writes")
    func batches() async throws {
        let store = try SQLiteTuningStore(directory: directory.url)
        let counter = CommitCounter()
        store.writer.add(transactionObserver: counter)
        let writer = HeldWriter(store.writer)
        let count = CommitQueue.batchCountMax + 1
        try await withThrowingTaskGroup { group in
            for number in 1...count {
                group.addTask {
                    try await SampleJob("job-\(number)", number: Int64(number)).create(in: store)
                }
            }
            try await waitUntil { store.commits.waitingCount == count }
            writer.release()
            try await group.waitForAll()
        }
        #expect(counter.count == HeldWriter.commitCount + 2)
    }

    @Test("Closing waits for every write that was asked for, in however many batches")
    func closing() async throws {
        let store = try SQLiteTuningStore(directory: directory.url)
        let writer = HeldWriter(store.writer)
        let count = CommitQueue.batchCountMax * 2 + 1
        try await withThrowingTaskGroup { group in
            for number in 1...count {
                group.addTask {
                    try await SampleJob("job-\(number)", number: Int64(number)).create(in: store)
                }
            }
            try await waitUntil { store.commits.waitingCount == count }
            writer.release()
            try store.close()
            try await group.waitForAll()
        }
        let reopened = try SQLiteTuningStore(directory: directory.url)
        #expect(try await reopened.unfinishedTuningJobs().count == count)
    }

    @Test("Reading does not wait for a long write, and does not see it before its end")
    func readingMeanwhile() async throws {
        try await directory.fill()
        let store = try SQLiteTuningStore(directory: directory.url)
        let writer = HeldWriter(store.writer) { database in
            try database.execute(sql: "UPDATE tuning_job SET status = 'Stopping'")
        }
        let job = try #require(try await store.tuningJob(TuningJob.ID(rawValue: 1)))
        #expect(job.status == .inProgress)
        #expect(try await store.trainingJobs(TrainingJobQuery()).elements.count == 3)
        #expect(try await store.events(of: job.id, after: nil, limit: 5).count == 5)
        writer.release()
        try await waitUntil { try await store.tuningJob(job.id)?.status == .stopping }
    }

    @Test("A full disk refuses writes as such, and harms nothing")
    func full() async throws {
        let store = try SQLiteTuningStore(directory: directory.url)
        var sample = SampleJob("digits", number: 1)
        try await sample.create(in: store)
        try await store.writer.writeWithoutTransaction { database in
            let count = try Int.fetchOne(database, sql: "PRAGMA page_count") ?? 0
            try database.execute(sql: "PRAGMA max_page_count = \(count)")
        }
        let before = sample.state.job
        let change = try sample.change((0..<200).map { .sampleCreation($0) })
        let path = directory.database.path(percentEncoded: false)
        await #expect(throws: StoreError.full(path: path)) { try await store.append(change) }
        #expect(try await store.tuningJob(sample.id) == before)
        #expect(try await store.events(of: sample.id, after: nil, limit: 1).isEmpty)

        try await store.writer.writeWithoutTransaction { database in
            try database.execute(sql: "PRAGMA max_page_count = 1000000")
        }
        try await store.append(change)
        #expect(try await store.events(of: sample.id, after: nil, limit: 999).count == 200)
    }
}

/// Counts the commits of a database.
private final class CommitCounter: TransactionObserver, Sendable {
    private let commits = Atomic(0)

    var count: Int { commits.load(ordering: .relaxed) }

    func observes(eventsOfKind eventKind: DatabaseEventKind) -> Bool { false }
    func databaseDidChange(with event: DatabaseEvent) {}
    func databaseDidCommit(_ db: Database) { commits.add(1, ordering: .relaxed) }
    func databaseDidRollback(_ db: Database) {}
}

/// Keeps a pool's writer busy with a transaction until it is told to end it.
private final class HeldWriter: Sendable {
    /// How often it commits itself.
    static let commitCount = 1

    private let isReleased = DispatchSemaphore(value: 0)

    /// Returns once the transaction has begun and done its writes.
    init(
        _ pool: any DatabaseWriter,
        _ write: @escaping @Sendable (Database) throws -> Void = { _ in }
    ) {
        let isHeld = DispatchSemaphore(value: 0)
        pool.asyncWriteWithoutTransaction { [isReleased] database in
            do {
                try database.inTransaction(.immediate) {
                    try write(database)
                    isHeld.signal()
                    isReleased.wait()
                    return .commit
                }
            } catch {
                Issue.record(error)
            }
        }
        isHeld.wait()
    }

    func release() { isReleased.signal() }
}
