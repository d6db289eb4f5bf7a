import SageMakerAPI
import Testing
import Tuning

@Suite("Operations on tuning jobs")
struct TuningJobOperationTests {
    private static let reference: JSONValue = ["HyperParameterTuningJobName": "digits"]

    private static func isCompleted(_ reply: Reply) -> Bool {
        reply["HyperParameterTuningJobStatus"] == "Completed"
    }

    @Test("A tuning job is created, described to its end, listed and deleted")
    func life() async throws {
        try await TestService.run { service in
            let arn = "arn:aws:sagemaker:us-east-1:123456789012:hyper-parameter-tuning-job/digits"
            let created = try await service.send(
                "CreateHyperParameterTuningJob", Requests.tuningJob("digits"))
            #expect(created.value == ["HyperParameterTuningJobArn": .string(arn)])
            let described = try await service.poll(
                "DescribeHyperParameterTuningJob", ["HyperParameterTuningJobName": "DIGITS"],
                until: Self.isCompleted)
            #expect(described["TrainingJobStatusCounters"]?["Completed"] == 3)
            #expect(described["ObjectiveStatusCounters"]?["Succeeded"] == 3)

            let listed = try await service.send(
                "ListTrainingJobsForHyperParameterTuningJob",
                Self.reference.merging([
                    "SortBy": "FinalObjectiveMetricValue", "SortOrder": "Descending",
                ]))
            let summaries = try #require(listed["TrainingJobSummaries"]?.array)
            #expect(summaries.count == 3)
            #expect(summaries.first == described["BestTrainingJob"])

            let jobs = try await service.send("ListHyperParameterTuningJobs", [:])
            #expect(jobs["HyperParameterTuningJobSummaries"]?.array?.count == 1)
            _ = try await service.send("DeleteHyperParameterTuningJob", Self.reference)
            let gone = try await service.send("DescribeHyperParameterTuningJob", Self.reference)
            #expect(gone.error.hasPrefix("ResourceNotFound: "))
            let name = try #require(summaries.first?["TrainingJobName"])
            let kept = try await service.send("DescribeTrainingJob", ["TrainingJobName": name])
            #expect(kept["TuningJobArn"] == .string(arn))
        }
    }

    @Test("The best training job is no longer shown once it was deleted")
    func deletedBest() async throws {
        try await TestService.run { service in
            _ = try await service.send(
                "CreateHyperParameterTuningJob", Requests.tuningJob("digits"))
            let described = try await service.poll(
                "DescribeHyperParameterTuningJob", Self.reference, until: Self.isCompleted)
            let name = try #require(described["BestTrainingJob"]?["TrainingJobName"])
            _ = try await service.send("DeleteTrainingJob", ["TrainingJobName": name])
            let again = try await service.send("DescribeHyperParameterTuningJob", Self.reference)
            #expect(again.status == 200)
            #expect(again["BestTrainingJob"] == nil)
        }
    }

    @Test("Stopping stops the training jobs too, and stopping twice is harmless")
    func stopping() async throws {
        try await TestService.run { service in
            _ = try await service.send(
                "CreateHyperParameterTuningJob",
                Requests.tuningJob("digits", fixed: ["hold": "1"]))
            _ = try await service.poll("DescribeHyperParameterTuningJob", Self.reference) {
                $0["TrainingJobStatusCounters"]?["InProgress"] == 2
            }
            let refused = try await service.send("DeleteHyperParameterTuningJob", Self.reference)
            #expect(
                refused.error == "ValidationException: The hyperparameter tuning job digits is in "
                    + "status InProgress; only a job that is Completed, Failed or Stopped can be "
                    + "deleted. Stop it first.")
            let stop = "StopHyperParameterTuningJob"
            #expect(try await service.send(stop, Self.reference).value == [:])
            #expect(try await service.send(stop, Self.reference).status == 200)
            let stopped = try await service.poll(
                "DescribeHyperParameterTuningJob", Self.reference
            ) { $0["HyperParameterTuningJobStatus"] == "Stopped" }
            #expect(stopped["TrainingJobStatusCounters"]?["Stopped"] == 2)
            #expect(try await service.send(stop, Self.reference).status == 200)
        }
    }

    @Test("A name is taken whatever its case")
    func takenName() async throws {
        try await TestService.run { service in
            _ = try await service.send(
                "CreateHyperParameterTuningJob", Requests.tuningJob("digits"))
            let refused = try await service.send(
                "CreateHyperParameterTuningJob", Requests.tuningJob("Digits"))
            #expect(refused.status == 400)
            #expect(
                refused.error == "ResourceInUse: A hyperparameter tuning job with the name, "
                    + "Digits, already exists. Choose a different name.")
        }
    }

    @Test(
        "A tuning job that does not exist is not found",
        arguments: [
            "DescribeHyperParameterTuningJob", "StopHyperParameterTuningJob",
            "DeleteHyperParameterTuningJob", "ListTrainingJobsForHyperParameterTuningJob",
        ])
    func unknown(operation: String) async throws {
        try await TestService.run { service in
            let reply = try await service.send(operation, Self.reference)
            #expect(reply.status == 400)
            #expect(
                reply.error == "ResourceNotFound: Amazon SageMaker can't find a tuning job called "
                    + "digits. Type another name.")
        }
    }

    @Test("Pages lead to each other until all jobs were listed")
    func paging() async throws {
        try await TestService.run { service in
            for index in 0..<5 {
                _ = try await service.send(
                    "CreateHyperParameterTuningJob", Requests.tuningJob("job-\(index)", count: 1))
            }
            var names: [String] = []
            var request: JSONValue = ["MaxResults": 2]
            while true {
                let page = try await service.send("ListHyperParameterTuningJobs", request)
                let jobs = try #require(page["HyperParameterTuningJobSummaries"]?.array)
                names += jobs.compactMap { $0["HyperParameterTuningJobName"]?.string }
                guard let token = page["NextToken"] else { break }
                request = request.merging(["NextToken": token])
            }
            #expect(names == (0..<5).map { "job-\($0)" })
            let refused = try await service.send(
                "ListHyperParameterTuningJobs", ["NextToken": "no such place"])
            #expect(refused.error.hasPrefix("ValidationException: NextToken"))
        }
    }
}
