import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The access keys of a service: the file `keys.json` of its data directory.
///
/// Only the user of the service may read the file, and only that user may replace it. It is
/// replaced as a whole, so that readers see all of a change or nothing; those who change it at the
/// same time wait for each other. The file stays when its last key is revoked: a service that had
/// keys is not open to everybody again before somebody deletes the file.
package struct AccessKeyFile: Sendable {
    /// What others may not do with the file.
    private static let forbiddenOnFile: UInt32 = 0o077
    /// What others may not do with its directory.
    private static let forbiddenOnDirectory: UInt32 = 0o022

    private struct Content: Codable {
        var version = 1
        var keys: [StoredAccessKey] = []
    }

    private let directory: String
    /// Where the keys are.
    package let path: String

    /// Names the keys of a data directory.
    package init(dataDirectory: URL) {
        directory = dataDirectory.path
        path = dataDirectory.appending(path: "keys.json").path
    }

    /// What the file system says of the file; `nil` when there is none.
    func status() throws(AccessKeyError) -> FileStatus? { try FileStatus(path: path) }

    /// The keys in the order they were made; `nil` when there never was one.
    ///
    /// - Throws: `AccessKeyError` when others could read or replace the keys, or they are damaged.
    package func keys() throws(AccessKeyError) -> [StoredAccessKey]? {
        guard let status = try status() else { return nil }
        try status.check(path: path, forbidden: Self.forbiddenOnFile)
        try FileStatus(path: directory)?.check(
            path: directory, forbidden: Self.forbiddenOnDirectory)
        do {
            let data = try Data(contentsOf: URL(filePath: path))
            return try Self.decoder.decode(Content.self, from: data).keys
        } catch {
            // What a decoder says may quote the file.
            throw .unreadable(path: path, reason: "it is damaged")
        }
    }

    /// Makes a key and keeps it.
    ///
    /// - Returns: The key; its secret is not to be had any other way.
    /// - Throws: `AccessKeyError`.
    package func create(
        name: String?, isReadOnly: Bool, at now: Date = Date()
    ) throws(AccessKeyError) -> StoredAccessKey {
        let key = try StoredAccessKey(name: name, isReadOnly: isReadOnly, created: now)
        try change { $0 + [key] }
        return key
    }

    /// Takes a key away.
    ///
    /// - Returns: How many keys are left.
    /// - Throws: `AccessKeyError.unknown` when there is no such key.
    package func revoke(_ id: String) throws(AccessKeyError) -> Int {
        var left = 0
        try change { keys throws(AccessKeyError) in
            guard keys.contains(where: { $0.id == id }) else { throw .unknown(id: id) }
            let kept = keys.filter { $0.id != id }
            left = kept.count
            return kept
        }
        return left
    }
}

// MARK: - Writing

extension AccessKeyFile {
    private static var encoder: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .iso8601
        return encoder
    }

    private static var decoder: JSONDecoder {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        return decoder
    }

    private func change(
        _ edit: ([StoredAccessKey]) throws(AccessKeyError) -> [StoredAccessKey]
    ) throws(AccessKeyError) {
        try makeDirectory()
        let lock = open("\(path).lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard lock >= 0 else { throw failure }
        // Closing the file gives the lock back.
        defer { close(lock) }
        while flock(lock, LOCK_EX) != 0 {
            guard errno == EINTR else { throw failure }
        }
        let keys = try edit(try keys() ?? [])
        guard let data = try? Self.encoder.encode(Content(keys: keys)) else {
            throw .notWritten(path: path, reason: "they cannot be encoded")
        }
        try replace(with: data)
    }

    private func makeDirectory() throws(AccessKeyError) {
        do {
            try FileManager.default.createDirectory(
                atPath: directory, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
        } catch {
            throw .notWritten(path: path, reason: error.localizedDescription)
        }
        try FileStatus(path: directory)?.check(
            path: directory, forbidden: Self.forbiddenOnDirectory)
    }

    /// Writes a file that only this user may read beside the old one, and puts it in its place.
    private func replace(with data: Data) throws(AccessKeyError) {
        let temporary = "\(path).\(getpid()).new"
        unlink(temporary)
        let file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw failure }
        do {
            let handle = FileHandle(fileDescriptor: file, closeOnDealloc: true)
            try handle.write(contentsOf: data)
            try handle.synchronize()
            try handle.close()
        } catch {
            unlink(temporary)
            throw .notWritten(path: path, reason: error.localizedDescription)
        }
        guard rename(temporary, path) == 0 else {
            let failure = failure
            unlink(temporary)
            throw failure
        }
    }

    /// What the last call to the system said.
    private var failure: AccessKeyError {
        .notWritten(path: path, reason: String(cString: strerror(errno)))
    }
}
