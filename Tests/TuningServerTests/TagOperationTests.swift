import SageMakerAPI
import Testing
import Tuning

@Suite("Operations on tags")
struct TagOperationTests {
    private static let prefix = "arn:aws:sagemaker:us-east-1:123456789012"

    @Test(
        "Tags are added, replaced, listed and deleted, by ARNs in any case",
        arguments: [
            "hyper-parameter-tuning-job/Digits", "training-job/Single", "training-job/single",
        ])
    func life(resource: String) async throws {
        try await TestService.run { service in
            _ = try await service.send(
                "CreateHyperParameterTuningJob", Requests.tuningJob("digits"))
            _ = try await service.send(
                "CreateTrainingJob",
                Requests.trainingJob("Single").merging([
                    "Tags": [["Key": "team", "Value": "vision"]]
                ]))
            let job: JSONValue = ["ResourceArn": .string("\(Self.prefix):\(resource)")]
            let first = try await service.send("ListTags", job)
            #expect(first["Tags"] == [["Key": "team", "Value": "vision"]])
            let added = try await service.send(
                "AddTags",
                job.merging([
                    "Tags": [
                        ["Key": "team", "Value": "sound"], ["Key": "cost", "Value": ""],
                    ]
                ]))
            let both: JSONValue = [
                ["Key": "cost", "Value": ""], ["Key": "team", "Value": "sound"],
            ]
            #expect(added["Tags"] == both)
            #expect(try await service.send("ListTags", job)["Tags"] == both)
            let deleted = try await service.send(
                "DeleteTags", job.merging(["TagKeys": ["cost", "none"]]))
            #expect(deleted.value == [:])
            #expect(
                try await service.send("ListTags", job)["Tags"]
                    == [["Key": "team", "Value": "sound"]])
        }
    }

    @Test(
        "An ARN of no job is refused",
        arguments: [
            "hyper-parameter-tuning-job/none", "training-job/none",
        ])
    func unknown(resource: String) async throws {
        try await TestService.run { service in
            let arn = "\(Self.prefix):\(resource)"
            let reply = try await service.send("ListTags", ["ResourceArn": .string(arn)])
            #expect(
                reply.error
                    == "ValidationException: There is no resource with the ResourceArn \(arn).")
        }
    }
}
