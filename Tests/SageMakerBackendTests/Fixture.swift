import AWSClient
import Foundation
import Logging
import SageMakerAPI
import SageMakerBackend
import Synchronization
import Tuning
import TuningTesting

/// A backend, the service it speaks to, and the time of both.
struct Fixture {
    let time: VirtualTime
    let service: FakeSageMaker
    var limits = SageMakerBackend.Limits(slotCount: 100, requestsPerSecond: 5)
    var logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    var seed: UInt64 = 1

    init(
        gatekeeper: @escaping @Sendable (HTTPRequest) -> HTTPAnswer? = { _ in nil },
        fault: @escaping @Sendable (String, Int) -> FakeSageMaker.Fault? = { _, _ in nil }
    ) {
        time = VirtualTime()
        service = FakeSageMaker(time, gatekeeper: gatekeeper, fault: fault)
    }

    /// A daemon's life: a backend that knows nothing of earlier ones.
    ///
    /// - Parameter skew: How far this machine's clock is ahead, in seconds.
    func backend(
        credentials: (any CredentialProvider)? = nil, skew: Double = 0
    ) -> SageMakerBackend {
        let time = time
        let client = SageMakerClient(
            endpoint: URL(string: "http://fake.invalid")!,
            SignedClient(
                service, credentials: credentials, region: "us-east-1", service: "sagemaker",
                now: { time.date.addingTimeInterval(skew) }))
        return SageMakerBackend(
            client, limits: limits, clock: time.clock, logger: logger, seed: seed)
    }

    /// The definition of a tuning job that the service would take.
    static let envelope: JSONValue = [
        "AlgorithmSpecification": [
            "TrainingImage": "123456789012.dkr.ecr.us-east-1.amazonaws.com/image:1",
            "TrainingInputMode": "File",
            "MetricDefinitions": [["Name": "value", "Regex": "value=(.*)"]],
        ],
        "RoleArn": "arn:aws:iam::123456789012:role/training",
        "OutputDataConfig": ["S3OutputPath": "s3://bucket/output"],
        "ResourceConfig": [
            "InstanceType": "ml.m5.xlarge", "InstanceCount": 1, "VolumeSizeInGB": 10,
        ],
        "StoppingCondition": ["MaxRuntimeInSeconds": 3600],
    ]

    static func attempt(
        _ hyperparameters: [String: String] = ["count": "3"], job: String = "job-1",
        number: Int = 1, envelope: [String: JSONValue] = [:], checkpoint: Checkpoint? = nil,
        tags: [Tag] = [], earlierRuntime: Duration = .zero,
        stoppingCondition: StoppingCondition = StoppingCondition(runtimeMax: .seconds(3600))
    ) -> Attempt {
        let members = (Self.envelope.object ?? [:]).merging(envelope) { _, new in new }
        let definition = TrainingJobDefinition(
            searchSpace: .empty, objective: Objective(.minimize, "value"), image: "image:1",
            metrics: [MetricDefinition(name: "value", regex: "value=(.*)")],
            stoppingCondition: stoppingCondition, envelope: .object(members))
        return Attempt(
            id: Attempt.ID(trainingJob: job, number: number), definition: definition,
            hyperparameters: hyperparameters, checkpoint: checkpoint, tags: tags,
            creationTime: VirtualTime.origin, earlierRuntime: earlierRuntime)
    }

    /// Runs an attempt while time passes.
    func run(
        _ attempt: Attempt, _ log: SessionLog = SessionLog(), on backend: SageMakerBackend? = nil,
        mark: ReportMark? = nil
    ) async throws -> Attempt.End {
        let backend = backend ?? self.backend()
        return try await time.pass { try await backend.run(attempt, in: log.session(mark: mark)) }
    }
}
