import SageMakerAPI
import Testing
import Tuning

@Suite("Operations on training jobs")
struct TrainingJobOperationTests {
    private static let reference: JSONValue = ["TrainingJobName": "Single"]
    private static let arn = "arn:aws:sagemaker:us-east-1:123456789012:training-job/single"

    @Test("A training job is created, described to its end, listed and deleted")
    func life() async throws {
        try await TestService.run { service in
            let request = Requests.trainingJob("Single", hyperparameters: ["lr": "0.5"])
            let created = try await service.send("CreateTrainingJob", request)
            #expect(created.value == ["TrainingJobArn": .string(Self.arn)])
            let described = try await service.poll("DescribeTrainingJob", Self.reference) {
                $0["TrainingJobStatus"] == "Completed"
            }
            #expect(described["HyperParameters"] == ["lr": "0.5"])
            #expect(
                described["FinalMetricDataList"]?.array?.map { $0["Value"] } == [.number(0.5)])
            let listed = try await service.send("ListTrainingJobs", ["StatusEquals": "Completed"])
            #expect(
                listed["TrainingJobSummaries"]?.array?.map { $0["SecondaryStatus"] }
                    == ["Completed"])

            let taken = try await service.send("CreateTrainingJob", request)
            #expect(
                taken.error == "ResourceInUse: Training job names must be unique within an AWS "
                    + "account and region, and a training job with this name already exists "
                    + "(\(Self.arn))")
            let stopped = try await service.send("StopTrainingJob", Self.reference)
            #expect(
                stopped.error == "ValidationException: The request was rejected because the "
                    + "training job is in status Completed.")
            #expect(try await service.send("DeleteTrainingJob", Self.reference).status == 200)
            let gone = try await service.send("DescribeTrainingJob", Self.reference)
            #expect(gone.error == "ValidationException: Requested resource not found.")
            #expect(try await service.send("CreateTrainingJob", request).status == 200)
        }
    }

    @Test("A training job that runs can be stopped, not deleted")
    func stopping() async throws {
        try await TestService.run { service in
            _ = try await service.send(
                "CreateTrainingJob",
                Requests.trainingJob("Single", hyperparameters: ["hold": "1"]))
            _ = try await service.poll("DescribeTrainingJob", Self.reference) {
                $0["SecondaryStatus"] == "Training"
            }
            let refused = try await service.send("DeleteTrainingJob", Self.reference)
            #expect(refused.error.hasPrefix("ResourceInUse: The training job Single is in status"))
            #expect(try await service.send("StopTrainingJob", Self.reference).value == [:])
            let stopped = try await service.poll("DescribeTrainingJob", Self.reference) {
                $0["TrainingJobStatus"] == "Stopped"
            }
            #expect(stopped["SecondaryStatus"] == "Stopped")
        }
    }

    @Test(
        "A training job that does not exist is refused as the service does",
        arguments: [
            "DescribeTrainingJob", "StopTrainingJob", "DeleteTrainingJob",
        ])
    func unknown(operation: String) async throws {
        try await TestService.run { service in
            let reply = try await service.send(operation, Self.reference)
            #expect(reply.error == "ValidationException: Requested resource not found.")
        }
    }
}
