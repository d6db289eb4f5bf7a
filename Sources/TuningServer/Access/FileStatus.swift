import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// What the file system says of a file: enough to see that it was replaced, and who may touch it.
struct FileStatus: Hashable {
    let inode: UInt64
    let size: Int64
    let modifiedSeconds: Int
    let modifiedNanoseconds: Int
    let mode: UInt32
    let owner: UInt32

    /// Looks at a file; `nil` when there is none.
    ///
    /// - Throws: `AccessKeyError.unreadable`.
    init?(path: String) throws(AccessKeyError) {
        var status = stat()
        guard stat(path, &status) == 0 else {
            if errno == ENOENT { return nil }
            throw .unreadable(path: path, reason: String(cString: strerror(errno)))
        }
        inode = UInt64(status.st_ino)
        size = Int64(status.st_size)
        mode = UInt32(status.st_mode) & 0o7777
        owner = UInt32(status.st_uid)
        #if canImport(Darwin)
            modifiedSeconds = status.st_mtimespec.tv_sec
            modifiedNanoseconds = status.st_mtimespec.tv_nsec
        #else
            modifiedSeconds = Int(status.st_mtim.tv_sec)
            modifiedNanoseconds = Int(status.st_mtim.tv_nsec)
        #endif
    }

    /// Refuses what somebody beside this user and root may do.
    ///
    /// - Parameter forbidden: The rights that others may not have.
    /// - Throws: `AccessKeyError.exposed`, `.foreign`.
    func check(path: String, forbidden: UInt32) throws(AccessKeyError) {
        guard owner == geteuid() || owner == 0 else { throw .foreign(path: path) }
        guard mode & forbidden == 0 else {
            throw .exposed(path: path, mode: String(mode, radix: 8))
        }
    }
}
