import Foundation
import GRDB
import GRDBSQLite
import Metrics
import Tuning

/// The tuning store of a data directory: a SQLite database in WAL mode; or one in memory.
///
/// Writes are durable when they return, and those made at the same time share a commit. Reads run
/// beside them on connections of their own. One process may open a directory for writing; others
/// may read at the same time.
public final class SQLiteTuningStore: TuningStore {
    /// What a store is opened for.
    public enum Access: Hashable, Sendable {
        /// Reading and writing: makes the directory, the database and its newest schema as needed.
        case readWrite
        /// Reading beside a daemon, or where there is none; changes nothing.
        case readOnly
    }

    /// How long a connection waits for another program that holds the database's own locks, in
    /// seconds; no tuner does for longer than moments.
    static let lockWaitMax = 5.0
    /// The size to which a write-ahead log is cut that a long read has let grow.
    static let writeAheadLogBytesMax = 64 << 20

    /// The path of the database, for messages.
    let path: String
    let writer: any DatabaseWriter
    let commits: CommitQueue
    let metrics: StoreMetrics
    let specifications = SpecificationCache()
    private let lock: DirectoryLock?

    /// Opens the store of a data directory.
    ///
    /// A database that cannot be used is left as it is, to the byte.
    ///
    /// - Parameters:
    ///   - directory: Holds the database; made where it is to be written and is not there.
    ///   - access: Whether it may be written, which one process at a time does.
    ///   - metrics: Takes counts and times; they are dropped unless given.
    /// - Throws: `.locked` when another process has it open for writing, `.newerVersion`,
    ///   `.corrupt`, `.readOnly`, `.full`, `.unavailable`.
    public init(
        directory: URL, access: Access = .readWrite,
        metrics: any MetricsFactory = NOOPMetricsHandler.instance
    ) throws(StoreError) {
        self.metrics = StoreMetrics(metrics)
        let file = directory.appending(path: "tuner.sqlite")
        path = file.path(percentEncoded: false)
        if access == .readWrite {
            try Self.makeDirectory(directory)
            lock = try DirectoryLock(directory: directory)
        } else {
            lock = nil
            guard FileManager.default.fileExists(atPath: path) else {
                throw .unavailable(path: path, detail: "there is none")
            }
        }
        do {
            try Self.inspect(path, access: access)
            writer = try DatabasePool(path: path, configuration: Self.configuration(access))
            if access == .readWrite { try Self.prepare(writer) }
        } catch {
            throw StoreError(error, path: path)
        }
        commits = CommitQueue(writer, metrics: self.metrics)
    }

    /// Makes an empty store in memory; nobody else can open it, and it is gone with this value.
    ///
    /// - Throws: `.unavailable` when SQLite cannot be used.
    public init() throws(StoreError) {
        metrics = StoreMetrics(NOOPMetricsHandler.instance)
        path = "memory"
        lock = nil
        do {
            var configuration = Configuration()
            configuration.foreignKeysEnabled = true
            writer = try DatabaseQueue(configuration: configuration)
            try DatabaseMigrator.tuningStore.migrate(writer)
        } catch {
            throw StoreError(error, path: path)
        }
        commits = CommitQueue(writer, metrics: metrics)
    }

    /// Ends all use: waits for the writes that were asked for, and lets another process open it.
    ///
    /// Not needed for durability.
    public func close() throws(StoreError) {
        commits.close()
        do {
            try writer.close()
        } catch {
            throw StoreError(error, path: path)
        }
        lock?.release()
    }
}

// MARK: - Opening

extension SQLiteTuningStore {
    private static func makeDirectory(_ directory: URL) throws(StoreError) {
        do {
            try FileManager.default.createDirectory(
                at: directory, withIntermediateDirectories: true)
        } catch let error as CocoaError {
            let path = directory.path(percentEncoded: false)
            let reason = error.underlying as? POSIXError
            throw reason.map { StoreError(errno: $0.code.rawValue, path: path) }
                ?? .unavailable(path: path, detail: error.localizedDescription)
        } catch {
            throw StoreError(error, path: directory.path(percentEncoded: false))
        }
    }

    private static func configuration(_ access: Access) -> Configuration {
        var configuration = Configuration()
        configuration.readonly = access == .readOnly
        configuration.foreignKeysEnabled = true
        configuration.busyMode = .timeout(lockWaitMax)
        configuration.prepareDatabase { database in
            // Keeps the log and its index when the last connection closes, so that a reader finds
            // them and need not make them.
            var isPersistent: Int32 = 1
            sqlite3_file_control(
                database.sqliteConnection, "main", SQLITE_FCNTL_PERSIST_WAL, &isPersistent)
        }
        return configuration
    }

    /// Refuses a database that this version cannot use, before anything could write to it.
    private static func inspect(_ path: String, access: Access) throws {
        guard FileManager.default.fileExists(atPath: path) else { return }
        let queue = try DatabaseQueue(path: path, configuration: configuration(.readOnly))
        defer { try? queue.close() }
        try queue.read { database in
            let migrator = DatabaseMigrator.tuningStore
            let isEmpty = try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_master") == 0
            let isOurs = try isEmpty || database.tableExists("grdb_migrations")
            guard isOurs else {
                throw StoreError.corrupt(path: path, detail: "another program's database")
            }
            let unknown = try migrator.unknownMigrations(in: database)
            guard unknown.isEmpty else {
                throw StoreError.newerVersion(path: path, migrations: unknown)
            }
            if access == .readOnly, try !migrator.hasCompletedMigrations(database) {
                throw StoreError.unavailable(
                    path: path, detail: "an older tuner wrote it; open it once with `tuner serve`")
            }
        }
    }

    private static func prepare(_ writer: any DatabaseWriter) throws {
        try writer.writeWithoutTransaction { database in
            // GRDB sets NORMAL when it has opened a pool, with which a power failure could lose
            // what was acknowledged.
            try database.execute(sql: "PRAGMA synchronous = FULL")
            try database.execute(sql: "PRAGMA journal_size_limit = \(writeAheadLogBytesMax)")
        }
        try DatabaseMigrator.tuningStore.migrate(writer)
    }
}

extension DatabaseMigrator {
    /// The migrations a database has had that this version does not know, in order of their names.
    fileprivate func unknownMigrations(in database: Database) throws -> [String] {
        guard try database.tableExists("grdb_migrations") else { return [] }
        let applied = try String.fetchAll(
            database, sql: "SELECT identifier FROM grdb_migrations ORDER BY identifier")
        return applied.filter { !migrations.contains($0) }
    }
}
