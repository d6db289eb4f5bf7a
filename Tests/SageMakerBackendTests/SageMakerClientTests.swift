import AWSClient
import Foundation
import SageMakerAPI
import SageMakerBackend
import Testing
import Tuning

@Suite("The client of the API")
struct SageMakerClientTests {
    @Test(
        "A refusal keeps its code, message and status, however it is written",
        arguments: [
            (#"{"__type":"ResourceInUse","message":"m"}"#, "ResourceInUse", "m"),
            (
                #"{"__type":"com.amazon#ThrottlingException","Message":"m"}"#,
                "ThrottlingException", "m"
            ),
            ("<html>", "Unknown", "status 418"),
        ])
    func refusal(body: String, code: String, message: String) async throws {
        struct Answering: HTTPTransport {
            let body: String
            func send(_ request: HTTPRequest) async throws -> HTTPAnswer {
                HTTPAnswer(status: 418, body: Array(body.utf8))
            }
        }
        let client = SageMakerClient(
            endpoint: try #require(URL(string: "http://127.0.0.1:1")),
            SignedClient(
                Answering(body: body), credentials: nil, region: "us-east-1",
                service: "sagemaker"))
        await #expect(throws: APIError(code, message, status: 418)) {
            try await client.call("ListTrainingJobs", [:])
        }
    }
}
