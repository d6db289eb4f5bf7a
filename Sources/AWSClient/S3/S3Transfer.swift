import Foundation
import Tuning

/// Brings objects of S3 into files, and files into objects.
///
/// What is longer than a part is transferred in parts, several at once. However many files are
/// transferred and however long they are, no more than `partsAtOnce` parts are in memory.
package struct S3Transfer: DataTransfer {
    /// How much is sent or asked for at once, where the length of a file allows it.
    package static let partBytes = 8 << 20
    /// How many parts an upload may have.
    static let partCountMax = 10_000

    let client: S3Client
    let partBytes: Int
    /// How many parts of one file wait for a slot at most, so that the next file need not wait for
    /// all of them.
    let partsAtOnce: Int
    let slots: TransferSlots

    /// Transfers by way of a client.
    ///
    /// - Parameters:
    ///   - partsAtOnce: How many requests with content may be under way, over all transfers.
    ///   - partBytes: The length of a part; S3 takes no less than 5 MiB.
    package init(_ client: S3Client, partsAtOnce: Int = 8, partBytes: Int = Self.partBytes) {
        precondition(partBytes >= 1, "parts of \(partBytes) bytes")
        self.client = client
        self.partBytes = partBytes
        self.partsAtOnce = partsAtOnce
        slots = TransferSlots(count: partsAtOnce)
    }

    /// Whether it is an address such as `s3://BUCKET/KEY`.
    package func takes(_ address: String) -> Bool { S3Address(address) != nil }

    /// The objects whose addresses begin with a text, sorted by the bytes of their addresses.
    package func objects(under prefix: String) async throws -> [DataObject] {
        let address = try Self.address(prefix)
        return try await Self.translatingErrors(about: address) {
            try await client.objects(under: address).map { $0.dataObject(in: address.bucket) }
        }
    }

    /// The object with an address.
    package func object(at address: String) async throws -> DataObject {
        let address = try Self.address(address)
        return try await Self.translatingErrors(about: address) {
            try await client.head(address).object.dataObject(in: address.bucket)
        }
    }

    /// Runs something so that all it throws but a cancellation is of one type.
    static func translatingErrors<Result>(
        about address: S3Address, _ work: () async throws -> Result
    ) async throws -> Result {
        do {
            return try await work()
        } catch let error as CancellationError {
            throw error
        } catch {
            if Task.isCancelled { throw CancellationError() }
            throw DataTransferError(error, at: address)
        }
    }

    static func address(_ text: String) throws(DataTransferError) -> S3Address {
        guard let address = S3Address(text) else {
            throw DataTransferError(.refused, "'\(text)' is not an address such as s3://BUCKET/KEY")
        }
        return address
    }
}

extension S3Client.Object {
    fileprivate func dataObject(in bucket: String) -> DataObject {
        DataObject(
            address: S3Address(bucket: bucket, key: key).description, byteCount: byteCount,
            version: entityTag)
    }
}
