import Dispatch
import Foundation
import Tuning

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A file that is read or written in pieces, on a queue of its own since files make threads wait.
final class LocalFile: Sendable {
    /// What a file is opened for.
    enum Access {
        case reading
        /// It is made unless it is there.
        case writing
    }

    /// The path.
    let path: String
    private let descriptor: Int32
    private let queue = DispatchQueue(label: "transfer")

    /// Opens a file.
    ///
    /// - Throws: `DataTransferError`.
    init(_ path: String, for access: Access) throws(DataTransferError) {
        self.path = path
        let flags = access == .reading ? O_RDONLY : O_RDWR | O_CREAT
        descriptor = open(path, flags | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw Self.problem("open", path) }
    }

    deinit { close(descriptor) }

    /// How long it is now.
    var byteCount: Int {
        var status = stat()
        return fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
    }

    /// Reads a piece; shorter where the file ends.
    func content(in range: Range<Int>) async throws -> [UInt8] {
        try await onQueue { [self] in
            let piece = [UInt8](unsafeUninitializedCapacity: range.count) { buffer, count in
                while count < range.count {
                    let read = pread(
                        descriptor, buffer.baseAddress.map { $0 + count }, range.count - count,
                        off_t(range.lowerBound + count))
                    if read < 0 && errno == EINTR { continue }
                    guard read > 0 else { break }
                    count += read
                }
            }
            return piece
        }
    }

    /// Writes a piece so that it stays after a power failure.
    func write(_ bytes: [UInt8], at offset: Int) async throws {
        try await onQueue { [self] in
            var written = 0
            while written < bytes.count {
                let count = bytes.withUnsafeBytes {
                    pwrite(
                        descriptor, $0.baseAddress.map { $0 + written }, bytes.count - written,
                        off_t(offset + written))
                }
                guard count > 0 || errno == EINTR else { throw Self.problem("write", path) }
                written += max(0, count)
            }
            guard fsync(descriptor) == 0 else { throw Self.problem("write", path) }
        }
    }

    /// Gives it another path, replacing what is there.
    func move(to target: String) throws(DataTransferError) {
        guard rename(path, target) == 0 else { throw Self.problem("write", target) }
    }

    /// Writes a small file, whole or not at all, so that it stays after a power failure.
    static func write(_ bytes: [UInt8], to path: String) async throws {
        let temporary = "\(path).\(UUID().uuidString)"
        do {
            let file = try LocalFile(temporary, for: .writing)
            try await file.write(bytes, at: 0)
            try file.move(to: path)
        } catch {
            unlink(temporary)
            throw error
        }
    }

    private func onQueue<Result: Sendable>(
        _ work: @escaping @Sendable () throws -> Result
    ) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: .init(catching: work)) }
        }
    }

    private static func problem(_ action: String, _ path: String) -> DataTransferError {
        let code = errno
        return DataTransferError(
            code == ENOSPC || code == EDQUOT ? .diskFull : .refused,
            "cannot \(action) \(path): \(String(cString: strerror(code)))")
    }
}
