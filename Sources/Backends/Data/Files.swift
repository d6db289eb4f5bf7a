import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A file operation that failed.
package struct FileError: Error, Sendable, CustomStringConvertible {
    /// Whether freeing some space helps.
    package let isDiskFull: Bool
    /// What failed, on which file, and why.
    package let description: String

    /// Describes the last system call's error.
    package init(_ action: String, _ path: String, code: Int32 = errno) {
        isDiskFull = code == ENOSPC || code == EDQUOT
        description = "cannot \(action) \(path): \(String(cString: strerror(code)))"
    }
}

/// Makes a directory with all those above it; one that is there is fine.
package func makeDirectory(_ path: String) throws(FileError) {
    guard mkdir(path, 0o755) != 0, errno != EEXIST else { return }
    let code = errno
    let parent = (path as NSString).deletingLastPathComponent
    guard code == ENOENT, parent != path, !parent.isEmpty else {
        throw FileError("make the directory", path, code: code)
    }
    try makeDirectory(parent)
    guard mkdir(path, 0o755) == 0 || errno == EEXIST else {
        throw FileError("make the directory", path)
    }
}

/// Writes a file so that it is there whole or not at all, and stays after a power failure.
///
/// - Parameter replaces: Whether a file that is there is replaced, or else left as it is.
package func writeDurably(_ text: String, to path: String, replaces: Bool = true) throws(FileError)
{
    let temporary = "\(path).\(UUID().uuidString)"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw FileError("write", temporary) }
    defer { unlink(temporary) }
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
        let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        guard count > 0 || errno == EINTR else {
            let code = errno
            close(descriptor)
            throw FileError("write", path, code: code)
        }
        bytes = bytes.dropFirst(max(0, count))
    }
    let isSynchronized = fsync(descriptor) == 0
    guard close(descriptor) == 0, isSynchronized else { throw FileError("write", path) }
    let result = replaces ? rename(temporary, path) : link(temporary, path)
    guard result == 0 || (!replaces && errno == EEXIST) else { throw FileError("write", path) }
}

/// The text of a small file; `nil` when it cannot be read.
package func contents(of path: String) -> String? {
    FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
}

/// Whether a file of any kind, even a broken link, has this path.
package func fileExists(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0
}

/// Whether a directory is missing or has nothing in it.
func isEmptyDirectory(_ path: String) -> Bool {
    (try? FileManager.default.contentsOfDirectory(atPath: path).isEmpty) ?? true
}

/// The regular files below a directory, as relative paths in order; `nil` for what is none.
///
/// Links are followed to files and not to directories.
func regularFiles(below directory: String) throws(FileError) -> [String]? {
    var status = stat()
    guard stat(directory, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { return nil }
    guard let names = FileManager.default.enumerator(atPath: directory) else {
        throw FileError("read the directory", directory)
    }
    return names.compactMap { $0 as? String }
        .filter { name in
            var status = stat()
            return stat("\(directory)/\(name)", &status) == 0
                && status.st_mode & S_IFMT == S_IFREG
        }
        .sorted()
}

/// When a file was last written; `nil` when there is none.
package func modificationTime(of path: String) -> Date? {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    #if canImport(Darwin)
        let time = status.st_mtimespec
    #else
        let time = status.st_mtim
    #endif
    return Date(timeIntervalSince1970: Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9)
}
