import Foundation
import Logging
import Tuning

/// A training job's checkpoints: its own directory, and a copy of that elsewhere.
///
/// The copy is brought before the program starts, unless the directory has something in it: that
/// is newer. While the program runs, what has changed is saved every so often, and once more when
/// the program has ended, however it did. A file that changes while it is saved is saved again by
/// the next round. What the program removes is not removed from the copy.
actor CheckpointStorage {
    /// The directory a container would have.
    static let standardPath = "/opt/ml/checkpoints"
    private static let containerRoot = "/opt/ml"
    /// How long to wait for a round that is under way.
    private static let turnInterval = Duration.milliseconds(20)

    /// How a file was when it was saved.
    private struct Stamp: Hashable {
        let byteCount: Int
        let time: Date
    }

    /// Where the program reads and writes them.
    nonisolated let directory: String
    /// Where the copy is; ends with a slash.
    private let address: String
    private let transfer: any DataTransfer
    private let storage: DataStorage
    /// Holds links to files while they are transferred, and what transfers keep beside them.
    private let staging: String
    private var saved: [String: Stamp] = [:]
    private var isSaving = false

    /// Finds where checkpoints go; `nil` when a definition has none, or none that can be taken.
    ///
    /// The jobs of a tuning job share a definition, so each gets a place of its own below its
    /// address: `S3Uri/TRAINING_JOB_NAME/`.
    ///
    /// - Throws: `TrainingFailure` for a directory that no local training job has.
    init?(
        of attempt: Attempt, in training: TrainingDirectory, storage: DataStorage
    ) throws(TrainingFailure) {
        directory = try Self.directory(of: attempt.definition, in: training)
        let given = attempt.definition.envelope["CheckpointConfig"]?["S3Uri"]?.string
        guard let given, let transfer = storage.transfer(for: given) else { return nil }
        let base = given.hasSuffix("/") ? given : "\(given)/"
        let isShared = attempt.definition.objective != nil
        address = isShared ? "\(base)\(attempt.id.trainingJob)/" : base
        self.transfer = transfer
        self.storage = storage
        staging = training.staging
    }

    /// The directory that a definition's `LocalPath` stands for.
    ///
    /// - Throws: `TrainingFailure` for one outside of `/opt/ml`.
    static func directory(
        of definition: TrainingJobDefinition, in training: TrainingDirectory
    ) throws(TrainingFailure) -> String {
        let path = definition.envelope["CheckpointConfig"]?["LocalPath"]?.string ?? standardPath
        let parts = path.split(separator: "/")
        guard path.hasPrefix("\(containerRoot)/"), parts.count > 2, !parts.contains("..") else {
            throw TrainingFailure(
                .algorithm,
                "ClientError: CheckpointConfig.LocalPath '\(path)': give a directory below"
                    + " \(containerRoot), which stands for the training job's own directory.")
        }
        return training.path + "/" + parts.dropFirst(2).joined(separator: "/")
    }

    /// Brings the copy into an empty directory.
    ///
    /// - Throws: `TrainingFailure`; `FileError`, `DataTransferError` of kind `.diskFull`,
    ///   `CancellationError`.
    func restore() async throws {
        guard isEmptyDirectory(directory) else { return }
        do {
            try makeDirectory(staging)
            let contents = try await storage.contents(under: address)
            for file in contents.files {
                let temporary = stagingPath(of: file.path)
                try await transfer.download(file.object, to: temporary)
                let target = "\(directory)/\(file.path)"
                try makeDirectory((target as NSString).deletingLastPathComponent)
                guard rename(temporary, target) == 0 else { throw FileError("write", target) }
                saved[file.path] = stamp(of: target)
            }
        } catch let error as DataTransferError where error.kind != .diskFull {
            throw TrainingFailure("Checkpoint download failed", error)
        }
    }

    /// Saves what has changed, again and again until it is cancelled.
    func saveRegularly(every interval: Duration, logger: Logger) async {
        while (try? await Task.sleep(for: interval)) != nil {
            do {
                try await save()
            } catch {
                guard !(error is CancellationError) else { return }
                logger.warning(
                    "checkpoints could not be saved; they will be tried again",
                    metadata: ["address": "\(address)", "error": "\(error)"])
            }
        }
    }

    /// Saves what has changed since it was last saved, the oldest files first.
    ///
    /// - Throws: `DataTransferError`, `FileError`, `CancellationError`.
    func save() async throws {
        while isSaving { try await Task.sleep(for: Self.turnInterval) }
        isSaving = true
        defer { isSaving = false }
        let files = try regularFiles(below: directory) ?? []
        let changed = files.compactMap { name in
            stamp(of: "\(directory)/\(name)").map { (name: name, stamp: $0) }
        }
        .filter { saved[$0.name] != $0.stamp }
        .sorted { ($0.stamp.time, $0.name) < ($1.stamp.time, $1.name) }
        if !changed.isEmpty { try makeDirectory(staging) }
        for (name, before) in changed {
            let path = "\(directory)/\(name)"
            let staged = stagingPath(of: name)
            unlink(staged)
            // It may be gone by now.
            guard link(path, staged) == 0 else { continue }
            defer { unlink(staged) }
            try await transfer.upload(staged, to: address + name)
            if stamp(of: path) == before { saved[name] = before }
        }
    }

    private func stagingPath(of name: String) -> String {
        "\(staging)/checkpoint-\(String(name.stableHash, radix: 16))"
    }

    private func stamp(of path: String) -> Stamp? {
        var status = stat()
        guard stat(path, &status) == 0, let time = modificationTime(of: path) else { return nil }
        return Stamp(byteCount: Int(status.st_size), time: time)
    }
}
