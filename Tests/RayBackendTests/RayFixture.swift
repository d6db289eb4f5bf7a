import Backends
import Foundation
import Logging
import Synchronization
import Tuning
import TuningTesting

@testable import RayBackend

/// Something that a test did not expect.
struct Surprise: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

/// A data directory of its own for each test, and attempts that run in it.
final class RayFixture: Sendable {
    let directory: URL
    private let nextName = Mutex(0)

    init() throws {
        directory = FileManager.default.temporaryDirectory.resolvingSymlinksInPath()
            .appending(path: "tuner-tests-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: directory) }

    /// Settings with this data directory.
    func configuration(
        address: String = "http://127.0.0.1:1", isShared: Bool = false
    ) throws -> RayBackend.Configuration {
        guard let url = URL(string: address) else { throw Surprise("\(address) is no address") }
        var configuration = RayBackend.Configuration(
            hosting: HostingSettings(
                dataDirectory: directory, slotCount: 8, gracePeriod: .seconds(5),
                logger: Logger(label: "ray") { _ in SwiftLogNoOpLogHandler() }),
            address: url)
        configuration.isDirectoryShared = isShared
        configuration.workDirectory = directory.appending(path: "work").path
        configuration.otherInstances = RayResources(cpus: 0.25)
        return configuration
    }

    /// An attempt of a training job with a new name.
    func attempt(
        image: String = "exec:true", hyperparameters: [String: String] = [:],
        envelope: JSONValue = .object([:])
    ) -> Attempt {
        let ordinal = nextName.withLock { next in
            next += 1
            return next
        }
        let name = "job-\(ordinal)"
        return Attempt(
            id: Attempt.ID(trainingJob: name, number: 1),
            arn: "arn:aws:sagemaker:us-east-1:123456789012:training-job/\(name)",
            definition: TrainingJobDefinition(
                searchSpace: .empty, objective: nil, image: image,
                metrics: [
                    MetricDefinition(name: BackendConformance.metric, regex: "^value=(\\S+)")
                ],
                stoppingCondition: StoppingCondition(), envelope: envelope),
            hyperparameters: hyperparameters, creationTime: Date(timeIntervalSince1970: 1e9))
    }

    /// An attempt in script mode, with a source of these files.
    func attempt(
        source: [String: String], program: String, hyperparameters: [String: String] = [:],
        envelope: JSONValue = .object([:])
    ) throws -> Attempt {
        let place = directory.appending(path: "source-\(UUID().uuidString)")
        for (name, text) in source {
            let file = place.appending(path: name)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try text.write(to: file, atomically: true, encoding: .utf8)
        }
        let script = ["sagemaker_program": program, "sagemaker_submit_directory": place.path]
        return attempt(
            image: "training:1", hyperparameters: hyperparameters.merging(script) { $1 },
            envelope: envelope)
    }

    /// Where a training job has its directory.
    func training(of attempt: Attempt) throws -> TrainingDirectory {
        try TrainingDirectory(of: attempt.id.trainingJob, in: directory)
    }
}
