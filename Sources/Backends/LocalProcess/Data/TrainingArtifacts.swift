import Foundation
import Tuning

/// What a training job leaves behind, saved where its definition asks for it.
struct TrainingArtifacts {
    private let directory: TrainingDirectory
    private let target: String

    /// Finds where to; `nil` when the definition names no `file://` address.
    init?(of name: TrainingJob.Name, in directory: TrainingDirectory, envelope: JSONValue) {
        let address = envelope["OutputDataConfig"]?["S3OutputPath"]?.string
        guard let path = address.flatMap(localPath) else { return nil }
        self.directory = directory
        target = "\(path)/\(name)/output"
    }

    /// Writes `model.tar.gz`, and `output.tar.gz` when there is output data; each whole
    /// or not at all.
    ///
    /// - Throws: `FileError`, `TrainingFailure`.
    func save() async throws {
        try makeDirectory(target)
        try await archive(directory.model, as: "model.tar.gz")
        if !isEmptyDirectory(directory.outputData) {
            try await archive(directory.outputData, as: "output.tar.gz")
        }
    }

    private func archive(_ directory: String, as name: String) async throws {
        let temporary = "\(target)/.\(name).\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: temporary) }
        do {
            try await TarArchive(path: temporary).pack(directory)
        } catch let problem as TarArchive.Problem {
            throw TrainingFailure(
                .internal, "InternalServerError: Cannot save \(name): \(problem)")
        }
        guard rename(temporary, "\(target)/\(name)") == 0 else {
            throw FileError("write", "\(target)/\(name)")
        }
    }
}
