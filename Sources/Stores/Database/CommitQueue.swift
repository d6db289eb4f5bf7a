import GRDB
import Synchronization
import Tuning

/// Lets writes that are made at the same time share one commit, for a commit waits for the disk.
///
/// While one batch is being committed, the next one gathers; with a single caller each write is a
/// batch. A write that fails is undone alone, and the others of its batch are committed. Writes
/// take effect in the order in which they came.
final class CommitQueue: Sendable {
    /// The most writes in one commit.
    static let batchCountMax = 512
    /// The most writes that may wait; more are refused, so that memory stays bounded.
    static let waitingCountMax = 100_000

    /// A write, and who waits for it.
    private struct Entry: Sendable {
        /// Writes, and returns what tells the caller that it is durable.
        let write: @Sendable (Database) throws -> @Sendable () -> Void
        /// Tells the caller that nothing was written.
        let fail: @Sendable (any Error) -> Void
    }

    private struct State {
        var waiting: [Entry] = []
        var isCommitting = false
        var isClosed = false
    }

    private let writer: any DatabaseWriter
    private let metrics: StoreMetrics
    private let state = Mutex(State())

    /// Commits to a database.
    init(_ writer: any DatabaseWriter, metrics: StoreMetrics) {
        self.writer = writer
        self.metrics = metrics
    }

    /// Performs a write and returns once it is durable.
    ///
    /// - Throws: What the write throws, why the commit failed, or `StoreError.unavailable` when too
    ///   many writes wait or the queue is closed; then nothing was written.
    func perform<Value: Sendable>(
        _ write: @escaping @Sendable (Database) throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            let entry = Entry(
                write: { database in
                    let value = try write(database)
                    return { continuation.resume(returning: value) }
                },
                fail: { continuation.resume(throwing: $0) })
            enqueue(entry)
        }
    }

    /// How many writes wait for a commit that has not begun.
    var waitingCount: Int { state.withLock(\.waiting.count) }

    /// Refuses further writes; those that wait are still performed.
    func close() {
        state.withLock { $0.isClosed = true }
    }

    private func enqueue(_ entry: Entry) {
        let refusal = state.withLock { state -> String? in
            if state.isClosed { return "it is closed" }
            guard state.waiting.count < Self.waitingCountMax else {
                return "\(Self.waitingCountMax) writes are waiting"
            }
            state.waiting.append(entry)
            if !state.isCommitting {
                state.isCommitting = true
                // Within the lock, so that the database is not closed between this and the promise.
                writer.asyncWriteWithoutTransaction { self.commitAll(in: $0) }
            }
            return nil
        }
        if let refusal {
            entry.fail(StoreError.unavailable(path: writer.path, detail: refusal))
        }
    }

    private func commitAll(in database: Database) {
        while let batch = nextBatch() { commit(batch, in: database) }
    }

    /// Takes what waits; `nil` when nothing does, and then the next write begins anew.
    private func nextBatch() -> [Entry]? {
        state.withLock { state in
            let batch = Array(state.waiting.prefix(Self.batchCountMax))
            state.waiting.removeFirst(batch.count)
            state.isCommitting = !batch.isEmpty
            return batch.isEmpty ? nil : batch
        }
    }

    private func commit(_ batch: [Entry], in database: Database) {
        var answers: [@Sendable () -> Void] = []
        let start = ContinuousClock.now
        do {
            try database.inTransaction(.immediate) {
                for entry in batch {
                    answers.append(try answer(to: entry, in: database))
                }
                return .commit
            }
            metrics.noteCommit(of: batch.count, since: start, isDone: true)
        } catch {
            metrics.noteCommit(of: batch.count, since: start, isDone: false)
            answers = batch.map { entry in { entry.fail(error) } }
        }
        for answer in answers { answer() }
    }

    /// Performs one write of a batch in a savepoint.
    ///
    /// - Throws: An error that ended the whole transaction, such as that of a full disk.
    private func answer(
        to entry: Entry, in database: Database
    ) throws -> @Sendable () -> Void {
        var answer: (@Sendable () -> Void)?
        do {
            try database.inSavepoint {
                answer = try entry.write(database)
                return .commit
            }
        } catch {
            guard database.isInsideTransaction else { throw error }
            return { entry.fail(error) }
        }
        guard let answer else { preconditionFailure("a write ended without an answer") }
        return answer
    }
}
