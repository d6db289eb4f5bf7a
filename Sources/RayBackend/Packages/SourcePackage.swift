import Backends
import Crypto
import Foundation
import Tuning

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A training source as a package of a Ray cluster: the same name for the same content, so that a
/// tuning job's source is brought once for all of its training jobs.
struct SourcePackage {
    /// The most bytes of a source; Ray's dashboard takes no more.
    static let byteCountMax = 100 << 20

    /// The name in the cluster's store.
    let name: String
    /// The archive.
    let content: [UInt8]

    /// Packs all files of a directory.
    ///
    /// - Throws: `TrainingFailure` for a source that is too large; `FileError`.
    init(of directory: String) throws {
        var archive = ZipArchive()
        var byteCount = 0
        for path in try Self.paths(below: directory) {
            let full = "\(directory)/\(path)"
            var status = stat()
            guard stat(full, &status) == 0 else { continue }
            let mode = UInt16(status.st_mode & 0o777)
            if status.st_mode & S_IFMT == S_IFDIR {
                archive.addDirectory(path, mode: mode)
            } else if status.st_mode & S_IFMT == S_IFREG {
                byteCount += Int(status.st_size)
                guard byteCount <= Self.byteCountMax else { throw Self.tooLarge }
                guard let data = FileManager.default.contents(atPath: full) else {
                    throw FileError("read", full)
                }
                archive.addFile(path, Array(data), mode: mode)
            }
        }
        content = archive.finished()
        let digest = SHA256.hash(data: content).prefix(16)
        let digits = digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        name = "_ray_pkg_\(digits).zip"
    }

    private static var tooLarge: TrainingFailure {
        TrainingFailure(
            .algorithm,
            "ClientError: sagemaker_submit_directory: a Ray cluster takes sources of at most"
                + " \(byteCountMax >> 20) MiB; bring large files as input channels of a shared"
                + " directory.")
    }

    private static func paths(below directory: String) throws(FileError) -> [String] {
        guard let names = FileManager.default.enumerator(atPath: directory) else {
            throw FileError("read the directory", directory)
        }
        return names.compactMap { $0 as? String }.sorted()
    }
}
