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
}
