import Foundation
import Synchronization
import Tuning

/// Objects in memory, under addresses that begin with `s3://`.
final class MemoryTransfer: DataTransfer {
    private struct State {
        var objects: [String: Data] = [:]
        var downloads: [String] = []
        var uploads: [String] = []
    }

    private let state = Mutex(State())
    /// Is called before each transfer, with its address.
    private let gate: @Sendable (String) async throws -> Void

    init(
        _ objects: [String: String] = [:],
        gate: @escaping @Sendable (String) async throws -> Void = { _ in }
    ) {
        self.gate = gate
        state.withLock { $0.objects = objects.mapValues { Data($0.utf8) } }
    }

    /// The addresses of what was brought, and of what was taken, in order.
    var downloads: [String] { state.withLock { $0.downloads } }
    var uploads: [String] { state.withLock { $0.uploads } }

    subscript(address: String) -> Data? {
        get { state.withLock { $0.objects[address] } }
        set { state.withLock { $0.objects[address] = newValue } }
    }

    func takes(_ address: String) -> Bool { address.hasPrefix("s3://") }

    func objects(under prefix: String) async throws -> [DataObject] {
        try await gate(prefix)
        return state.withLock { state in
            state.objects.filter { $0.key.hasPrefix(prefix) }
                .map { Self.object($0.key, $0.value) }.sorted { $0.address < $1.address }
        }
    }

    func object(at address: String) async throws -> DataObject {
        try await gate(address)
        guard let content = self[address] else {
            throw DataTransferError(.notFound, "there is no \(address)")
        }
        return Self.object(address, content)
    }

    func download(_ object: DataObject, to path: String) async throws {
        try await gate(object.address)
        guard let content = self[object.address] else {
            throw DataTransferError(.notFound, "there is no \(object.address)")
        }
        guard Self.object(object.address, content) == object else {
            throw DataTransferError(.changed, "\(object.address) was replaced")
        }
        state.withLock { $0.downloads.append(object.address) }
        try content.write(to: URL(filePath: path), options: .atomic)
    }

    func upload(_ path: String, to address: String) async throws {
        try await gate(address)
        guard let content = FileManager.default.contents(atPath: path) else {
            throw DataTransferError(.notFound, "there is no \(path)")
        }
        state.withLock {
            $0.uploads.append(address)
            $0.objects[address] = content
        }
    }

    private static func object(_ address: String, _ content: Data) -> DataObject {
        DataObject(
            address: address, byteCount: content.count, version: "\(content.hashValue)")
    }
}
