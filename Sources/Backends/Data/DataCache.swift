import Foundation
import Tuning

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Objects that training jobs have asked for, kept for the next ones, under `DATA/cache`.
///
/// An object is known by its address, length and version. Whoever needs one that is not there
/// brings it while the others who need it wait; if that fails or is cancelled, the next goes on
/// with the parts that have come. Training jobs share an object by hard links, so it takes its
/// space once, and one that is linked anywhere is in use. Whenever something has been brought and
/// all together is longer than the limit, those not in use are removed, the ones first whose last
/// use is longest ago.
///
/// Locks are those of the system: they hold between processes and end with them.
struct DataCache: Sendable {
    /// How many locks the objects share.
    private static let lockCount: UInt64 = 4_096
    /// How long parts of a download are kept that nobody goes on with.
    private static let partsAge: TimeInterval = 86_400
    /// How long to wait before the next try to get a lock.
    private static let lockInterval = Duration.milliseconds(20)

    /// Where objects are kept.
    let directory: String
    /// How long all objects together may be, apart from those in use.
    let byteCountMax: Int

    /// Does something with an object's file, which stays there meanwhile.
    ///
    /// - Throws: `DataTransferError`, `FileError`, `CancellationError`; what `work` throws.
    func use<Result>(
        _ object: DataObject, from transfer: any DataTransfer,
        _ work: (String) async throws -> Result
    ) async throws -> Result {
        let entry = Entry(object, in: directory)
        try makeDirectory("\(directory)/locks")
        let lock = try await lock(entry.lock)
        defer { close(lock) }
        if !entry.isValid {
            try await transfer.download(object, to: entry.path)
            try entry.seal()
        }
        // Its time says when it was used.
        utimes(entry.record, nil)
        return try await work(entry.path)
    }

    /// Removes what has not been used for longest until the rest is within the limit, and parts of
    /// downloads that were given up.
    ///
    /// - Parameter byteCountMax: The limit; that of the settings unless given.
    func shrink(to byteCountMax: Int? = nil) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        var entries = names.filter { $0.hasSuffix(".record") }
            .compactMap { Entry(file: $0, in: directory) }
        var total = entries.reduce(0) { $0 + $1.byteCount }
        entries.sort { $0.useTime < $1.useTime }
        for entry in entries where total > byteCountMax ?? self.byteCountMax {
            let size = entry.byteCount
            withLock(of: entry) {
                guard !entry.isInUse else { return }
                unlink(entry.record)
                unlink(entry.path)
                total -= size
            }
        }
        for name in names where name.contains(".") && !name.hasSuffix(".record") {
            let path = "\(directory)/\(name)"
            let time = modificationTime(of: path) ?? Date()
            guard Date().timeIntervalSince(time) > Self.partsAge,
                let entry = Entry(file: name, in: directory)
            else { continue }
            withLock(of: entry) { unlink(path) }
        }
    }

    /// Does something unless an entry is locked.
    private func withLock(of entry: Entry, _ work: () -> Void) {
        let lock = open(entry.lock, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard lock >= 0 else { return }
        defer { close(lock) }
        if flock(lock, LOCK_EX | LOCK_NB) == 0 { work() }
    }

    private func lock(_ path: String) async throws -> Int32 {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw FileError("open", path) }
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            do {
                guard errno == EWOULDBLOCK || errno == EINTR else {
                    throw FileError("lock", path)
                }
                try await Task.sleep(for: Self.lockInterval)
            } catch {
                close(descriptor)
                throw error
            }
        }
        return descriptor
    }

    /// The files of one object.
    ///
    /// The content, `ID`, and a record of how it was when it had come, `ID.record`: a program that
    /// has written into its input has written here too.
    private struct Entry {
        let path: String
        let record: String
        let lock: String

        init(_ object: DataObject, in directory: String) {
            let name = "\(object.address)\n\(object.byteCount)\n\(object.version)"
            // Two halves, as one is short for millions of objects.
            let id = Self.digits(name.stableHash) + Self.digits("\(name)\n".stableHash)
            self.init(id: id, in: directory)
        }

        /// That which a file of the cache belongs to; `nil` for other files.
        init?(file name: String, in directory: String) {
            let id = String(name.prefix { $0 != "." })
            guard id.utf8.count == 32 else { return nil }
            self.init(id: id, in: directory)
        }

        private init(id: String, in directory: String) {
            path = "\(directory)/\(id)"
            record = "\(path).record"
            let number = (UInt64(id.prefix(16), radix: 16) ?? 0) % DataCache.lockCount
            lock = "\(directory)/locks/\(number)"
        }

        private static func digits(_ number: UInt64) -> String {
            let text = String(number, radix: 16)
            return String(repeating: "0", count: 16 - text.utf8.count) + text
        }

        var isValid: Bool { state.map { contents(of: record) == $0.text } ?? false }

        var byteCount: Int { state?.byteCount ?? 0 }

        var isInUse: Bool { (state?.linkCount ?? 0) > 1 }

        var useTime: Date { modificationTime(of: record) ?? .distantPast }

        /// Records how the content is now.
        func seal() throws {
            chmod(path, 0o444)
            guard let state else { throw FileError("read", path) }
            try writeDurably(state.text, to: record)
        }

        private var state: (text: String, byteCount: Int, linkCount: Int)? {
            var status = stat()
            guard stat(path, &status) == 0, let time = modificationTime(of: path) else {
                return nil
            }
            let text = "\(status.st_size) \(time.timeIntervalSince1970) \(status.st_ino)"
            return (text, Int(status.st_size), Int(status.st_nlink))
        }
    }
}
