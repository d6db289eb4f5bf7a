import Backends
import Foundation
import Testing
import Tuning
import TuningTesting

@testable import RayBackend

@Suite("What a Ray cluster is told to run")
struct RayOrderTests {
    let fixture: RayFixture
    let cluster = FakeCluster()

    init() throws { fixture = try RayFixture() }

    /// The request for a job, after it was run.
    private func job(
        _ attempt: Attempt, isShared: Bool = false,
        _ change: (inout RayBackend.Configuration) -> Void = { _ in }
    ) async throws -> JSONValue {
        cluster.state.withLock { $0.course = [["status": "SUCCEEDED"]] }
        var configuration = try fixture.configuration(isShared: isShared)
        change(&configuration)
        _ = try await RayBackend(configuration, transport: cluster)
            .run(attempt, in: SessionLog().session(mark: nil))
        guard case .json(let job) = cluster.requests("POST", "/api/jobs/").first?.body else {
            throw Surprise("no job was submitted")
        }
        return job
    }

    /// Runs a job's entry point here, as its node does.
    private func execute(
        _ job: JSONValue
    ) throws -> (code: Int32, output: String) {
        let (process, pipe) = (Process(), Pipe())
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-c", job["entrypoint"]?.string ?? ""]
        let given = job["runtime_env"]?["env_vars"]?.object?.compactMapValues(\.string) ?? [:]
        process.environment = ["PATH": "/usr/bin:/bin"].merging(given) { $1 }
        (process.standardOutput, process.standardError) = (pipe, pipe)
        try process.run()
        let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: output, as: UTF8.self))
    }

    @Test("The program finds the container contract in a directory that is removed at its end")
    func ownDirectory() async throws {
        let attempt = fixture.attempt(
            image: """
                exec:sh -c 'cat "$SM_INPUT_CONFIG_DIR/hyperparameters.json"; pwd; \
                echo "$SM_HP_X $TRAINING_JOB_NAME" >"$SM_MODEL_DIR/file"; \
                cat "$SM_MODEL_DIR/file"; \
                echo "no luck" >"$SM_OUTPUT_DIR/failure"; exit 3' {x}
                """, hyperparameters: ["x": "it's $HOME"])
        let job = try await job(attempt)
        let id = try #require(job["submission_id"]?.string)
        let (code, output) = try execute(job)
        let directory = fixture.directory.appending(path: "work/\(id)").path
        #expect(code == 3)
        #expect(
            output == """
                {"x":"it's $HOME"}\(directory)
                it's $HOME \(attempt.id.trainingJob)
                no luck

                """)
        #expect(!FileManager.default.fileExists(atPath: directory))
        #expect(id.hasPrefix("tuner-\(attempt.id.trainingJob)-1-"))
        #expect(job["metadata"]?["tuner.attempt"]?.string == attempt.id.description)
    }

    @Test("In a shared directory, results stay, and a job that was stopped does not begin")
    func sharedDirectory() async throws {
        let attempt = fixture.attempt(
            image: #"exec:sh -c 'echo "$SM_HP_X" >"$SM_MODEL_DIR/file"' {x}"#,
            hyperparameters: ["x": "1"])
        let job = try await job(attempt, isShared: true)
        let training = try fixture.training(of: attempt)
        #expect(try execute(job).code == 0)
        #expect(contents(of: training.model + "/file") == "1\n")
        try writeDurably("requested", to: training.attempt(1).path + "/stop")
        #expect(try execute(job).code == 143)
    }

    @Test("A source is sent once for its content, and what it asks for is installed by Ray")
    func source() async throws {
        let source = ["train.py": "print(1)", "requirements.txt": "# all\nnumpy==2\n\n scipy\n"]
        let attempt = try fixture.attempt(
            source: source, program: "train.py", hyperparameters: ["lr": "0.1"])
        let again = try fixture.attempt(source: source, program: "train.py")
        let job = try await job(attempt)
        _ = try await self.job(again)
        let name = try #require(cluster.state.withLock { $0.packages.keys.first })
        #expect(cluster.requests("PUT", "/api/packages/gcs/").count == 1)
        let environment = job["runtime_env"]
        #expect(environment?["working_dir"] == .string("gcs://\(name)"))
        #expect(environment?["pip"] == ["numpy==2", "scipy"])
        #expect(environment?["env_vars"]?["SM_HP_LR"] == "0.1")
        #expect(environment?["env_vars"]?["RAY_JOB_STOP_WAIT_TIME_S"] == "5")
        #expect(
            job["metadata"]?["tuner.command"]?.string == "'python3' 'train.py' '--lr' '0.1'")
    }

    @Test("Variables that Ray or a shell would change go round both")
    func variables() async throws {
        let attempt = fixture.attempt(
            image: "exec:env {layer-size}", hyperparameters: ["layer-size": "VALUE=8"],
            envelope: ["Environment": ["PRICE": "$5 and ${HOME}"]])
        let job = try await job(attempt)
        let given = job["runtime_env"]?["env_vars"]?.object ?? [:]
        #expect(given["PRICE"] == nil && given["SM_HP_LAYER-SIZE"] == nil)
        let lines = try execute(job).output.split(separator: "\n")
        #expect(lines.contains("PRICE=$5 and ${HOME}"))
        #expect(lines.contains("SM_HP_LAYER-SIZE=VALUE=8"))
    }

    @Test(
        "What a job occupies is found by its instance type",
        arguments: [
            ("ml.g5.xlarge", 4.0, 1.0), ("ml.g5.2xlarge", 8, 0), ("ml.m5.large", 2, 0),
            ("ml.c5.large", 0.25, 0),
        ])
    func resources(type: String, cpus: Double, gpus: Double) async throws {
        let attempt = fixture.attempt(
            envelope: ["ResourceConfig": ["InstanceType": .string(type)]])
        let job = try await job(attempt) { configuration in
            configuration.instances = InstanceMap([
                ("ml.g5.xlarge", RayResources(cpus: 4, gpus: 1)),
                ("ml.c?.large", RayResources(cpus: 0.25)), ("ml.m5.*", RayResources(cpus: 2)),
                ("ml.g5.*", RayResources(cpus: 8)), ("ml.*", RayResources(cpus: 1)),
            ])
        }
        #expect(job["entrypoint_num_cpus"]?.number == cpus)
        #expect(job["entrypoint_num_gpus"]?.number == gpus)
    }
}
