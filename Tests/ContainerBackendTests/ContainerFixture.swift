import Backends
import Foundation
import Logging
import Synchronization
import Tuning
import TuningTesting

@testable import ContainerBackend

/// A data directory of its own for each test, and attempts that run in it.
final class ContainerFixture: Sendable {
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
        socket: String = "", gracePeriod: Duration = .seconds(20)
    ) -> ContainerBackend.Configuration {
        ContainerBackend.Configuration(
            hosting: HostingSettings(
                dataDirectory: directory, slotCount: 8, gracePeriod: gracePeriod,
                logger: Logger(label: "containers") { _ in SwiftLogNoOpLogHandler() }),
            socket: socket)
    }

    /// An attempt of a training job with a new name.
    func attempt(
        image: String = "trainer:1", envelope: JSONValue = .object([:]),
        hyperparameters: [String: String] = [:], name: String? = nil
    ) -> Attempt {
        let ordinal = nextName.withLock { next in
            next += 1
            return next
        }
        let name = name ?? "job-\(ordinal)"
        return Attempt(
            id: Attempt.ID(trainingJob: name, number: 1),
            arn: "arn:aws:sagemaker:us-east-1:123456789012:training-job/\(name)",
            definition: TrainingJobDefinition(
                searchSpace: .empty, objective: nil, image: image,
                metrics: [
                    MetricDefinition(name: BackendConformance.metric, regex: "value=(\\S+)")
                ],
                stoppingCondition: StoppingCondition(), envelope: envelope),
            hyperparameters: hyperparameters, creationTime: Date(timeIntervalSince1970: 1e9))
    }

    /// An attempt that runs a shell script in an image that has a shell.
    func attempt(image: String, script: String) -> Attempt {
        attempt(
            image: image,
            envelope: [
                "AlgorithmSpecification": [
                    "ContainerEntrypoint": ["sh", "-c"], "ContainerArguments": [.string(script)],
                ]
            ])
    }

    /// A file in a training job's directory.
    func file(_ name: String, of attempt: Attempt) -> URL {
        directory.appending(path: "training-jobs/\(attempt.id.trainingJob)/\(name)")
    }

    /// The text of such a file; `nil` when there is none.
    func text(_ name: String, of attempt: Attempt) -> String? {
        try? String(contentsOf: file(name, of: attempt), encoding: .utf8)
    }
}
