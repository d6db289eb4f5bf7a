import Foundation
import Tuning

/// The files that a channel is made of, each with its path in the channel's directory.
struct ChannelContents: Sendable {
    /// One file.
    struct File: Hashable, Sendable {
        /// Where it goes, relative to the channel's directory.
        let path: String
        /// Where it comes from.
        let object: DataObject
    }

    /// The files, sorted by path.
    let files: [File]
    /// Directories without files that have to be there.
    let directories: [String]

    /// Gives each object under a prefix its path.
    ///
    /// What is left of an address behind the prefix is the path. Where the prefix ends in the
    /// middle of a name, all of that name belongs to it: below `s3://b/data/train`, the object
    /// `data/train/a.csv` becomes `a.csv`, and `data/train-2.csv` becomes `train-2.csv`.
    ///
    /// - Throws: `DataTransferError` for paths that lead out of the directory, or clash.
    init(_ objects: [DataObject], under prefix: String) throws(DataTransferError) {
        let parts = prefix.split(separator: "/", omittingEmptySubsequences: false)
        let stem = prefix.hasSuffix("/") ? "" : parts.last.map(String.init) ?? ""
        let named = objects.map { object in
            let rest = String(
                decoding: object.address.utf8.dropFirst(prefix.utf8.count), as: UTF8.self)
            let isInside = rest.hasPrefix("/") || prefix.hasSuffix("/")
            return (isInside ? rest : stem + rest, object)
        }
        try self.init(named)
    }

    /// Gives objects the paths they are named with.
    ///
    /// - Throws: `DataTransferError` for paths that lead out of the directory, or clash.
    init(_ named: [(path: String, object: DataObject)]) throws(DataTransferError) {
        var files: [String: DataObject] = [:]
        var directories: Set<String> = []
        for (path, object) in named {
            let parts = path.split(separator: "/")
            guard !parts.contains("."), !parts.contains("..") else {
                throw DataTransferError(
                    .refused, "\(object.address) cannot be the path of a file in a channel")
            }
            let plain = parts.joined(separator: "/")
            for count in parts.indices.dropFirst() {
                directories.insert(parts[..<count].joined(separator: "/"))
            }
            // Keys that end in a slash stand for directories.
            if path.hasSuffix("/") || plain.isEmpty {
                if !plain.isEmpty { directories.insert(plain) }
                continue
            }
            if let other = files.updateValue(object, forKey: plain) {
                throw Self.clash(other, object)
            }
        }
        for (path, object) in files where directories.contains(path) {
            throw DataTransferError(
                .refused,
                "\(object.address) clashes with other objects for which '\(path)' is"
                    + " a directory")
        }
        self.files = files.map { File(path: $0.key, object: $0.value) }
            .sorted { $0.path < $1.path }
        self.directories = directories.sorted()
    }

    private static func clash(_ first: DataObject, _ second: DataObject) -> DataTransferError {
        DataTransferError(
            .refused,
            "\(first.address) and \(second.address) would be the same file of the channel")
    }
}
