import SageMakerAPI
import Testing
import Tuning
import TuningServer

@Suite("Hostile requests")
struct HostileRequestTests {
    @Test(
        "A body that is not a JSON object is a SerializationException",
        arguments: [
            "", "[]", "{", "\"x\"", "null", "{\"a\":NaN}", String(repeating: "[", count: 5_000),
        ])
    func noObject(body: String) async throws {
        let answer = await TestService().dispatcher.answer(
            to: "SageMaker.ListTrainingJobs", body: Array(body.utf8))
        #expect(answer.status == 400)
        let value = try JSONValue(parsing: answer.body)
        #expect(value["__type"] == "SerializationException")
    }

    @Test("No generated body is answered with a defect", arguments: Operation.allCases)
    func generatedBodies(operation: SageMakerAPI.Operation) async throws {
        try await TestService.run { service in
            let seed: UInt64 = 20_261_121
            var random = SeededGenerator(seed: seed, ordinal: 0)
            for round in 0..<200 {
                let origin =
                    switch operation {
                    case .createTrainingJob: Requests.trainingJob("job-\(round)")
                    default: Requests.tuningJob("job-\(round)", count: 1)
                    }
                let body = origin.merging([
                    "TrainingJobName": .string("job-\(round)"),
                    "ResourceArn": "arn:aws:sagemaker:us-east-1:123456789012:training-job/x",
                    "TagKeys": ["a"], "MaxResults": 10, "NextToken": "?", "SortBy": "Name",
                    "SortOrder": "Ascending", "NameContains": "job", "StatusEquals": "Stopped",
                    "CreationTimeAfter": 1, "LastModifiedTimeBefore": "2026-01-01T00:00:00Z",
                ]).damaged(using: &random)
                let answer = await service.dispatcher.answer(
                    to: "SageMaker.\(operation.rawValue)", body: body.encoded)
                #expect(answer.status < 500, "seed \(seed), round \(round): \(body)")
            }
        }
    }
}

extension JSONValue {
    /// The same value with about one part in twelve replaced by something else.
    fileprivate func damaged(using random: inout SeededGenerator) -> JSONValue {
        let replacements: [JSONValue] = [
            .null, true, -1, .integer(.max), .number(1e300), .number(0.5), "", "\u{0}", "NaN",
            "1e999", .string(String(repeating: "x", count: 3_000)), [], [[:]], ["a": .null],
            ["", .null, 1],
        ]
        if random.nextUnit() < 0.08 {
            return replacements.randomElement(using: &random) ?? .null
        }
        switch self {
        case .array(let elements):
            return .array(elements.map { $0.damaged(using: &random) })
        case .object(let members):
            var result: [String: JSONValue] = [:]
            for (name, value) in members.sorted(by: { $0.key < $1.key }) {
                result[name] = value.damaged(using: &random)
            }
            return .object(result)
        default: return self
        }
    }
}
