import Foundation
import Subprocess
import Tuning

/// A compressed file, which the machine's `gzip` reads.
struct GzipFile {
    /// How much of what `gzip` says is kept.
    private static let complaintBytesMax = 4 * 1024

    /// Where it is.
    let path: String

    /// Writes what it holds into a file, whole or not at all.
    ///
    /// - Parameter address: Where it came from, for messages.
    /// - Throws: `DataTransferError` for what is not compressed; errors of the subprocess when
    ///   there is no `gzip`.
    func decompress(to target: String, address: String) async throws {
        let temporary = "\(target).\(UUID().uuidString)"
        defer { unlink(temporary) }
        // A shell writes the file, so that its content goes through no pipe of ours.
        let result = try await Subprocess.run(
            .path("/bin/sh"),
            arguments: ["-c", "exec gzip -dc <\"$1\" >\"$2\"", "gzip", path, temporary],
            input: .none, output: .discarded, error: .string(limit: Self.complaintBytesMax))
        guard result.terminationStatus.isSuccess else {
            let isFull = result.standardError.contains(String(cString: strerror(ENOSPC)))
            throw DataTransferError(
                isFull ? .diskFull : .refused,
                "cannot decompress \(address): \(result.standardError)")
        }
        guard rename(temporary, target) == 0 else { throw FileError("write", target) }
    }
}
