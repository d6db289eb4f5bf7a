import Foundation
import Subprocess

/// A compressed archive, which the machine's `tar` writes and reads.
struct TarArchive {
    /// Why an archive could not be written or read.
    struct Problem: Error, CustomStringConvertible {
        /// What `tar` said.
        let description: String

        /// Whether freeing some space helps.
        var isDiskFull: Bool { description.contains(String(cString: strerror(ENOSPC))) }
    }

    /// How much of what `tar` says is kept.
    private static let complaintBytesMax = 64 * 1024

    /// Where it is.
    let path: String

    /// Writes what a directory holds.
    ///
    /// - Throws: `Problem`; errors of the subprocess when there is no `tar`.
    func pack(_ directory: String) async throws {
        try await run(["-czf", path, "-C", directory, "."])
    }

    /// Puts what it holds into a directory, which must be there.
    ///
    /// - Throws: `Problem`; errors of the subprocess when there is no `tar`.
    func unpack(into directory: String) async throws {
        try await run(["-xzf", path, "-C", directory])
    }

    private func run(_ arguments: [String]) async throws {
        let result = try await Subprocess.run(
            .name("tar"), arguments: Arguments(arguments), input: .none, output: .discarded,
            error: .string(limit: Self.complaintBytesMax))
        guard result.terminationStatus.isSuccess else {
            throw Problem(description: result.standardError)
        }
    }
}
