import Foundation
import Testing
import Tuning
import TuningTesting

@testable import Backends

@Suite("Local processes, and what they are given")
struct LocalProcessContractTests {
    let fixture: LocalProcessFixture

    init() throws { fixture = try LocalProcessFixture() }

    private func complete(_ attempt: Attempt) async throws {
        let end = try await fixture.backend().run(attempt, in: SessionLog().session(mark: nil))
        #expect(end == .completed)
    }

    private func failure(_ attempt: Attempt) async throws -> TrainingFailure? {
        let end = try await fixture.backend().run(attempt, in: SessionLog().session(mark: nil))
        guard case .failed(let failure) = end else { return nil }
        return failure
    }

    private func json(_ path: String) throws -> JSONValue {
        let text = try #require(fixture.text(path), "no file \(path)")
        return try JSONValue(parsing: text)
    }

    @Test("The environment is that of the SageMaker training toolkit")
    func environment() async throws {
        try fixture.write("1,2\n", to: "data/train/a.csv")
        let attempt = fixture.attempt(
            image:
                """
                exec:python3 -c 'import json, os
                json.dump(dict(os.environ), open("env.json", "w"))' {lr}
                """,
            hyperparameters: [
                "lr": "1e-05", "layer-size": "[10, 20]", "optimizer": "sgd", "name": "\"quoted\"",
                "_tuning_objective_metric": "loss", "sagemaker_region": "\"eu-west-1\"",
            ],
            envelope: [
                "Environment": ["MY_FLAG": "on", "SM_LOG_LEVEL": "10"],
                "InputDataConfig": [
                    channel("train", "file://\(fixture.directory.path)/data/train/")
                ],
            ])
        try await complete(attempt)
        let environment = try json("env.json")
        let directory = fixture.directory.appending(path: fixture.path(attempt, "")).path
            .trimmingSuffix("/")
        let expected = [
            "TRAINING_JOB_NAME": attempt.id.trainingJob, "TRAINING_JOB_ARN": attempt.arn,
            "SAGEMAKER_BASE_DIR": directory, "PYTHONUNBUFFERED": "1", "MY_FLAG": "on",
            "SM_LOG_LEVEL": "10", "SM_CHANNELS": "[\"train\"]",
            "SM_CHANNEL_TRAIN": "\(directory)/input/data/train",
            "SM_INPUT_DIR": "\(directory)/input",
            "SM_INPUT_CONFIG_DIR": "\(directory)/input/config",
            "SM_OUTPUT_DIR": "\(directory)/output",
            "SM_OUTPUT_DATA_DIR": "\(directory)/output/data",
            "SM_MODEL_DIR": "\(directory)/model", "SM_HOSTS": "[\"algo-1\"]",
            "SM_CURRENT_HOST": "algo-1", "SM_NUM_GPUS": "0", "SM_HP_LR": "1e-05",
            "SM_HP_LAYER-SIZE": "[10, 20]", "SM_HP_OPTIMIZER": "sgd", "SM_HP_NAME": "quoted",
            "SM_HPS": #"{"layer-size":[10, 20],"lr":1e-05,"name":"quoted","optimizer":"sgd"}"#,
            "SM_USER_ARGS": """
            ["--layer-size","[10, 20]","--lr","1e-05","--name","quoted","--optimizer","sgd"]
            """,
        ]
        for (name, value) in expected { #expect(environment[name]?.string == value, "\(name)") }
        let training = try #require(environment["SM_TRAINING_ENV"]?.string)
        let members = try JSONValue(parsing: training)
        #expect(members["hyperparameters"]?["layer-size"] == [10, 20])
        #expect(members["channel_input_dirs"]?["train"]?.string == expected["SM_CHANNEL_TRAIN"])
    }

    @Test("The configuration files are there, with every hyperparameter as a text")
    func configurationFiles() async throws {
        try fixture.write("1,2\n", to: "single.csv")
        let address = "file://\(fixture.directory.path)/single.csv"
        let attempt = fixture.attempt(
            image: "exec:sh -c 'cat \"$SM_CHANNEL_TEST/single.csv\" >\"$SM_MODEL_DIR/copy\"' {k}",
            hyperparameters: ["k": "3", "flag": "true"],
            envelope: ["InputDataConfig": [channel("test", address)]])
        try await complete(attempt)
        let configuration = fixture.path(attempt, "input/config")
        #expect(
            try json("\(configuration)/hyperparameters.json") == ["k": "3", "flag": "true"])
        let inputs = try json("\(configuration)/inputdataconfig.json")
        #expect(inputs["test"]?["TrainingInputMode"] == "File")
        #expect(inputs["test"]?["ContentType"] == "text/csv")
        #expect(try json("\(configuration)/resourceconfig.json")["hosts"] == ["algo-1"])
        #expect(fixture.text(fixture.path(attempt, "model/copy")) == "1,2\n")
    }

    @Test(
        "Data that is not there or not local fails clearly",
        arguments: ["s3://bucket/data", "file:///no/such/place"])
    func missingData(address: String) async throws {
        let attempt = fixture.attempt(
            image: "exec:true", envelope: ["InputDataConfig": [channel("train", address)]])
        let failure = try #require(try await failure(attempt))
        #expect(failure.cause == .algorithm)
        #expect(failure.reason.contains("train"))
    }

    @Test("Each slot has a GPU of its own, which an attempt keeps")
    func gpus() async throws {
        let backend = fixture.backend(slotCount: 2, gpus: ["3", "GPU-5"])
        let attempts = try (0..<2).map { _ in
            try fixture.attempt(
                script: """
                    echo "$CUDA_VISIBLE_DEVICES $SM_NUM_GPUS" >"$SM_MODEL_DIR/gpu"
                    echo value=1
                    while [ ! -e "$SAGEMAKER_BASE_DIR/go" ]; do sleep 0.02; done
                    """)
        }
        let logs = attempts.map { _ in SessionLog(announceAt: 1) }
        async let first = backend.run(attempts[0], in: logs[0].session(mark: nil))
        async let second = backend.run(attempts[1], in: logs[1].session(mark: nil))
        for log in logs { _ = await log.announcement.wait() }
        let seen = attempts.map { fixture.text(fixture.path($0, "model/gpu")) }
        #expect(Set(seen) == ["3 1\n", "GPU-5 1\n"])
        // A later daemon, attached to the first alone, gives the next attempt the other slot.
        let slot = try #require(try fixture.supervisor(of: attempts[0])?.slot)
        let later = fixture.backend(slotCount: 2, gpus: ["3", "GPU-5"])
        let attached = SessionLog(announceAt: 1)
        async let third = later.run(attempts[0], in: attached.session(mark: nil))
        _ = await attached.announcement.wait()
        let next = try fixture.attempt(script: "exit 0")
        #expect(try await later.run(next, in: SessionLog().session(mark: nil)) == .completed)
        #expect(try fixture.supervisor(of: next)?.slot == 1 - slot)
        for attempt in attempts { try fixture.write("", to: fixture.path(attempt, "go")) }
        #expect(try await [first, second, third] == [.completed, .completed, .completed])
    }

    @Test("Script mode runs a program from a directory or an archive", arguments: [false, true])
    func scriptMode(isArchive: Bool) async throws {
        try fixture.write(
            """
            import json, os, sys, helper
            out = {"args": sys.argv[1:], "module": os.environ["SM_MODULE_NAME"],
                   "directory": os.environ["SM_MODULE_DIR"], "helper": helper.value}
            json.dump(out, open(os.environ["SM_MODEL_DIR"] + "/out.json", "w"))
            """, to: "source/train.py")
        try fixture.write("value = 42", to: "source/helper.py")
        var address = "file://\(fixture.directory.path)/source"
        if isArchive {
            try await archive("source", as: "source.tar.gz")
            address += ".tar.gz"
        }
        let attempt = fixture.attempt(
            image: "example.com/pytorch-training:2.1",
            hyperparameters: [
                "sagemaker_program": "\"train.py\"",
                "sagemaker_submit_directory": "\"\(address)\"", "lr": "0.1", "k": "3",
                "debug": "true", "sagemaker_job_name": "\"x\"",
            ])
        try await complete(attempt)
        let output = try json(fixture.path(attempt, "model/out.json"))
        #expect(output["args"] == ["--debug", "True", "-k", "3", "--lr", "0.1"])
        #expect(output["module"] == "train")
        #expect(output["directory"]?.string == address)
        #expect(output["helper"] == 42)
        #expect(fixture.text(fixture.path(attempt, "code/helper.py")) == "value = 42")
    }

    @Test("Script mode without its program fails clearly")
    func missingProgram() async throws {
        try fixture.write("", to: "source/other.py")
        let attempt = fixture.attempt(
            image: "any",
            hyperparameters: [
                "sagemaker_program": "train.py",
                "sagemaker_submit_directory": "\(fixture.directory.path)/source",
            ])
        #expect(try #require(try await failure(attempt)).reason.contains("train.py"))
    }

    @Test("The model is saved where the definition asks for it")
    func artifacts() async throws {
        let attempt = try fixture.attempt(
            script: "echo weights >\"$SM_MODEL_DIR/weights\"; echo more >\"$SM_OUTPUT_DATA_DIR/x\"",
            envelope: [
                "OutputDataConfig": [
                    "S3OutputPath": .string("file://\(fixture.directory.path)/out/")
                ]
            ])
        let log = SessionLog()
        let end = try await fixture.backend().run(attempt, in: log.session(mark: nil))
        #expect(end == .completed)
        #expect(log.phases == [.starting, .training, .uploading])
        let target = "out/\(attempt.id.trainingJob)/output"
        try await unpack("\(target)/model.tar.gz", into: "unpacked")
        #expect(fixture.text("unpacked/weights") == "weights\n")
        try await unpack("\(target)/output.tar.gz", into: "unpacked")
        #expect(fixture.text("unpacked/x") == "more\n")
    }

    @Test("A model that cannot be saved is an internal failure that says why")
    func unsavedModel() async throws {
        let attempt = try fixture.attempt(
            script: "rm -r \"$SM_MODEL_DIR\"",
            envelope: [
                "OutputDataConfig": [
                    "S3OutputPath": .string("file://\(fixture.directory.path)/out")
                ]
            ])
        let failure = try #require(await failure(attempt))
        #expect(failure.cause == .internal)
        #expect(failure.reason.hasPrefix("InternalServerError: Cannot save model.tar.gz: "))
        #expect(failure.reason.contains(fixture.path(attempt, "model")))
    }

    @Test("A later attempt finds the checkpoints and no other results of an earlier one")
    func retry() async throws {
        func attempt(_ number: Int, _ script: String) throws -> Attempt {
            let path = try fixture.write(script, to: "attempt-\(number).sh")
            return fixture.attempt(
                image: "exec:sh \(path) {x}", hyperparameters: ["x": "1"], name: "again",
                number: number)
        }
        let first = try attempt(
            1, "cd $SAGEMAKER_BASE_DIR; echo c >checkpoints/c; echo f >output/failure; exit 1")
        #expect(try await failure(first)?.reason == "AlgorithmError: f, exit code: 1")
        let second = try attempt(
            2, "cd $SAGEMAKER_BASE_DIR; [ -e checkpoints/c ] && [ ! -e output/failure ]")
        try await complete(second)
    }

    @Test("A new training job with an old one's name begins anew")
    func namesake() async throws {
        func attempt(_ seconds: Double) -> Attempt {
            fixture.attempt(
                image: "exec:sh -c 'echo run >>\"$SAGEMAKER_BASE_DIR/runs\"'", name: "namesake",
                creationTime: Date(timeIntervalSince1970: seconds))
        }
        try await complete(attempt(1_000))
        try await complete(attempt(1_000.3))
        #expect(fixture.text("training-jobs/namesake/runs") == "run\n")
        try fixture.write("old", to: "training-jobs/namesake/old")
        try await complete(attempt(2_000))
        #expect(fixture.text("training-jobs/namesake/runs") == "run\n")
        #expect(fixture.text("training-jobs/namesake/old") == nil)
    }

    private func channel(_ name: String, _ address: String) -> JSONValue {
        [
            "ChannelName": .string(name), "ContentType": "text/csv",
            "DataSource": ["S3DataSource": ["S3Uri": .string(address), "S3DataType": "S3Prefix"]],
        ]
    }

    private func archive(_ directory: String, as name: String) async throws {
        let root = fixture.directory.path
        let attempt = fixture.attempt(
            image: "exec:tar -czf \(root)/\(name) -C \(root)/\(directory) .")
        try await complete(attempt)
    }

    private func unpack(_ name: String, into directory: String) async throws {
        try fixture.write("", to: "\(directory)/.keep")
        let root = fixture.directory.path
        let attempt = fixture.attempt(
            image: "exec:tar -xzf \(root)/\(name) -C \(root)/\(directory)")
        try await complete(attempt)
    }
}

extension String {
    fileprivate func trimmingSuffix(_ suffix: String) -> String {
        hasSuffix(suffix) ? String(dropLast(suffix.count)) : self
    }
}
