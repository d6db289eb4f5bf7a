import SageMakerAPI
import Testing
import Tuning

@Suite("Tags")
struct TagTests {
    private static let arn = "arn:aws:sagemaker:us-east-1:123456789012:training-job/single-1"

    @Test("An ARN names a job in any case")
    func names() throws {
        let request = try ListTags(body: ["ResourceArn": .string(Self.arn)])
        #expect(request.resource.kind == .trainingJob)
        #expect(request.resource.name == "single-1")
        #expect(request.resource.isARN(Self.arn.replacing("single", with: "Single")))
        #expect(!request.resource.isARN(Self.arn.replacing("us-east-1", with: "us-west-1")))
    }

    @Test(
        "An ARN of something else is refused",
        arguments: [
            "arn:aws:sagemaker:us-east-1:123456789012:model/x",
            "arn:aws:sagemaker:us-east-1:123456789012:training-job",
            "arn:aws:sagemaker::123456789012:x/y/z", "arn:aws:s3:::bucket", "x",
        ])
    func otherResources(arn: String) throws {
        let error = try #require(throws: APIError.self) {
            try ListTags(body: ["ResourceArn": .string(arn)])
        }
        #expect(error.code == "ValidationException")
    }

    @Test("A job has at most fifty tags")
    func fifty() throws {
        let request = try AddTags(body: [
            "ResourceArn": .string(Self.arn),
            "Tags": [["Key": "k1", "Value": "new"], ["Key": "other", "Value": ""]],
        ])
        let tags = (1...50).map { Tag(key: "k\($0)", value: "") }
        try request.check(against: Array(tags.prefix(49)))
        #expect(throws: APIError.self) { try request.check(against: tags) }
    }
}
