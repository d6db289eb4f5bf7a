import Foundation
import GRDB
import Testing
import Tuning
import TuningTesting

@testable import Stores

@Suite("Opening a SQLite store")
struct OpeningTests {
    let directory = TemporaryDirectory()

    @Test("The writer waits for the disk, keeps a log and checks references")
    func pragmas() throws {
        let store = try SQLiteTuningStore(directory: directory.url)
        for (pragma, value) in [
            ("synchronous", "2"), ("journal_mode", "wal"), ("foreign_keys", "1"),
            ("busy_timeout", "5000"),
        ] {
            let actual = try store.writer.writeWithoutTransaction { database in
                try String.fetchOne(database, sql: "PRAGMA \(pragma)")
            }
            #expect(actual == value, "\(pragma)")
        }
    }

    @Test("What was stored is there again")
    func reopening() async throws {
        try await directory.fill()
        let store = try SQLiteTuningStore(directory: directory.url)
        #expect(try await store.tuningJob(named: "digits", kind: .tuning)?.id.rawValue == 1)
        #expect(try await store.trainingJobs(TrainingJobQuery()).elements.count == 3)
    }

    @Test("A second daemon is refused at once, until the first one has closed")
    func lock() async throws {
        let first = try SQLiteTuningStore(directory: directory.url)
        try await SampleJob("digits", number: 1).create(in: first)
        let before = try directory.contents()
        let path = directory.url.path(percentEncoded: false)
        #expect(throws: StoreError.locked(path: path)) {
            try SQLiteTuningStore(directory: directory.url)
        }
        #expect(try directory.contents() == before)
        try first.close()
        await #expect(throws: StoreError.self) {
            try await SampleJob("late", number: 2).create(in: first)
        }
        await #expect(throws: StoreError.self) {
            try await first.tuningJobs(TuningJobQuery())
        }
        let second = try SQLiteTuningStore(directory: directory.url)
        #expect(try await second.tuningJob(TuningJob.ID(rawValue: 1)) != nil)
    }

    @Test(
        "A killed daemon's lock is gone with it",
        .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/flock")))
    func killedHolder() async throws {
        try await directory.fill()
        let holder = Process()
        holder.executableURL = URL(filePath: "/usr/bin/flock")
        let file = directory.url.appending(path: "tuner.lock").path(percentEncoded: false)
        let output = Pipe()
        holder.standardOutput = output
        holder.arguments = ["--no-fork", file, "sh", "-c", "echo held; exec sleep 600"]
        try holder.run()
        #expect(try output.fileHandleForReading.read(upToCount: 5) == Data("held\n".utf8))
        #expect(throws: StoreError.self) { try SQLiteTuningStore(directory: directory.url) }
        kill(holder.processIdentifier, SIGKILL)
        holder.waitUntilExit()
        let store = try SQLiteTuningStore(directory: directory.url)
        #expect(try await store.trainingJobs(TrainingJobQuery()).elements.count == 3)
    }

    @Test("A database of the first version is upgraded, and keeps what it holds")
    func firstVersion() async throws {
        try await directory.fill()
        try await directory.downgrade()
        let reading = #expect(throws: StoreError.self) {
            try SQLiteTuningStore(directory: directory.url, access: .readOnly)
        }
        #expect(reading?.code == "unavailable")

        let store = try SQLiteTuningStore(directory: directory.url)
        let job = try await store.tuningJob(named: "digits", kind: .tuning)
        let id = TrainingJob.ID(tuningJob: try #require(job).id, ordinal: 2)
        #expect(try await store.trainingJobs(TrainingJobQuery()).elements.count == 3)
        #expect(try await store.events(of: id.tuningJob, after: nil, limit: 99).count == 15)
        #expect(try await store.algorithms(AlgorithmQuery()).elements.isEmpty)
        try await store.amend(id, setting: ["a": 1])
        #expect(try await store.amendment(of: id) == ["a": 1])
    }

    @Test("A newer version's database is refused and left as it is")
    func newerVersion() async throws {
        try await directory.fill()
        let queue = try DatabaseQueue(path: directory.database.path(percentEncoded: false))
        try await queue.write { database in
            try database.execute(sql: "INSERT INTO grdb_migrations VALUES ('2-a'), ('9-z')")
        }
        try queue.close()
        let before = try Data(contentsOf: directory.database)
        let error = StoreError.newerVersion(
            path: directory.database.path(percentEncoded: false), migrations: ["2-a", "9-z"])
        for access in [SQLiteTuningStore.Access.readWrite, .readOnly] {
            #expect(throws: error) {
                try SQLiteTuningStore(directory: directory.url, access: access)
            }
            #expect(try Data(contentsOf: directory.database) == before)
        }
    }

    @Test("A newer version's log that was left by a crash is not written back")
    func newerVersionAfterCrash() async throws {
        let store = try SQLiteTuningStore(directory: directory.url)
        try await store.writer.write { database in
            try database.execute(sql: "INSERT INTO grdb_migrations VALUES ('2-a')")
        }
        let copy = try directory.crashCopy()
        let before = try copy.contents()
        #expect(throws: StoreError.self) { try SQLiteTuningStore(directory: copy.url) }
        let after = try copy.contents()
        for name in ["tuner.sqlite", "tuner.sqlite-wal"] {
            #expect(after[name] == before[name], "\(name)")
        }
    }

    @Test(
        "What is no database, or a damaged one, is refused and left as it is",
        arguments: Damage.allCases)
    func damaged(damage: Damage) async throws {
        try await directory.fill(trainingJobCount: 50)
        try damage.inflict(on: directory.database)
        let before = try Data(contentsOf: directory.database)
        for access in [SQLiteTuningStore.Access.readWrite, .readOnly] {
            let error = #expect(throws: StoreError.self) {
                try SQLiteTuningStore(directory: directory.url, access: access)
            }
            #expect(error?.code == "corrupt", "\(String(describing: error))")
            #expect(try Data(contentsOf: directory.database) == before)
        }
    }

    /// What can have happened to a database.
    enum Damage: String, CaseIterable {
        case otherText, shortened, brokenSchema, otherProgram

        func inflict(on file: URL) throws {
            var data = try Data(contentsOf: file)
            switch self {
            case .otherText: data = Data(String(repeating: "not a database ", count: 999).utf8)
            case .shortened: data.removeLast(data.count / 2 / 4096 * 4096)
            case .brokenSchema:
                data.replaceSubrange(100..<4096, with: Data(repeating: 0xA5, count: 3996))
            case .otherProgram:
                try FileManager.default.removeItem(at: file)
                let queue = try DatabaseQueue(path: file.path(percentEncoded: false))
                try queue.write { try $0.execute(sql: "CREATE TABLE bookmark (url TEXT)") }
                try queue.close()
                return
            }
            try data.write(to: file)
        }
    }

    @Test("Damage inside is reported by the read that meets it")
    func damagedInside() async throws {
        try await directory.fill(trainingJobCount: 200)
        var data = try Data(contentsOf: directory.database)
        let pages = 30 * 4096..<data.count
        data.replaceSubrange(pages, with: Data(repeating: 0xA5, count: pages.count))
        try data.write(to: directory.database)
        let store = try SQLiteTuningStore(directory: directory.url)
        let error = await #expect(throws: StoreError.self) {
            try await store.events(of: TuningJob.ID(rawValue: 1), after: nil, limit: 10_000)
        }
        #expect(error?.code == "corrupt", "\(String(describing: error))")
    }

    @Test(
        "A row that makes no sense is reported, and does not end the process",
        arguments: [
            "kind = 'else'", "status = ''", "details = '{}'", "details = x'00FF'",
            "creation_time = 'never'", "details = replace(details, ':', ':-')",
        ])
    func senselessRow(change: String) async throws {
        try await directory.fill()
        let store = try SQLiteTuningStore(directory: directory.url)
        try await store.writer.write { try $0.execute(sql: "UPDATE tuning_job SET \(change)") }
        let error = await #expect(throws: StoreError.self) {
            try await store.tuningJob(TuningJob.ID(rawValue: 1))
        }
        #expect(error?.code == "corrupt", "\(String(describing: error))")
    }

    /// Everybody but root is refused by permissions; root, by the file system of the kernel.
    @Test("A directory that cannot be written is refused as such")
    func unwritable() throws {
        let files = FileManager.default
        let isRoot = geteuid() == 0
        let parent = isRoot ? URL(filePath: "/sys") : directory.url
        if !isRoot {
            try files.createDirectory(at: parent, withIntermediateDirectories: true)
            try files.setAttributes(
                [.posixPermissions: 0o500], ofItemAtPath: parent.path(percentEncoded: false))
        }
        for directory in [parent, parent.appending(path: "data")] {
            let error = #expect(throws: StoreError.self) {
                try SQLiteTuningStore(directory: directory)
            }
            #expect(error?.code == "read_only", "\(String(describing: error))")
        }
    }

    @Test("Reading where there is no store makes none")
    func readingNothing() throws {
        let error = #expect(throws: StoreError.self) {
            try SQLiteTuningStore(directory: directory.url, access: .readOnly)
        }
        #expect(error?.code == "unavailable")
        #expect(!FileManager.default.fileExists(atPath: directory.url.path(percentEncoded: false)))
    }

    @Test("A reader sees what a running daemon stores, and cannot write")
    func readingBeside() async throws {
        let daemon = try SQLiteTuningStore(directory: directory.url)
        let reader = try SQLiteTuningStore(directory: directory.url, access: .readOnly)
        let sample = SampleJob("digits", number: 1)
        try await sample.create(in: daemon)
        #expect(try await reader.tuningJob(sample.id) == sample.state.job)
        let path = directory.database.path(percentEncoded: false)
        await #expect(throws: StoreError.readOnly(path: path)) {
            try await SampleJob("other", number: 2).create(in: reader)
        }
        try reader.close()
        try await SampleJob("other", number: 2).create(in: daemon)
        #expect(try await daemon.tuningJobs(TuningJobQuery()).elements.count == 2)
    }

    @Test("Reading where no daemon runs changes no file")
    func readingAlone() async throws {
        try await directory.fill()
        let before = try directory.contents()
        let reader = try SQLiteTuningStore(directory: directory.url, access: .readOnly)
        #expect(try await reader.trainingJobs(TrainingJobQuery()).elements.count == 3)
        try reader.close()
        let after = try directory.contents()
        #expect(after.keys.sorted() == before.keys.sorted())
        for name in ["tuner.sqlite", "tuner.sqlite-wal"] { #expect(after[name] == before[name]) }
    }
}

extension TemporaryDirectory {
    /// Makes the database one that the first migration alone has made, with the same rows.
    func downgrade() async throws {
        let old = TemporaryDirectory()
        let path = database.path(percentEncoded: false)
        try FileManager.default.createDirectory(at: old.url, withIntermediateDirectories: true)
        let queue = try DatabaseQueue(path: old.database.path(percentEncoded: false))
        try DatabaseMigrator.tuningStore.migrate(queue, upTo: "1-tables")
        try await queue.writeWithoutTransaction { database in
            try database.execute(sql: "ATTACH DATABASE ? AS new", arguments: [path])
            for table in ["tuning_job", "specification", "event", "training_job", "tag"] {
                try database.execute(sql: "INSERT INTO main.\(table) SELECT * FROM new.\(table)")
            }
            try database.execute(sql: "DETACH DATABASE new")
        }
        try queue.close()
        for name in try FileManager.default.contentsOfDirectory(atPath: url.path()) {
            try FileManager.default.removeItem(at: url.appending(path: name))
        }
        try FileManager.default.copyItem(at: old.database, to: database)
    }

    /// The files a process leaves that is killed now.
    func crashCopy() throws -> TemporaryDirectory {
        let copy = TemporaryDirectory()
        let files = FileManager.default
        try files.createDirectory(at: copy.url, withIntermediateDirectories: true)
        for name in ["tuner.sqlite", "tuner.sqlite-wal"] {
            try files.copyItem(
                at: url.appending(path: name), to: copy.url.appending(path: name))
        }
        return copy
    }
}
