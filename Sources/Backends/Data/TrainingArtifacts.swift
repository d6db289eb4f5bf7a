import Foundation
import Tuning

/// What a training job leaves behind, saved where its definition asks for it.
struct TrainingArtifacts {
    private let directory: TrainingDirectory
    private let address: String
    private let transfer: any DataTransfer

    /// Finds where to; `nil` when the definition names no address that can be taken.
    init?(
        of name: TrainingJob.Name, in directory: TrainingDirectory, envelope: JSONValue,
        storage: DataStorage
    ) {
        guard let given = envelope["OutputDataConfig"]?["S3OutputPath"]?.string,
            let transfer = storage.transfer(for: given)
        else { return nil }
        self.directory = directory
        self.transfer = transfer
        address = "\(given.hasSuffix("/") ? String(given.dropLast()) : given)/\(name)/output"
    }

    /// Writes `model.tar.gz`, and `output.tar.gz` when there is output data; each whole
    /// or not at all.
    ///
    /// - Throws: `FileError`, `TrainingFailure`; `DataTransferError` of kind `.diskFull`,
    ///   `CancellationError`.
    func save() async throws {
        try makeDirectory(directory.staging)
        try await archive(directory.model, as: "model.tar.gz")
        if !isEmptyDirectory(directory.outputData) {
            try await archive(directory.outputData, as: "output.tar.gz")
        }
    }

    private func archive(_ source: String, as name: String) async throws {
        let archive = "\(directory.staging)/\(name)"
        defer { unlink(archive) }
        do {
            try await TarArchive(path: archive).pack(source)
            try await transfer.upload(archive, to: "\(address)/\(name)")
        } catch let problem as TarArchive.Problem {
            if problem.isDiskFull { throw FileError("write", archive, code: ENOSPC) }
            throw TrainingFailure(
                .internal, "InternalServerError: Cannot save \(name): \(problem)")
        } catch let error as DataTransferError where error.kind != .diskFull {
            throw TrainingFailure("Artifact upload failed", error)
        }
    }
}
