import Foundation

/// A directory that is not there yet, and is removed with this value.
final class TemporaryDirectory: Sendable {
    let url = FileManager.default.temporaryDirectory
        .appending(path: "tuner-stores-\(UUID().uuidString)")

    deinit { try? FileManager.default.removeItem(at: url) }

    /// The path of the database in it.
    var database: String { url.appending(path: "tuner.sqlite").path(percentEncoded: false) }
}
