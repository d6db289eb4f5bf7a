import Backends
import Foundation
import Tuning

/// The submission of an attempt's job, once however often it is tried.
///
/// The cluster gives an ID to one job only, and the ID is chosen and written down before anything
/// is sent: whoever finds it taken attaches.
struct RayLaunch: Sendable {
    let program: RayProgram
    let order: ProgramOrder

    private var host: RayHost { program.host }
    private var isShared: Bool { host.configuration.isDirectoryShared }

    /// Submits it.
    ///
    /// - Throws: `TrainingFailure` when the cluster does not want it; `FileError`.
    func run() async throws {
        let name = "tuner-\(program.attempt.id.trainingJob)-\(program.attempt.id.number)"
        guard let id = try program.record.chooseID(for: name) else { return }
        let package = try await package()
        let body = try body(id, package: package)
        // A stop is recorded before it is looked whether there is a job to be stopped.
        guard program.files.halt == nil else { return }
        if case .refused(let message) = try await host.cluster.submit(body) {
            throw TrainingFailure(
                .algorithm, "ClientError: The Ray cluster does not take the job: \(message)")
        }
        try program.record.noteSubmission()
        program.expireKnowledge()
    }

    /// Brings the source to the cluster, unless it is there; `nil` when there is none to bring.
    private func package() async throws -> SourcePackage? {
        guard !isShared, order.program?.script != nil else { return nil }
        let package = try SourcePackage(of: order.training.code)
        if try await !host.cluster.hasPackage(package.name) {
            try await host.cluster.upload(package.content, as: package.name)
        }
        return package
    }

    private func body(_ id: String, package: SourcePackage?) throws -> JSONValue {
        let work = host.configuration.workDirectory
        let directory =
            isShared ? order.training : TrainingDirectory(path: "\(work)/\(id)")
        return RayOrder(
            id: id, order: order, directory: directory, package: package?.name,
            configuration: host.configuration
        ).body
    }
}
