import Foundation
import Tuning

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

// MARK: - Uploading

extension S3Transfer {
    /// Writes a file into an object, whole or not at all.
    ///
    /// While an upload in parts is under way, `PATH.upload` names it: one that was interrupted by
    /// the end of its process is aborted by the next upload of the same file, which begins anew.
    package func upload(_ path: String, to address: String) async throws {
        let address = try Self.address(address)
        try await Self.translatingErrors(about: address) {
            try await abortInterrupted(of: path)
            let file = try LocalFile(path, for: .reading)
            let size = file.byteCount
            if size <= partBytes {
                try await slots.run {
                    let content = try await Self.content(of: file, in: 0..<size)
                    try await client.put(content, to: address)
                }
            } else {
                try await uploadInParts(file, byteCount: size, to: address)
            }
        }
    }

    private func uploadInParts(
        _ file: LocalFile, byteCount: Int, to address: S3Address
    ) async throws {
        let token = UUID().uuidString
        let upload = try await client.beginUpload(to: address, token: token)
        do {
            let record = InterruptedUpload(address: address.description, id: upload.id)
            try await LocalFile.write(
                Array(try JSONEncoder().encode(record)), to: Self.recordPath(of: file.path))
            let parts = try await send(file, byteCount: byteCount, as: upload)
            try await client.complete(upload, of: parts, token: token)
        } catch {
            // Cancelled or not: what was sent is paid for until it is removed.
            let isAborted = await Task { try await client.impatient.abort(upload) }.result
            if case .success = isAborted { unlink(Self.recordPath(of: file.path)) }
            throw error
        }
        unlink(Self.recordPath(of: file.path))
    }

    private func send(
        _ file: LocalFile, byteCount: Int, as upload: S3Client.Upload
    ) async throws -> [S3Client.Part] {
        let least = (byteCount + Self.partCountMax - 1) / Self.partCountMax
        let size = max(partBytes, least)
        return try await withThrowingTaskGroup(of: S3Client.Part.self) { group in
            var parts: [S3Client.Part] = []
            for (index, start) in stride(from: 0, to: byteCount, by: size).enumerated() {
                if index >= partsAtOnce, let part = try await group.next() { parts.append(part) }
                let range = start..<min(byteCount, start + size)
                group.addTask {
                    try await slots.run {
                        let content = try await Self.content(of: file, in: range)
                        return try await client.send(content, asPart: index + 1, of: upload)
                    }
                }
            }
            for try await part in group { parts.append(part) }
            return parts.sorted { $0.number < $1.number }
        }
    }

    private static func content(of file: LocalFile, in range: Range<Int>) async throws -> [UInt8] {
        let content = try await file.content(in: range)
        guard content.count == range.count else {
            throw DataTransferError(.changed, "\(file.path) became shorter while it was read")
        }
        return content
    }

    // MARK: - Interrupted uploads

    private struct InterruptedUpload: Codable {
        let address: String
        let id: String
    }

    private static func recordPath(of path: String) -> String { "\(path).upload" }

    private func abortInterrupted(of path: String) async throws {
        let record = Self.recordPath(of: path)
        guard let data = FileManager.default.contents(atPath: record) else { return }
        if let upload = try? JSONDecoder().decode(InterruptedUpload.self, from: data),
            let address = S3Address(upload.address)
        {
            try await client.abort(S3Client.Upload(address: address, id: upload.id))
        }
        unlink(record)
    }
}
