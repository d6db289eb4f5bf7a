import Foundation
import Stores
import Tuning
import TuningTesting

/// A directory that is not there yet, and is removed with this value.
final class TemporaryDirectory: Sendable {
    let url: URL

    init(in parent: URL = FileManager.default.temporaryDirectory) {
        url = parent.appending(path: "tuner-stores-\(UUID().uuidString)")
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    /// The database in it.
    var database: URL { url.appending(path: "tuner.sqlite") }

    /// What lies in it, by name.
    func contents() throws -> [String: Data] {
        let names = try FileManager.default.contentsOfDirectory(
            atPath: url.path(percentEncoded: false))
        return try Dictionary(
            uniqueKeysWithValues: names.map { ($0, try Data(contentsOf: url.appending(path: $0))) })
    }

    /// A store that holds one tuning job with a few training jobs, closed again.
    func fill(trainingJobCount: Int = 3) async throws {
        let store = try SQLiteTuningStore(directory: url)
        var sample = SampleJob("digits", number: 1)
        try await sample.create(in: store)
        for trial in 0..<trainingJobCount {
            try await sample.append(.sampleLife(trial, value: Double(trial)), to: store)
        }
        try store.close()
    }
}
