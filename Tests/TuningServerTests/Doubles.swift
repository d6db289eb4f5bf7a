import Foundation
import Logging
import Orchestration
import SageMakerAPI
import Tuning
import TuningServer
import TuningTesting

/// Trains at once: reports its number as the objective; a job that is to hold waits for its stop.
struct InstantBackend: TrainingBackend {
    let slotCount = 4

    func run(_ attempt: Attempt, in session: AttemptSession) async throws -> Attempt.End {
        _ = try await session.report(.entered(.training, at: Date(), message: nil))
        let value = attempt.hyperparameters["lr"].flatMap(Double.init) ?? 0
        let names = attempt.definition.metrics.map(\.name)
        let values = Dictionary(names.map { ($0, value) }) { first, _ in first }
        if !values.isEmpty {
            let sample = MetricSample(time: Date(), values: values)
            _ = try await session.report(.measured([sample], ReportMark("1")))
        }
        guard attempt.hyperparameters["hold"] != nil else { return .completed }
        guard let reason = await session.stop.wait() else { throw CancellationError() }
        return .stopped(reason)
    }
}

/// Draws independent points.
struct DrawnPoints: SearchStrategy {
    let space: SearchSpace

    mutating func observe(_ event: TrialEvent) {}

    func suggestion(ordinal: Int, using random: inout SeededGenerator) -> Suggestion {
        var coordinates: [Double] = []
        for _ in 0..<space.dimension { coordinates.append(random.nextUnit()) }
        let point = UnitPoint(coordinates)
        return .start(space.hyperparameters(at: point), .toTheEnd, Decision(rule: "drawn"))
    }
}

/// A whole service in memory.
struct TestService {
    let dispatcher: OperationDispatcher
    let orchestrator: Orchestrator

    /// A logger that keeps nothing.
    static let silence = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    init(
        checkImage: @escaping ImageCheck = { _, _ in nil },
        quotas: InstanceQuotas = InstanceQuotas(), logger: Logger = silence
    ) {
        orchestrator = Orchestrator(
            store: InMemoryTuningStore(), routes: BackendRoutes(InstantBackend()),
            strategies: { DrawnPoints(space: $0.space) }, logger: logger)
        dispatcher = OperationDispatcher(
            orchestrator: orchestrator, checkImage: checkImage, quotas: quotas, logger: logger)
    }

    /// Runs the service while a body works with it.
    static func run(
        quotas: InstanceQuotas = InstanceQuotas(), logger: Logger = silence,
        _ body: (TestService) async throws -> Void
    ) async throws {
        let service = TestService(quotas: quotas, logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await service.orchestrator.run() }
            try await body(service)
            group.cancelAll()
        }
    }

    /// The answer to a request.
    func send(_ operation: String, _ body: JSONValue) async throws -> Reply {
        let answer = await dispatcher.answer(to: "SageMaker.\(operation)", body: body.encoded)
        return Reply(status: answer.status, value: try JSONValue(parsing: answer.body))
    }

    /// Asks until an answer is as it should be.
    ///
    /// - Throws: `CancellationError` when it is not within two minutes.
    func poll(
        _ operation: String, _ body: JSONValue, until isDone: (Reply) -> Bool
    ) async throws -> Reply {
        let deadline = ContinuousClock.now + .seconds(300)
        while ContinuousClock.now < deadline {
            let reply = try await send(operation, body)
            if isDone(reply) { return reply }
            try await Task.sleep(for: .milliseconds(2))
        }
        throw CancellationError()
    }
}

/// An answer as tests look at it.
struct Reply {
    let status: Int
    let value: JSONValue

    subscript(member: String) -> JSONValue? { value[member] }

    /// The code and the message of an error.
    var error: String { "\(value["__type"]?.string ?? ""): \(value["message"]?.string ?? "")" }
}

/// Requests that are accepted as they are.
enum Requests {
    static func tuningJob(
        _ name: String, count: Int = 3, fixed: JSONValue = [:]
    ) -> JSONValue {
        [
            "HyperParameterTuningJobName": .string(name),
            "HyperParameterTuningJobConfig": [
                "Strategy": "Random",
                "HyperParameterTuningJobObjective": ["Type": "Maximize", "MetricName": "score"],
                "ResourceLimits": [
                    "MaxNumberOfTrainingJobs": .integer(count), "MaxParallelTrainingJobs": 2,
                ],
                "ParameterRanges": [
                    "ContinuousParameterRanges": [
                        ["Name": "lr", "MinValue": "0", "MaxValue": "1"]
                    ]
                ],
            ],
            "TrainingJobDefinition": definition.merging(["StaticHyperParameters": fixed]),
            "Tags": [["Key": "team", "Value": "vision"]],
        ]
    }

    static func trainingJob(_ name: String, hyperparameters: JSONValue = [:]) -> JSONValue {
        definition.merging([
            "TrainingJobName": .string(name), "HyperParameters": hyperparameters,
        ])
    }

    /// What an algorithm says, whose channel is `channel`.
    static func algorithm(_ name: String) -> JSONValue {
        [
            "AlgorithmName": .string(name),
            "TrainingSpecification": [
                "TrainingImage": "mock:sphere",
                "SupportedHyperParameters": [
                    [
                        "Name": "lr", "Type": "Continuous", "IsTunable": true, "IsRequired": true,
                        "Range": [
                            "ContinuousParameterRangeSpecification": [
                                "MinValue": "0", "MaxValue": "1",
                            ]
                        ],
                    ],
                    ["Name": "depth", "Type": "FreeText", "DefaultValue": "4"],
                    ["Name": "hold", "Type": "FreeText"],
                ],
                "SupportedTrainingInstanceTypes": ["ml.m5.large"],
                "MetricDefinitions": [["Name": "score", "Regex": "score=(.*)"]],
                "SupportedTuningJobObjectiveMetrics": [
                    ["Type": "Maximize", "MetricName": "score"]
                ],
                "TrainingChannels": [
                    [
                        "Name": "train", "IsRequired": true, "SupportedContentTypes": ["text/csv"],
                        "SupportedInputModes": ["File"],
                    ]
                ],
            ],
        ]
    }

    static let channel: JSONValue = [
        "ChannelName": "train",
        "DataSource": ["S3DataSource": ["S3DataType": "S3Prefix", "S3Uri": "s3://bucket/data"]],
    ]

    private static let definition: JSONValue = [
        "AlgorithmSpecification": [
            "TrainingImage": "mock:sphere", "TrainingInputMode": "File",
            "MetricDefinitions": [["Name": "score", "Regex": "score=(.*)"]],
        ],
        "RoleArn": "arn:aws:iam::123456789012:role/tuner",
        "OutputDataConfig": ["S3OutputPath": "s3://bucket/models"],
        "StoppingCondition": ["MaxRuntimeInSeconds": 60],
    ]
}

extension JSONValue {
    /// The same object with more members.
    func merging(_ members: [String: JSONValue]) -> JSONValue {
        .object((object ?? [:]).merging(members) { _, new in new })
    }
}
