import Foundation
import Synchronization
import Tuning

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Keeps a second daemon out of a data directory.
///
/// The kernel holds the lock for as long as this value lives and drops it when the process ends,
/// however it ends: no stale lock can keep anyone out. Programs started meanwhile do not inherit
/// it.
final class DirectoryLock: Sendable {
    private let descriptor: Mutex<Int32?>

    /// Takes the lock of a directory without waiting; makes the lock file where there is none.
    ///
    /// - Throws: `StoreError.locked`, `.readOnly`, `.full` or `.unavailable`.
    init(directory: URL) throws(StoreError) {
        let path = directory.appending(path: "tuner.lock").path(percentEncoded: false)
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw StoreError(errno: errno, path: path) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let reason = errno
            close(descriptor)
            if reason == EWOULDBLOCK {
                throw .locked(path: directory.path(percentEncoded: false))
            }
            throw StoreError(errno: reason, path: path)
        }
        self.descriptor = Mutex(descriptor)
    }

    /// Gives the lock back; harmless when that has happened.
    func release() {
        descriptor.withLock { descriptor in
            if let held = descriptor {
                // A child that has been forked and not yet become its program holds a copy of the
                // descriptor; closing ours alone would leave the directory locked until it does.
                flock(held, LOCK_UN)
                close(held)
            }
            descriptor = nil
        }
    }

    deinit { release() }
}
