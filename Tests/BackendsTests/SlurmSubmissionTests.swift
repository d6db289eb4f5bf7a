import Foundation
import Testing
import Tuning

@testable import Backends

@Suite("What Slurm is asked for")
struct SlurmSubmissionTests {
    private func arguments(
        _ instance: SlurmInstance, runtimeMax: Duration = .seconds(600),
        earlierRuntime: Duration = .zero, allowsRequeue: Bool = true
    ) throws -> [String] {
        let fixture = try LocalProcessFixture()
        let attempt = fixture.attempt(
            image: "exec:true", stoppingCondition: StoppingCondition(runtimeMax: runtimeMax),
            name: "digits", earlierRuntime: earlierRuntime)
        let training = try TrainingDirectory(of: "digits", in: URL(filePath: "/data/50%"))
        return SlurmSubmission(
            attempt: attempt, files: training.attempt(1), comment: "tuner:token",
            instance: instance, nodeCount: 2, gracePeriod: .seconds(120),
            allowsRequeue: allowsRequeue
        ).arguments
    }

    @Test("Settings become options, and what launching needs comes after them")
    func options() throws {
        let instance = SlurmInstance(
            type: "ml.p4*", partition: "gpu", account: "lab", qos: "low", constraint: "a100",
            cpus: 8, memory: "64G", gpus: "a100:2", options: ["--comment=mine", "--exclusive"])
        let files = "/data/50%/training-jobs/digits/attempts/1"
        #expect(
            try arguments(instance) == [
                "--partition=gpu", "--account=lab", "--qos=low", "--constraint=a100",
                "--cpus-per-task=8", "--mem=64G", "--gres=gpu:a100:2", "--nodes=2",
                "--ntasks-per-node=1", "--time=13", "--comment=mine", "--exclusive", "--parsable",
                "--export=ALL", "--requeue", "--job-name=tuner-digits-1", "--comment=tuner:token",
                "--chdir=\(files)",
                "--output=/data/50%%/training-jobs/digits/attempts/1/slurm.log",
                "--open-mode=append", "--input=/dev/null", "\(files)/job.sh",
            ])
        #expect(instance.gpuCount == 2)
    }

    @Test("Nothing is asked for that the settings leave to Slurm")
    func defaults() throws {
        let first = try arguments(SlurmInstance()).first
        #expect(first == "--nodes=2")
        #expect(try arguments(SlurmInstance(), allowsRequeue: false).contains("--no-requeue"))
    }

    @Test(
        "The time limit leaves room for the stop, up to that of the settings",
        arguments: [
            (600, 0, nil, "--time=13"), (600, 540, nil, "--time=4"),
            (86_400, 0, 3_600, "--time=60"),
            (60, 0, 3_600, "--time=4"), (30, 0, 10, "--time=1"),
        ])
    func time(runtimeMax: Int, earlier: Int, limit: Int?, option: String) throws {
        let instance = SlurmInstance(timeLimit: limit.map { .seconds($0) })
        let arguments = try arguments(
            instance, runtimeMax: .seconds(runtimeMax), earlierRuntime: .seconds(earlier))
        #expect(arguments.contains(option))
    }

    struct Demand: CustomStringConvertible {
        let envelope: JSONValue
        let type: String?
        let nodeCount: Int
        var description: String { envelope.encodedText }
    }

    @Test(
        "Instance types and counts are found where the API has them",
        arguments: [
            Demand(
                envelope: ["ResourceConfig": ["InstanceType": "ml.m5.large", "InstanceCount": 3]],
                type: "ml.m5.large", nodeCount: 3),
            Demand(
                envelope: [
                    "ResourceConfig": [
                        "InstanceGroups": [
                            ["InstanceType": "ml.p3.2xlarge", "InstanceCount": 2],
                            ["InstanceType": "ml.m5.large", "InstanceCount": 1],
                        ]
                    ]
                ], type: "ml.p3.2xlarge", nodeCount: 3),
            Demand(
                envelope: [
                    "HyperParameterTuningResourceConfig": [
                        "InstanceConfigs": [["InstanceType": "ml.c5.large", "InstanceCount": 2]]
                    ]
                ], type: "ml.c5.large", nodeCount: 2),
            Demand(envelope: [:], type: nil, nodeCount: 1),
        ])
    func demands(row: Demand) throws {
        let attempt = try LocalProcessFixture().attempt(image: "x", envelope: row.envelope)
        let demand = SlurmDemand(attempt.definition)
        #expect(demand.instanceType == row.type)
        #expect(demand.nodeCount == row.nodeCount)
    }

    @Test("The first instance that fits counts; a type that none fits is refused by name")
    func mapping() throws {
        let instances = [
            SlurmInstance(type: "ml.p4d.*", partition: "big"),
            SlurmInstance(type: "ml.p?d.*", partition: "small"),
        ]
        for (type, partition) in [
            ("ml.p4d.24xlarge", "big"), ("ml.p3d.2xlarge", "small"), ("ml.m5.large", nil),
        ] {
            let scene = try SlurmScene(
                instances: instances,
                envelope: ["ResourceConfig": ["InstanceType": .string(type)]])
            let demand = SlurmDemand(scene.attempt.definition)
            #expect(demand.instance(of: instances)?.partition == partition)
            let problem = scene.backend.problem(with: scene.attempt.definition)
            #expect((problem == nil) == (partition != nil))
            if let problem {
                #expect(problem.contains("'ml.m5.large'"))
                #expect(problem.contains("ml.p4d.*, ml.p?d.*"))
            }
        }
    }
}
