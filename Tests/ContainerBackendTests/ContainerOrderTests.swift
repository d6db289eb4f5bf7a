import Backends
import Foundation
import Testing
import Tuning

@testable import ContainerBackend

@Suite("What the engine is told to make a container of")
struct ContainerOrderTests {
    let fixture: ContainerFixture

    init() throws { fixture = try ContainerFixture() }

    private func body(
        envelope: JSONValue = .object([:]), resources: ContainerResources = ContainerResources(),
        gpus: [String] = [], change: (inout ContainerBackend.Configuration) -> Void = { _ in }
    ) throws -> JSONValue {
        let attempt = fixture.attempt(envelope: envelope, hyperparameters: ["rate": "0.5"])
        let training = try TrainingDirectory(
            of: attempt.id.trainingJob, in: fixture.directory)
        var configuration = fixture.configuration()
        change(&configuration)
        return ContainerOrder(
            attempt: attempt, training: training,
            channels: try TrainingChannel.channels(in: envelope),
            checkpoints: try training.checkpointDirectory(of: attempt.definition),
            resources: resources, gpus: gpus, labels: ["tuner.attempt": "job-1/1"],
            configuration: configuration
        ).body
    }

    struct CommandRow: Sendable {
        let algorithm: JSONValue
        let entryPoint: JSONValue?
        let arguments: JSONValue
    }

    @Test(
        "The command is the request's, or else `train`",
        arguments: [
            CommandRow(algorithm: [:], entryPoint: nil, arguments: ["train"]),
            CommandRow(
                algorithm: ["ContainerEntrypoint": ["a", "b"]], entryPoint: ["a", "b"],
                arguments: []),
            CommandRow(
                algorithm: ["ContainerArguments": ["c"]], entryPoint: nil, arguments: ["c"]),
            CommandRow(
                algorithm: ["ContainerEntrypoint": ["a"], "ContainerArguments": ["c", "d"]],
                entryPoint: ["a"], arguments: ["c", "d"]),
        ])
    func command(row: CommandRow) throws {
        let body = try body(envelope: ["AlgorithmSpecification": row.algorithm])
        #expect(body["Entrypoint"] == row.entryPoint)
        #expect(body["Cmd"] == row.arguments)
    }

    @Test("Paths of the environment are the container's, and the request's variables count most")
    func environment() throws {
        let body = try body(envelope: ["Environment": ["B": "request", "SM_LOG_LEVEL": "10"]]) {
            $0.environment = ["A": "settings", "B": "settings"]
        }
        let variables = body["Env"]?.array?.compactMap(\.string) ?? []
        for expected in [
            "A=settings", "B=request", "SM_LOG_LEVEL=10", "SM_HP_RATE=0.5",
            "SM_MODEL_DIR=/opt/ml/model", "SAGEMAKER_BASE_DIR=/opt/ml",
        ] {
            #expect(variables.contains(expected))
        }
        #expect(!variables.contains { $0.contains(fixture.directory.path) })
        #expect(!variables.contains { $0.hasPrefix("PATH=") })
    }

    @Test("Directories are mounted one by one, data of this machine where its channel is")
    func mounts() throws {
        let data = fixture.directory.appending(path: "data")
        try FileManager.default.createDirectory(at: data, withIntermediateDirectories: true)
        let file = data.appending(path: "a.csv")
        try Data("1".utf8).write(to: file)
        func channel(_ name: String, _ url: URL) -> JSONValue {
            [
                "ChannelName": .string(name),
                "DataSource": ["S3DataSource": ["S3Uri": .string(url.absoluteString)]],
            ]
        }
        let body = try body(
            envelope: [
                "InputDataConfig": [channel("all", data), channel("one", file)],
                "CheckpointConfig": ["S3Uri": "s3://b/c", "LocalPath": "/opt/ml/saved"],
            ]
        ) {
            $0.mounts = [ContainerMount("/srv/shared", at: "/shared", isReadOnly: true)]
        }
        let mounts = body["HostConfig"]?["Mounts"]?.array ?? []
        let targets = mounts.map { mount in
            (mount["Target"]?.string ?? "") + (mount["ReadOnly"]?.bool == true ? ":ro" : "")
        }
        #expect(
            targets == [
                "/opt/ml/input", "/opt/ml/model", "/opt/ml/output", "/opt/ml/saved",
                "/opt/ml/input/data/all:ro", "/opt/ml/input/data/one/a.csv:ro", "/shared:ro",
            ])
        #expect(mounts.contains { $0["Source"]?.string == file.path })
    }

    @Test("Limits are those of the instance type, and options of the settings count most")
    func limits() throws {
        let body = try body(
            resources: ContainerResources(cpus: 1.5, memoryBytes: 1 << 30, gpuCount: 2),
            gpus: ["0", "3"]
        ) {
            $0.user = "1000:1000"
            $0.network = "host"
            $0.sharedMemoryBytes = 1 << 20
            $0.runsInit = true
            $0.hostOptions = ["NanoCpus": 7, "CapDrop": ["ALL"]]
        }
        let host = try #require(body["HostConfig"])
        #expect(host["NanoCpus"] == 7)
        #expect(host["CapDrop"] == ["ALL"])
        #expect(host["Memory"] == .integer(1 << 30))
        #expect(host["MemorySwap"] == .integer(1 << 30))
        #expect(host["ShmSize"] == .integer(1 << 20))
        #expect(host["Init"] == true)
        #expect(host["NetworkMode"] == "host")
        let request = host["DeviceRequests"]?.array?.first
        #expect(request?["DeviceIDs"] == ["0", "3"])
        #expect(body["User"] == "1000:1000")
    }

    @Test("Without limits none are told, and an isolated training job has no network")
    func noLimits() throws {
        let host = try #require(
            try body(envelope: ["EnableNetworkIsolation": true]) {
                $0.network = "host"
            }["HostConfig"])
        #expect(host["NetworkMode"] == "none")
        for name in ["NanoCpus", "Memory", "DeviceRequests", "ShmSize", "Init", "Privileged"] {
            #expect(host[name] == nil)
        }
    }

    @Test("GPUs go to those who need them, the least used first")
    func gpus() {
        let pool = GPUPool(["a", "b", "c"])
        #expect(pool.take(1, for: "first", others: [:]) == ["a"])
        #expect(pool.take(2, for: "second", others: ["old": ["b"]]) == ["c", "a"])
        pool.release("first")
        pool.release("second")
        #expect(pool.take(1, for: "third", others: ["second": ["c", "a"]]) == ["b"])
    }
}
