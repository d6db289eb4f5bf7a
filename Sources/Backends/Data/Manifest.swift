import Foundation
import Tuning

/// A list of objects to train with: `[{"prefix": "s3://BUCKET/PLACE/"}, "NAME", ...]`.
struct Manifest {
    /// The longest manifest that is read.
    static let byteCountMax = 64 << 20

    /// What stands before every name.
    let prefix: String
    /// The rest of each address.
    let names: [String]

    /// Reads a manifest.
    ///
    /// - Parameter address: Where it was found, for messages.
    /// - Throws: `DataTransferError`.
    init(_ content: Data, at address: String) throws(DataTransferError) {
        let elements = (try? JSONValue(parsing: String(decoding: content, as: UTF8.self)))?.array
        guard let elements, let prefix = elements.first?["prefix"]?.string, !prefix.isEmpty else {
            throw DataTransferError(
                .refused,
                "the manifest \(address) must be a JSON array that begins with"
                    + " {\"prefix\": \"s3://BUCKET/...\"}")
        }
        var names: [String] = []
        for element in elements.dropFirst() {
            guard let name = element.string, !name.isEmpty else {
                throw DataTransferError(
                    .refused,
                    "the manifest \(address) must name an object in each element after the first")
            }
            names.append(name)
        }
        guard !names.isEmpty else {
            throw DataTransferError(.refused, "the manifest \(address) names no object")
        }
        self.prefix = prefix
        self.names = names
    }
}
