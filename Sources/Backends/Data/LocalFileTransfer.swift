import Foundation
import Tuning

/// Takes `file://` addresses: files as objects, and directories as their prefixes.
struct LocalFileTransfer: DataTransfer {
    func takes(_ address: String) -> Bool { localPath(of: address) != nil }

    /// The file with an address, or all regular files below a directory.
    func objects(under prefix: String) async throws -> [DataObject] {
        let path = try Self.path(of: prefix)
        guard fileExists(path) else { return [] }
        let files = try regularFiles(below: path)
        guard let files else { return [try Self.object(at: path)] }
        return try files.map { try Self.object(at: "\(path)/\($0)") }
    }

    func object(at address: String) async throws -> DataObject {
        try Self.object(at: try Self.path(of: address))
    }

    func download(_ object: DataObject, to path: String) async throws {
        let source = try Self.path(of: object.address)
        let isSame = try Self.object(at: source).version == object.version
        guard isSame else {
            throw DataTransferError(.changed, "'\(source)' was replaced after it was listed")
        }
        try Self.copy(source, to: path)
    }

    func upload(_ path: String, to address: String) async throws {
        let target = try Self.path(of: address)
        try Self.translatingErrors {
            try makeDirectory((target as NSString).deletingLastPathComponent)
        }
        try Self.copy(path, to: target)
    }

    private static func path(of address: String) throws(DataTransferError) -> String {
        guard let path = localPath(of: address) else {
            throw DataTransferError(.refused, "'\(address)' is no file:// address")
        }
        return path
    }

    private static func object(at path: String) throws(DataTransferError) -> DataObject {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw DataTransferError(.notFound, "there is no file '\(path)'")
        }
        let time = modificationTime(of: path)?.timeIntervalSince1970 ?? 0
        return DataObject(
            address: URL(filePath: path).absoluteString, byteCount: Int(status.st_size),
            version: "\(time) \(status.st_ino)")
    }

    private static func copy(_ source: String, to target: String) throws {
        let temporary = "\(target).\(UUID().uuidString)"
        defer { unlink(temporary) }
        guard fileExists(source) else {
            throw DataTransferError(.notFound, "there is no file '\(source)'")
        }
        try translatingErrors {
            do {
                try FileManager.default.copyItem(atPath: source, toPath: temporary)
            } catch let error as CocoaError where error.code == .fileWriteOutOfSpace {
                throw FileError("write", target, code: ENOSPC)
            }
            guard rename(temporary, target) == 0 else { throw FileError("write", target) }
        }
    }

    private static func translatingErrors(_ work: () throws -> Void) throws(DataTransferError) {
        do {
            try work()
        } catch let error as FileError {
            throw DataTransferError(error.isDiskFull ? .diskFull : .refused, error.description)
        } catch {
            throw DataTransferError(.refused, "\(error)")
        }
    }
}
