import Tuning

/// S3, set up when it is first needed: where and as whom may have to be asked over the network.
package actor DeferredTransfer: DataTransfer {
    private let setUp: @Sendable () async throws -> S3Transfer
    private var transfer: S3Transfer?

    /// Takes what sets it up; that is tried again by the next call when it fails.
    package init(_ setUp: @escaping @Sendable () async throws -> S3Transfer) {
        self.setUp = setUp
    }

    /// Whether it is an address such as `s3://BUCKET/KEY`.
    package nonisolated func takes(_ address: String) -> Bool { S3Address(address) != nil }

    /// The objects whose addresses begin with a text, sorted by the bytes of their addresses.
    package func objects(under prefix: String) async throws -> [DataObject] {
        try await whole(for: prefix).objects(under: prefix)
    }

    /// The object with an address.
    package func object(at address: String) async throws -> DataObject {
        try await whole(for: address).object(at: address)
    }

    /// Writes an object into a file, whole or not at all.
    package func download(_ object: DataObject, to path: String) async throws {
        try await whole(for: object.address).download(object, to: path)
    }

    /// Writes a file into an object, whole or not at all.
    package func upload(_ path: String, to address: String) async throws {
        try await whole(for: address).upload(path, to: address)
    }

    private func whole(for address: String) async throws -> S3Transfer {
        if let transfer { return transfer }
        do {
            let made = try await setUp()
            transfer = transfer ?? made
            return made
        } catch let error as CancellationError {
            throw error
        } catch {
            throw DataTransferError(.denied, "S3 cannot be used for \(address): \(error)")
        }
    }
}
