import Foundation
import Tuning

/// Opens every address that a training job may name: `file://`, and those that the daemon was given
/// a transfer for.
package struct DataStorage: Sendable {
    /// What takes addresses of other kinds; `nil` where nothing does.
    let transfer: (any DataTransfer)?
    /// Where what was brought is kept for the next training job.
    let cache: DataCache

    private let files = LocalFileTransfer()

    init(transfer: (any DataTransfer)?, cache: DataCache) {
        self.transfer = transfer
        self.cache = cache
    }

    /// What takes an address; `nil` where nothing does.
    func transfer(for address: String) -> (any DataTransfer)? {
        if files.takes(address) { return files }
        return transfer.flatMap { $0.takes(address) ? $0 : nil }
    }

    /// What takes an address.
    ///
    /// - Throws: `DataTransferError` where nothing does.
    func requiredTransfer(for address: String) throws(DataTransferError) -> any DataTransfer {
        if let transfer = transfer(for: address) { return transfer }
        throw DataTransferError(.refused, Self.problem(withAddress: address))
    }

    /// The objects under an address, each with its path.
    ///
    /// - Throws: `DataTransferError`, `CancellationError`.
    func contents(under address: String) async throws -> ChannelContents {
        let objects = try await requiredTransfer(for: address).objects(under: address)
        guard let root = localPath(of: address) else {
            return try ChannelContents(objects, under: address)
        }
        return try ChannelContents(
            objects.map { object in
                let path = localPath(of: object.address) ?? root
                let name = path.dropFirst(root.count + 1)
                return (name.isEmpty ? (root as NSString).lastPathComponent : "\(name)", object)
            })
    }

    /// Why an address is not taken, for the client.
    static func problem(withAddress address: String) -> String {
        let isStorage = address.hasPrefix("s3://")
        return "local training jobs cannot open '\(address)'; give a file:// address"
            + (isStorage ? ", or set up s3 in the settings" : " or an s3:// address")
    }
}

extension TrainingFailure {
    /// The failure of an attempt whose data could not be transferred, worded as the service does.
    ///
    /// - Parameter action: What failed, such as `Data download failed`.
    init(_ action: String, _ error: DataTransferError) {
        switch error.kind {
        case .notFound, .denied, .changed, .refused:
            self.init(.algorithm, "ClientError: \(action): \(error)")
        case .diskFull, .unavailable:
            self.init(.internal, "InternalServerError: \(action): \(error)")
        }
    }
}
