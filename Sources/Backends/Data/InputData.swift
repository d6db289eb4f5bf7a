import Foundation
import Tuning

/// The data of a training job's channels, put into their directories.
struct InputData: Sendable {
    /// How many files are brought at once.
    private static let filesAtOnce = 16

    /// What is brought.
    let channels: [TrainingChannel]
    /// Holds a directory for every channel.
    let directory: String
    /// What brings it.
    let storage: DataStorage
    /// Whether data of this machine is linked, or its place made for it to be mounted there.
    var followsLinks = true

    /// Brings all of it; what is there already stays.
    ///
    /// Data of this machine is linked: a directory as itself, a file inside of one; where links
    /// lead nowhere, a directory is made for it. Other data is linked from the cache, or
    /// decompressed from there.
    ///
    /// - Throws: `TrainingFailure` for data that cannot be had; `FileError`, `DataTransferError`
    ///   of kind `.diskFull`, `CancellationError`.
    func bring() async throws {
        for channel in channels {
            do {
                if let path = channel.linkedPath {
                    try linkOwn(path, as: channel)
                } else {
                    try await bring(channel)
                }
            } catch let error as DataTransferError where error.kind != .diskFull {
                throw TrainingFailure(
                    "Data download failed",
                    DataTransferError(error.kind, "Channel '\(channel.name)': \(error)"))
            }
        }
        if channels.contains(where: { $0.linkedPath == nil }) { storage.cache.shrink() }
    }

    /// Removes what was brought, so that the cache may remove it too; links to this machine's own
    /// data stay.
    func remove() {
        for channel in channels where channel.linkedPath == nil {
            try? FileManager.default.removeItem(atPath: path(of: channel))
        }
    }

    private func path(of channel: TrainingChannel) -> String { "\(directory)/\(channel.name)" }

    // MARK: - Data of this machine

    private func linkOwn(_ source: String, as channel: TrainingChannel) throws {
        var isDirectory = ObjCBool(false)
        guard FileManager.default.fileExists(atPath: source, isDirectory: &isDirectory) else {
            throw DataTransferError(.notFound, "there is no '\(source)'")
        }
        let target = path(of: channel)
        guard followsLinks else { return try makeDirectory(target) }
        if isDirectory.boolValue {
            try makeSymbolicLink(target, to: source)
        } else {
            try makeDirectory(target)
            try makeSymbolicLink(
                "\(target)/\((source as NSString).lastPathComponent)", to: source)
        }
    }

    private func makeSymbolicLink(_ path: String, to source: String) throws(FileError) {
        guard symlink(source, path) == 0 || errno == EEXIST else {
            throw FileError("make the link", path)
        }
    }

    // MARK: - Data from elsewhere

    private func bring(_ channel: TrainingChannel) async throws {
        let contents = try await contents(of: channel)
        let target = path(of: channel)
        try makeDirectory(target)
        for directory in contents.directories { try makeDirectory("\(target)/\(directory)") }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (index, file) in contents.files.enumerated() {
                if index >= Self.filesAtOnce { try await group.next() }
                group.addTask {
                    try await bring(file, of: channel, into: target)
                }
            }
            try await group.waitForAll()
        }
    }

    private func contents(of channel: TrainingChannel) async throws -> ChannelContents {
        let address = channel.address
        switch channel.source {
        case .prefix:
            let contents = try await storage.contents(under: address)
            guard !contents.files.isEmpty else {
                throw DataTransferError(.notFound, "no objects were found under \(address)")
            }
            return contents
        case .manifest:
            let transfer = try storage.requiredTransfer(for: address)
            return try await contents(of: try await manifest(at: address, by: transfer))
        }
    }

    private func manifest(
        at address: String, by transfer: any DataTransfer
    ) async throws -> Manifest {
        let object = try await transfer.object(at: address)
        guard object.byteCount <= Manifest.byteCountMax else {
            throw DataTransferError(
                .refused, "the manifest \(address) is longer than \(Manifest.byteCountMax) bytes")
        }
        return try await storage.cache.use(object, from: transfer) { path in
            try Manifest(FileManager.default.contents(atPath: path) ?? Data(), at: address)
        }
    }

    private typealias NamedObject = (path: String, object: DataObject)

    private func contents(of manifest: Manifest) async throws -> ChannelContents {
        let transfer = try storage.requiredTransfer(for: manifest.prefix)
        let objects = try await withThrowingTaskGroup(of: NamedObject.self) { group in
            var objects: [NamedObject] = []
            for (index, name) in manifest.names.enumerated() {
                if index >= Self.filesAtOnce, let next = try await group.next() {
                    objects.append(next)
                }
                group.addTask {
                    let object = try await transfer.object(at: manifest.prefix + name)
                    return (path: name, object: object)
                }
            }
            for try await object in group { objects.append(object) }
            return objects
        }
        return try ChannelContents(objects)
    }

    private func bring(
        _ file: ChannelContents.File, of channel: TrainingChannel, into directory: String
    ) async throws {
        let target = "\(directory)/\(file.path)"
        let transfer = try storage.requiredTransfer(for: file.object.address)
        try await storage.cache.use(file.object, from: transfer) { path in
            if channel.isCompressed {
                let plain = target.hasSuffix(".gz") ? String(target.dropLast(3)) : target
                try await GzipFile(path: path).decompress(to: plain, address: file.object.address)
            } else {
                try share(path, as: target)
            }
        }
    }

    /// Gives a file of the cache another path, replacing what is there.
    private func share(_ path: String, as target: String) throws {
        let temporary = "\(target).\(UUID().uuidString)"
        defer { unlink(temporary) }
        if link(path, temporary) != 0 {
            // Some file systems have no links, and all have a limit on their number.
            try FileManager.default.copyItem(atPath: path, toPath: temporary)
        }
        guard rename(temporary, target) == 0 else { throw FileError("write", target) }
    }
}
