import AWSClient
import Foundation
import SageMakerAPI
import SageMakerBackend
import Testing
import Tuning
import TuningTesting

/// Runs against whatever speaks the API at the address in `TUNER_TEST_SAGEMAKER_ENDPOINT`, signed
/// with the key in the environment, if there is one.
@Suite(
    "A service that is there", .timeLimit(.minutes(60)),
    .enabled(if: ProcessInfo.processInfo.environment["TUNER_TEST_SAGEMAKER_ENDPOINT"] != nil))
struct LiveTests {
    private static func setting(_ name: String) -> String? {
        ProcessInfo.processInfo.environment[name]
    }

    @Test("A training job runs to its end, and again finds it")
    func course() async throws {
        let endpoint = try #require(
            Self.setting("TUNER_TEST_SAGEMAKER_ENDPOINT").flatMap { URL(string: $0) })
        let key = Self.setting("AWS_ACCESS_KEY_ID").map {
            AccessKey(
                id: $0, secret: Self.setting("AWS_SECRET_ACCESS_KEY") ?? "",
                sessionToken: Self.setting("AWS_SESSION_TOKEN"))
        }
        let client = SageMakerClient(
            endpoint: endpoint,
            SignedClient(
                try NetworkTransport(), credentials: key.map(FixedCredentials.init),
                region: Self.setting("AWS_REGION") ?? "us-east-1", service: "sagemaker"))
        var envelope: [String: JSONValue] = [:]
        if let role = Self.setting("TUNER_TEST_SAGEMAKER_ROLE") {
            envelope["RoleArn"] = .string(role)
        }
        if let output = Self.setting("TUNER_TEST_SAGEMAKER_OUTPUT") {
            envelope["OutputDataConfig"] = ["S3OutputPath": .string(output)]
        }
        if let image = Self.setting("TUNER_TEST_SAGEMAKER_IMAGE") {
            envelope["AlgorithmSpecification"] = [
                "TrainingImage": .string(image), "TrainingInputMode": "File",
                "MetricDefinitions": [["Name": "value", "Regex": "value=(.*)"]],
            ]
        }
        let attempt = Fixture.attempt(
            ["x": "1"], job: "tuner-test-\(Int(Date.now.timeIntervalSince1970))",
            envelope: envelope)
        let log = SessionLog()
        let end = try await SageMakerBackend(client).run(attempt, in: log.session(mark: nil))
        #expect(end == .completed)
        #expect(!log.phases.isEmpty)
        let again = try await SageMakerBackend(client).run(
            attempt, in: SessionLog().session(mark: log.lastMark))
        #expect(again == end)
    }
}
