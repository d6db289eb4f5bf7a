import SageMakerAPI
import Testing
import Tuning

@Suite("Searching")
struct SearchOperationTests {
    private static func filter(_ name: String, _ operation: String, _ value: String) -> JSONValue {
        [
            "Filters": [
                [
                    "Name": .string(name), "Operator": .string(operation),
                    "Value": .string(value),
                ]
            ]
        ]
    }

    private static func run(_ body: (TestService) async throws -> Void) async throws {
        try await TestService.run { service in
            for (name, rate) in [("a", "0.125"), ("b", "0.5"), ("c", "0.75")] {
                _ = try await service.send(
                    "CreateTrainingJob",
                    Requests.trainingJob(name, hyperparameters: ["lr": .string(rate)])
                        .merging(["Tags": [["Key": "name", "Value": .string(name)]]]))
                _ = try await service.poll(
                    "DescribeTrainingJob", ["TrainingJobName": .string(name)]
                ) { $0["TrainingJobStatus"] == "Completed" }
            }
            try await body(service)
        }
    }

    private static func names(_ reply: Reply) -> [String] {
        (reply["Results"]?.array ?? []).compactMap { $0["TrainingJob"]?["TrainingJobName"]?.string }
    }

    @Test("Jobs are found by metric, hyperparameter, tag and time, the latest first")
    func filters() async throws {
        try await Self.run { service in
            let rows: [(name: String, operation: String, value: String, found: [String])] = [
                ("Metrics.score", "GreaterThan", "0.25", ["c", "b"]),
                ("HyperParameters.lr", "LessThanOrEqualTo", "0.5", ["b", "a"]),
                ("Tags.name", "In", "a, c", ["c", "a"]),
                ("TrainingJobName", "Contains", "b", ["b"]),
                ("CreationTime", "LessThan", "2001-01-01T00:00:00", []),
                ("TrainingJobStatus", "NotEquals", "Completed", []),
            ]
            for row in rows {
                let reply = try await service.send(
                    "Search",
                    [
                        "Resource": "TrainingJob",
                        "SearchExpression": Self.filter(row.name, row.operation, row.value),
                    ])
                #expect(Self.names(reply) == row.found, "\(row)")
                #expect(reply["TotalHits"]?["Value"] == .integer(row.found.count), "\(row)")
            }
        }
    }

    @Test("Pages go on where the last one ended, in the order asked for")
    func pages() async throws {
        try await Self.run { service in
            var request: [String: JSONValue] = [
                "Resource": "TrainingJob", "SortBy": "TrainingJobName", "SortOrder": "Ascending",
                "MaxResults": 2,
            ]
            let first = try await service.send("Search", .object(request))
            #expect(Self.names(first) == ["a", "b"])
            #expect(first["NextToken"] != nil)
            request["NextToken"] = first["NextToken"]
            let second = try await service.send("Search", .object(request))
            #expect(Self.names(second) == ["c"])
            #expect(second["NextToken"] == nil)
        }
    }

    @Test("Tuning jobs are found as records of their own")
    func tuningJobs() async throws {
        try await Self.run { service in
            _ = try await service.send(
                "CreateHyperParameterTuningJob", Requests.tuningJob("digits"))
            _ = try await service.poll(
                "DescribeHyperParameterTuningJob", ["HyperParameterTuningJobName": "digits"]
            ) { $0["HyperParameterTuningJobStatus"] == "Completed" }
            let reply = try await service.send(
                "Search",
                [
                    "Resource": "HyperParameterTuningJob",
                    "SearchExpression": Self.filter("Tags.team", "Equals", "vision"),
                ])
            let record = reply["Results"]?.array?.first?["HyperParameterTuningJob"]
            #expect(record?["HyperParameterTuningJobName"] == "digits")
            #expect(record?["Tags"] == [["Key": "team", "Value": "vision"]])
            // The three alone and the three of the tuning job.
            let all = try await service.send("Search", ["Resource": "TrainingJob"])
            #expect(all["TotalHits"]?["Value"] == 6)
        }
    }

    @Test("Resources that are not here are refused by name", arguments: ["Experiment", "Project"])
    func otherResources(resource: String) async throws {
        try await TestService.run { service in
            let reply = try await service.send("Search", ["Resource": .string(resource)])
            #expect(reply["__type"] == "ValidationException")
            #expect(reply["message"]?.string?.contains(resource) == true)
        }
    }
}
