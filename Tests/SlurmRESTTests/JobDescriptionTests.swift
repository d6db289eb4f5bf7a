import Backends
import Foundation
import Testing
import Tuning

@testable import SlurmREST

@Suite("A job as slurmrestd is told of it")
struct JobDescriptionTests {
    private static let instance = SlurmInstance(
        type: "ml.p4*", partition: "gpu", account: "lab", qos: "low", constraint: "a100",
        cpus: 8, memory: "64G", gpus: "a100:2,v100:1")

    private func job(
        _ instance: SlurmInstance, _ version: String, nodeCount: Int = 1,
        allowsRequeue: Bool = true
    ) throws -> [String: JSONValue] {
        let fixture = try RESTFixture()
        let submission = try fixture.submission(
            instance, nodeCount: nodeCount, allowsRequeue: allowsRequeue)
        let version = try #require(RESTVersion(version))
        let body = try JobDescription(submission: submission, version: version).body()
        #expect(body["script"] == "#!/bin/sh\n")
        var job = try #require(body["job"]?.object)
        #expect(
            job.removeValue(forKey: "current_working_directory")?.string == submission.directory)
        #expect(
            job.removeValue(forKey: "standard_output")?.string
                == submission.directory + "/slurm.log")
        return job
    }

    @Test("To the oldest version it is told in the options of sbatch")
    func options() throws {
        let directory = try #require(
            try job(Self.instance, "v0.0.38")["environment"]?["SLURM_SUBMIT_DIR"])
        #expect(directory.string?.hasSuffix("/training-jobs/job-1/attempts/1") == true)
        var job = try job(Self.instance, "v0.0.38", nodeCount: 2)
        var environment = try #require(job.removeValue(forKey: "environment")?.object)
        environment["SLURM_SUBMIT_DIR"] = nil
        #expect(
            environment == [
                "PATH": "/bin", "SLURM_NTASKS": "2", "SLURM_NPROCS": "2",
                "SLURM_NTASKS_PER_NODE": "1", "SLURM_CPUS_PER_TASK": "8",
            ])
        #expect(
            job == [
                "name": "tuner-job-1-1", "comment": "tuner:token", "partition": "gpu",
                "account": "lab", "qos": "low", "constraints": "a100", "cpus_per_task": 8,
                "memory_per_node": "64G", "gres": "gpu:a100:2,gpu:v100:1", "nodes": "2",
                "tasks_per_node": 1, "time_limit": 13, "standard_input": "/dev/null",
                "open_mode": "append", "requeue": true,
            ])
    }

    @Test(
        "To later ones it is told in what Slurm makes of those",
        arguments: [
            ("v0.0.39", "gres:gpu:a100:2,gres:gpu:v100:1"),
            ("v0.0.40", "gres/gpu:a100:2,gres/gpu:v100:1"),
            ("v0.0.44", "gres/gpu:a100:2,gres/gpu:v100:1"),
        ])
    func members(version: String, resources: String) throws {
        var job = try job(Self.instance, version, nodeCount: 2)
        let environment = try #require(job.removeValue(forKey: "environment")?.array)
        #expect(environment.contains("PATH=/bin") && environment.contains("SLURM_NTASKS=2"))
        #expect(
            job == [
                "name": "tuner-job-1-1", "comment": "tuner:token", "partition": "gpu",
                "account": "lab", "qos": "low", "constraints": "a100", "cpus_per_task": 8,
                "minimum_cpus": 16, "minimum_cpus_per_node": 8,
                "memory_per_node": ["set": true, "infinite": false, "number": 65_536],
                "tres_per_node": .string(resources), "minimum_nodes": 2, "maximum_nodes": 2,
                "tasks": 2, "tasks_per_node": 1,
                "time_limit": ["set": true, "infinite": false, "number": 13],
                "standard_input": "/dev/null", "open_mode": ["APPEND"], "requeue": true,
            ])
    }

    @Test("Nothing is asked for that the settings leave to Slurm")
    func defaults() throws {
        let names =
            ["partition", "account", "qos", "constraints", "cpus_per_task", "gres"]
            + ["memory_per_node", "tres_per_node", "minimum_cpus", "minimum_cpus_per_node"]
        for version in RESTVersion.known.map(\.description) {
            let job = try job(SlurmInstance(), version, allowsRequeue: false)
            #expect(names.filter { job[$0] != nil } == [])
            let isOld = version == "v0.0.38"
            #expect(job["requeue"] == (isOld ? nil : false))
            #expect(job["no_requeue"] == (isOld ? true : nil))
        }
    }

    @Test(
        "Memory is counted as sbatch counts it",
        arguments: [
            ("16G", 16_384), ("512", 512), ("100M", 100), ("1T", 1 << 20), ("1500K", 2),
            ("2g", 2_048), ("0", 0), ("", nil), ("G", nil), ("1.5G", nil), ("-1G", nil),
            ("9223372036854775807T", nil),
        ])
    func memory(text: String, mebibytes: Int?) {
        #expect(JobDescription.mebibytes(text) == mebibytes)
    }

    @Test("Settings that it cannot be told are named")
    func problems() {
        #expect(Self.instance.problemWithREST == nil)
        let optional = SlurmInstance(options: ["--exclusive"]).problemWithREST ?? ""
        #expect(optional.contains("options"))
        let vague = SlurmInstance(memory: "much").problemWithREST ?? ""
        #expect(vague.contains("'much'"))
    }
}
