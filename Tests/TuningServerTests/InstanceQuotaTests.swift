import SageMakerAPI
import Testing
import Tuning

@testable import TuningServer

@Suite("Instance quotas", .timeLimit(.minutes(5)))
struct InstanceQuotaTests {
    private static func trainingJob(
        _ name: String, type: String = "ml.p3.2xlarge", count: Int = 1, isSpot: Bool = false
    ) -> JSONValue {
        Requests.trainingJob(name, hyperparameters: ["hold": "1"]).merging([
            "ResourceConfig": [
                "InstanceType": .string(type), "InstanceCount": .integer(count),
                "VolumeSizeInGB": 1,
            ],
            "EnableManagedSpotTraining": .bool(isSpot),
            "StoppingCondition": isSpot
                ? ["MaxRuntimeInSeconds": 60, "MaxWaitTimeInSeconds": 60]
                : ["MaxRuntimeInSeconds": 60],
        ])
    }

    private static func text(used: Int, asked: Int, spot: String = "") -> String {
        "ResourceLimitExceeded: The account-level service limit 'ml.p3.2xlarge for \(spot)training "
            + "job usage' is 2 Instances, with current utilization of \(used) Instances and a "
            + "request delta of \(asked) Instances. Please contact AWS support to request an "
            + "increase for this limit."
    }

    @Test("A type has as many instances as its limit; ended jobs give theirs back")
    func limit() async throws {
        try await TestService.run(quotas: InstanceQuotas(limits: ["ml.p3.2xlarge": 2])) { service in
            func create(_ request: JSONValue) async throws -> Reply {
                try await service.send("CreateTrainingJob", request)
            }
            for name in ["one", "two"] {
                #expect(try await create(Self.trainingJob(name)).status == 200)
            }
            let third = try await create(Self.trainingJob("three"))
            #expect(third.status == 400 && third.error == Self.text(used: 2, asked: 1))
            // A name that is taken is told so first; other types, and spot, have their own limits.
            let again = try await create(Self.trainingJob("one"))
            #expect(again.error.hasPrefix("ResourceInUse"))
            let other = Self.trainingJob("other", type: "ml.m5.large", count: 9)
            #expect(try await create(other).status == 200)
            let spot = try await create(Self.trainingJob("spot", count: 3, isSpot: true))
            #expect(spot.error == Self.text(used: 0, asked: 3, spot: "spot "))

            let reference: JSONValue = ["TrainingJobName": "one"]
            _ = try await service.poll("DescribeTrainingJob", reference) {
                $0["SecondaryStatus"] == "Training"
            }
            _ = try await service.send("StopTrainingJob", reference)
            _ = try await service.poll("DescribeTrainingJob", reference) {
                $0["TrainingJobStatus"] == "Stopped"
            }
            _ = try await service.poll("CreateTrainingJob", Self.trainingJob("three")) {
                $0.status == 200
            }
        }
    }

    @Test("A tuning job asks for the instances of all its parallel training jobs")
    func tuningJobs() async throws {
        try await TestService.run(quotas: InstanceQuotas(limits: ["ml.p3.2xlarge": 2])) { service in
            func request(_ name: String, instanceCount: Int) -> JSONValue {
                let request = Requests.tuningJob(name, fixed: ["hold": "1"])
                let definition = request["TrainingJobDefinition"] ?? [:]
                return request.merging([
                    "TrainingJobDefinition": definition.merging([
                        "ResourceConfig": [
                            "InstanceType": "ml.p3.2xlarge",
                            "InstanceCount": .integer(instanceCount), "VolumeSizeInGB": 1,
                        ]
                    ])
                ])
            }
            let operation = "CreateHyperParameterTuningJob"
            let large = try await service.send(operation, request("large", instanceCount: 2))
            #expect(large.error == Self.text(used: 0, asked: 4))
            let fitting = try await service.send(operation, request("fits", instanceCount: 1))
            #expect(fitting.status == 200)
            let single = try await service.send("CreateTrainingJob", Self.trainingJob("one"))
            #expect(single.error == Self.text(used: 2, asked: 1))
        }
    }

    @Test("Of many requests at the same time as many get through as there is room for")
    func concurrency() async throws {
        try await TestService.run(quotas: InstanceQuotas(limits: ["ml.p3.2xlarge": 2])) { service in
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<20 {
                    group.addTask {
                        try await service.send(
                            "CreateTrainingJob", Self.trainingJob("job-\(number)")
                        ).status
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.count { $0 == 200 } == 2)
        }
    }
}
