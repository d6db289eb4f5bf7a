import SageMakerAPI
import Testing
import Tuning
import TuningServer

@Suite("Generated bodies", .serialized)
struct DispatcherFuzzTests {
    private static let roundCount = 250

    @Test(
        "Are answered or refused, never with a defect, and leave nothing half made",
        arguments: Operation.allCases)
    func generatedBodies(operation: SageMakerAPI.Operation) async throws {
        try await TestService.run { service in
            let ordinal = SageMakerAPI.Operation.allCases.firstIndex(of: operation) ?? 0
            var damage = RequestDamage(
                random: SeededGenerator(seed: Fuzzing.seed, ordinal: ordinal))
            var takenNames: Set<String> = []
            for round in 0..<Self.roundCount * Fuzzing.factor {
                let body = damage.damaged(Self.origin(operation, "job-\(round)"))
                let answer = await service.dispatcher.answer(
                    to: "SageMaker.\(operation.rawValue)", body: body)
                let text =
                    "\(operation) seed \(Fuzzing.seed) round \(round): "
                    + String(decoding: body.prefix(2_000), as: UTF8.self)
                #expect(answer.status < 500, "\(text)")
                let value = try JSONValue(parsing: answer.body)
                #expect((answer.status == 200) == (value["__type"] == nil), "\(text)")
                // Damage sometimes makes the name of an earlier round.
                let name = Self.name(in: body).lowercased()
                if takenNames.contains(name) { continue }
                if answer.status == 200 { takenNames.insert(name) }
                try await Self.checkWholeness(of: operation, service, body, answer, text)
            }
        }
    }

    /// Whether there is a whole job after a creation that was accepted, and none after another.
    private static func checkWholeness(
        of operation: SageMakerAPI.Operation, _ service: TestService, _ body: [UInt8],
        _ answer: OperationDispatcher.Answer, _ text: String
    ) async throws {
        let kind: (name: String, describe: String, stop: String)
        switch operation {
        case .createTrainingJob:
            kind = ("TrainingJobName", "DescribeTrainingJob", "StopTrainingJob")
        case .createTuningJob:
            kind = (
                "HyperParameterTuningJobName", "DescribeHyperParameterTuningJob",
                "StopHyperParameterTuningJob"
            )
        default: return
        }
        guard let request = try? JSONValue(parsing: body), let name = request[kind.name] else {
            return #expect(answer.status != 200, "\(text)")
        }
        let asked: JSONValue = [kind.name: name]
        let described = try await service.send(kind.describe, asked)
        #expect((described.status == 200) == (answer.status == 200), "\(text)")
        // Whatever was asked for does not run on for ever.
        let stopped = try await service.send(kind.stop, asked)
        #expect(stopped.status < 500, "\(text)")
    }

    /// The name of what a body would create; empty where it names nothing.
    private static func name(in body: [UInt8]) -> String {
        let request = try? JSONValue(parsing: body)
        let members = ["TrainingJobName", "HyperParameterTuningJobName", "AlgorithmName"]
        return members.compactMap { request?[$0]?.string }.first ?? ""
    }

    private static func origin(_ operation: SageMakerAPI.Operation, _ name: String) -> JSONValue {
        switch operation {
        case .createTrainingJob: return Requests.trainingJob(name)
        case .createTuningJob: return Requests.tuningJob(name, count: 1)
        case .createAlgorithm: return Requests.algorithm(name)
        default:
            let arn = "arn:aws:sagemaker:us-east-1:123456789012:training-job/\(name)"
            return [
                "TrainingJobName": .string(name), "HyperParameterTuningJobName": .string(name),
                "AlgorithmName": .string(name), "ResourceArn": .string(arn), "TagKeys": ["a"],
                "Tags": [["Key": "a", "Value": "b"]], "MaxResults": 10, "NextToken": "?",
                "SortBy": "Name", "SortOrder": "Ascending", "NameContains": "job",
                "StatusEquals": "Stopped", "CreationTimeAfter": 1,
                "LastModifiedTimeBefore": "2026-01-01T00:00:00Z", "Resource": "TrainingJob",
                "SearchExpression": [
                    "Filters": [["Name": "TrainingJobName", "Operator": "Equals", "Value": "a"]]
                ],
            ]
        }
    }
}
