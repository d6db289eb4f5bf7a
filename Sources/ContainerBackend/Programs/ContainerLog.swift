import Backends
import Foundation
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Copies a container's log into an attempt's two files.
///
/// A byte of the log has the same position in its file, so a copy that is made again, or twice at
/// once, changes nothing; what a file has already is not written again.
struct ContainerLog: Sendable {
    /// The attempt's files.
    let files: AttemptDirectory

    /// Copies the log from its beginning.
    ///
    /// - Parameter read: Hands over the log as the engine sends it.
    /// - Throws: `FileError`, and what `read` throws.
    func copy(
        _ read: (_ receive: @escaping @Sendable ([UInt8]) async throws -> Void) async throws -> Void
    ) async throws {
        let target = Target(
            frames: LogFrames(), output: LogFile(path: files.standardOutput),
            error: LogFile(path: files.standardError))
        let state = Mutex(target)
        try await read { piece in
            try state.withLock { target in
                for part in target.frames.parts(of: piece) {
                    if part.isError {
                        try target.error.take(part.bytes)
                    } else {
                        try target.output.take(part.bytes)
                    }
                }
            }
        }
    }

    private struct Target {
        var frames: LogFrames
        var output: LogFile
        var error: LogFile
    }
}

/// One of the two files, written from the beginning of the log on.
///
/// It is open while it is written, and not while a log says nothing.
private struct LogFile {
    private let path: String
    private let knownLength: Int
    private var position = 0

    init(path: String) {
        self.path = path
        var status = stat()
        knownLength = stat(path, &status) == 0 ? Int(status.st_size) : 0
    }

    mutating func take(_ bytes: [UInt8]) throws(FileError) {
        var rest = bytes.dropFirst(min(bytes.count, max(0, knownLength - position)))
        position += bytes.count - rest.count
        guard !rest.isEmpty else { return }
        let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw FileError("open", path) }
        defer { close(descriptor) }
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                pwrite(descriptor, $0.baseAddress, $0.count, off_t(position))
            }
            guard count > 0 || errno == EINTR else { throw FileError("write", path) }
            rest = rest.dropFirst(max(0, count))
            position += max(0, count)
        }
    }
}
