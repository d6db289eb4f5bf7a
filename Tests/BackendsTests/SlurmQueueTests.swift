import Foundation
import Testing
import Tuning

@testable import Backends

@Suite("The queue of Slurm")
struct SlurmQueueTests {
    @Test("All who ask at once share one question")
    func sharing() async throws {
        let slurm = ScriptedSlurm()
        slurm.jobs = [SlurmJob(id: "1", state: .active, restartCount: 0, comment: "c")]
        let queue = SlurmQueue(SlurmCommandLine(slurm), interval: .seconds(60))
        try await withThrowingTaskGroup(of: [String]?.self) { group in
            for _ in 0..<100 {
                group.addTask { try await queue.snapshot().numbers["c"] }
            }
            for try await numbers in group { #expect(numbers == ["1"]) }
        }
        #expect(slurm.calls(of: .squeue).count == 1)
    }

    @Test("It is asked no more often than it may be")
    func interval() async throws {
        let slurm = ScriptedSlurm()
        let queue = SlurmQueue(SlurmCommandLine(slurm), interval: .milliseconds(100))
        let start = ContinuousClock.now
        var times: Set<ContinuousClock.Instant> = []
        while times.count < 4 {
            times.insert(try await queue.snapshot().time)
            try await Task.sleep(for: .milliseconds(1))
        }
        #expect(ContinuousClock.now - start >= .milliseconds(300))
        for (first, second) in zip(times.sorted(), times.sorted().dropFirst()) {
            #expect(second - first >= .milliseconds(100))
        }
    }

    @Test("Where Slurm writes no JSON, a table is read, and JSON is not asked for again")
    func table() async throws {
        let slurm = ScriptedSlurm()
        slurm.hasJSON = false
        let jobs = [
            SlurmJob(
                id: "12", state: .waiting, reason: "Resources", restartCount: 3, comment: "tuner:a"),
            SlurmJob(id: "13", state: .outOfMemory, restartCount: 0, comment: "tuner:b"),
        ]
        slurm.jobs = jobs
        let queue = SlurmQueue(SlurmCommandLine(slurm), interval: .milliseconds(1))
        let first = try await queue.snapshot()
        #expect(first.jobs == ["12": jobs[0], "13": jobs[1]])
        var last = first.time
        while last == first.time {
            last = try await queue.snapshot().time
            try await Task.sleep(for: .milliseconds(2))
        }
        let calls = slurm.calls(of: .squeue)
        #expect(calls.count { $0.contains("--json") } == 1)
    }

    @Test("A question without an answer is an error for all who wait, and asked again")
    func silence() async throws {
        let slurm = ScriptedSlurm()
        slurm.squeueProblem = "slurm_load_jobs error: Unable to contact slurm controller"
        let queue = SlurmQueue(SlurmCommandLine(slurm), interval: .milliseconds(1))
        await #expect(throws: SlurmError.self) { try await queue.snapshot() }
        slurm.squeueProblem = nil
        #expect(try await queue.snapshot().jobs.isEmpty)
    }

    @Test("Who does not want to wait any more leaves at once")
    func cancellation() async throws {
        let slurm = ScriptedSlurm()
        slurm.squeueProblem = "slurm_load_jobs error: Unable to contact slurm controller"
        let queue = SlurmQueue(SlurmCommandLine(slurm), interval: .seconds(3_600))
        await #expect(throws: SlurmError.self) { try await queue.snapshot() }
        let task = Task { try await queue.snapshot() }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }
}

@Suite("Commands of Slurm as processes")
struct SlurmProcessesTests {
    private func processes(
        _ script: String, timeLimit: Duration = .seconds(60)
    ) throws -> (SlurmProcesses, LocalProcessFixture) {
        let fixture = try LocalProcessFixture()
        let path = try fixture.write("#!/bin/sh\n" + script, to: "squeue")
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
        let processes = SlurmProcesses(
            directory: fixture.directory.path, timeLimit: timeLimit,
            environment: ["PATH": "/usr/bin:/bin", "OWN": "1"])
        return (processes, fixture)
    }

    @Test("What a command says is told, and it gets no more of the environment than it should")
    func answer() async throws {
        setenv("TUNER_SECRET", "1", 1)
        let (processes, fixture) = try processes(
            "echo \"$OWN $1 ${TUNER_SECRET-none}\"; echo why >&2; exit 3")
        let answer = try await processes.run(.squeue, ["word"])
        #expect(
            answer == SlurmAnswer(isSuccess: false, output: "1 word none\n", complaint: "why\n"))
        withExtendedLifetime(fixture) {}
    }

    @Test("A command that takes too long is ended")
    func timeLimit() async throws {
        let (processes, fixture) = try processes(
            "exec sleep 3600", timeLimit: .milliseconds(50))
        await #expect(throws: SlurmError.self) { try await processes.run(.squeue, []) }
        withExtendedLifetime(fixture) {}
    }

    @Test("A command that is not there is named")
    func missing() async throws {
        let (processes, fixture) = try processes("")
        do {
            _ = try await processes.run(.sbatch, [])
            Issue.record("there is one")
        } catch {
            #expect("\(error)".contains("sbatch"))
        }
        withExtendedLifetime(fixture) {}
    }
}
