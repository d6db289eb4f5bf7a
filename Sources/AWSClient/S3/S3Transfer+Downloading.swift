import Foundation
import Tuning

// MARK: - Downloading

extension S3Transfer {
    /// Writes an object into a file, whole or not at all.
    ///
    /// Parts that have come are kept in `PATH.partial`, and their numbers in `PATH.parts`, until
    /// all are there: a later call for the same object goes on with them.
    package func download(_ object: DataObject, to path: String) async throws {
        let address = try Self.address(object.address)
        let known = S3Client.Object(
            key: address.key, byteCount: object.byteCount, entityTag: object.version)
        try await Self.translatingErrors(about: address) {
            if object.byteCount <= partBytes {
                try await slots.run {
                    let content = try await client.content(of: known, in: address.bucket)
                    try await LocalFile.write(content, to: path)
                }
                return
            }
            for _ in 0..<S3Client.contentTriesMax {
                if try await downloadInParts(known, at: address, to: path) { return }
            }
            throw S3Client.badContent(at: address)
        }
    }

    /// Brings the parts that are missing; whether all together add up to the checksum.
    private func downloadInParts(
        _ object: S3Client.Object, at address: S3Address, to path: String
    ) async throws -> Bool {
        let head = try await client.head(address)
        guard head.object == object else {
            throw DataTransferError(.changed, "\(address) was replaced after it was listed")
        }
        let download = try PartialDownload(
            of: PartialDownload.Record(
                address: address.description, version: object.entityTag,
                byteCount: object.byteCount, partBytes: partBytes),
            to: path)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (index, part) in await download.missing.enumerated() {
                if index >= partsAtOnce { try await group.next() }
                group.addTask {
                    try await slots.run {
                        let range = download.record.range(of: part)
                        let content = try await client.content(
                            of: object, in: address.bucket, range: range)
                        try await download.keep(content, asPart: part)
                    }
                }
            }
            try await group.waitForAll()
        }
        if let checksum = head.checksum {
            var sum = checksum.sum
            for part in 0..<download.record.partCount {
                try Task.checkCancellation()
                sum.add(try await download.content(ofPart: part))
            }
            guard checksum.isReached(by: sum) else {
                await download.discard()
                return false
            }
        }
        try await download.finish()
        return true
    }
}

/// A download that may have been begun earlier: the parts that are there, and which.
actor PartialDownload {
    /// What is downloaded, and how it is cut.
    struct Record: Hashable, Codable {
        let address: String
        let version: String
        let byteCount: Int
        let partBytes: Int

        var partCount: Int { (byteCount + partBytes - 1) / partBytes }

        func range(of part: Int) -> Range<Int> {
            part * partBytes..<min(byteCount, (part + 1) * partBytes)
        }
    }

    /// The record with the parts that are there.
    private struct Progress: Codable {
        let record: Record
        var parts: Set<Int>
    }

    nonisolated let record: Record
    private let path: String
    private let file: LocalFile
    private var progress: Progress

    /// Goes on with what is kept for a path, if it is of the same object, or begins.
    init(of record: Record, to path: String) throws {
        self.record = record
        self.path = path
        progress = Progress(record: record, parts: [])
        if let data = FileManager.default.contents(atPath: "\(path).parts"),
            let earlier = try? JSONDecoder().decode(Progress.self, from: data),
            earlier.record == record
        {
            progress.parts = earlier.parts.filter { (0..<record.partCount).contains($0) }
        }
        file = try LocalFile("\(path).partial", for: .writing)
        // Without the file its parts are gone too.
        let size = file.byteCount
        progress.parts = progress.parts.filter { record.range(of: $0).upperBound <= size }
    }

    /// The parts that are not there, in order.
    var missing: [Int] { (0..<record.partCount).filter { !progress.parts.contains($0) } }

    /// Keeps a part that has come.
    func keep(_ content: [UInt8], asPart part: Int) async throws {
        try await file.write(content, at: record.range(of: part).lowerBound)
        progress.parts.insert(part)
        try await LocalFile.write(
            Array(try JSONEncoder().encode(progress)), to: "\(path).parts")
    }

    /// A part that is there.
    func content(ofPart part: Int) async throws -> [UInt8] {
        try await file.content(in: record.range(of: part))
    }

    /// Makes the file of the parts.
    func finish() throws {
        // A longer file of another object may have been there before.
        guard truncate(file.path, off_t(record.byteCount)) == 0 else {
            throw DataTransferError(.refused, "cannot cut \(file.path)")
        }
        try file.move(to: path)
        unlink("\(path).parts")
    }

    /// Forgets all parts.
    func discard() {
        unlink("\(path).parts")
        unlink(file.path)
    }
}
