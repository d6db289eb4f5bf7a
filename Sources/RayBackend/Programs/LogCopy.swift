import Backends
import Foundation
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Copies a log into a file.
///
/// A byte of the log has the same position in the file, so a copy that is made again, or twice at
/// once, changes nothing; what the file has already is not written again.
final class LogCopy: Sendable {
    private let path: String
    private let descriptor: Int32
    private let knownLength: Int
    private let position = Mutex(0)

    /// Begins a copy, at the log's beginning.
    init(path: String) throws(FileError) {
        self.path = path
        descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw FileError("open", path) }
        knownLength = max(0, Int(lseek(descriptor, 0, SEEK_END)))
    }

    deinit { close(descriptor) }

    /// Takes the next piece of the log.
    func take(_ piece: [UInt8]) throws(FileError) {
        try position.withLock { position throws(FileError) in
            var rest = piece.dropFirst(min(piece.count, max(0, knownLength - position)))
            position += piece.count - rest.count
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
}

/// How many logs are followed at once: the cluster answers no more than a hundred such requests
/// at a time, whoever sends them.
final class LogStreams: Sendable {
    /// How many of them are for the daemon.
    static let countMax = 50

    private let count = Mutex(0)

    /// Takes one, if there is one left.
    func take() -> Bool {
        count.withLock { count in
            guard count < Self.countMax else { return false }
            count += 1
            return true
        }
    }

    /// Gives one back.
    func release() { count.withLock { $0 -= 1 } }
}
