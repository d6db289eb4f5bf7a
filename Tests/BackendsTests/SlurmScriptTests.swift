import Foundation
import Testing
import Tuning

@testable import Backends

@Suite("The script of a job of Slurm")
struct SlurmScriptTests {
    let fixture: LocalProcessFixture
    let training: TrainingDirectory
    let files: AttemptDirectory

    init() throws {
        fixture = try LocalProcessFixture()
        training = try TrainingDirectory(of: "job", in: fixture.directory)
        files = training.attempt(1)
        try makeDirectory(files.path)
    }

    /// Runs the script as a job with a number would; returns its exit code.
    @discardableResult
    private func run(_ program: String, job: String, restartCount: Int = 0) throws -> Int {
        let script = SlurmScript(
            attempt: files, training: training, nodeCount: 1, commandDirectory: "",
            networkInterface: "eth0")
        let text = script.program(
            ["sh", "-c", program], environment: ["QUOTED": "it's \"so\" $HOME", "A-B": "c d"],
            setup: "PREPARED=yes; export PREPARED", in: fixture.directory.path)
        try writeDurably(text, to: files.path + "/program.sh")
        try writeDurably(script.job, to: files.path + "/job.sh")
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = [files.path + "/job.sh"]
        var environment = ProcessInfo.processInfo.environment
        environment["SLURM_JOB_ID"] = job
        environment["SLURM_RESTART_COUNT"] = restartCount > 0 ? "\(restartCount)" : nil
        process.environment = environment
        try process.run()
        process.waitUntilExit()
        return Int(process.terminationStatus)
    }

    private var output: String? { contents(of: files.standardOutput) }

    @Test("It claims the attempt, runs the program, and records its end and the logs' lengths")
    func course() throws {
        let code = try run(
            "echo value=1; echo why >&2; [ -d \"$1\" ]; exit 3", job: "7")
        #expect(code == 3)
        #expect(files.slurmClaim == .job("7"))
        #expect(files.slurmStart?.restartCount == 0)
        #expect(
            files.slurmExit
                == .init(code: 3, outputBytes: 8, errorBytes: 4, isDoubtful: false))
    }

    @Test("Words, variables and lines before the program come through as they are")
    func words() throws {
        // A shell passes on no variable whose name it could not write.
        try run(
            "printf '%s|%s|' \"$QUOTED\" \"$PREPARED\"; "
                + "tr '\\0' '\\n' </proc/$$/environ | grep '^A-B='; pwd", job: "7")
        #expect(output == "it's \"so\" $HOME|yes|A-B=c d\n\(fixture.directory.path)\n")
    }

    @Test("A job that another was faster than does nothing, nor one of an attempt that is nobody's")
    func foreign() throws {
        try run("echo value=1", job: "7")
        #expect(try run("echo value=2", job: "8") == 0)
        #expect(output == "value=1\n")
        try FileManager.default.removeItem(atPath: files.path + "/claim")
        #expect(try files.claimForNobody())
        #expect(try files.claimForNobody())
        try run("echo value=3", job: "9")
        #expect(output == "value=1\n")
    }

    @Test("A job that is put back runs again and goes on in the same logs, on a new line")
    func requeue() throws {
        try run("echo value=1; printf value=2; kill -KILL $$", job: "7")
        #expect(files.slurmExit?.isDoubtful == true)
        #expect(try run("echo value=3", job: "7", restartCount: 1) == 0)
        #expect(output == "value=1\nvalue=2\nvalue=3\n")
        #expect(files.slurmStart?.restartCount == 1)
        #expect(files.slurmExit?.isDoubtful == false)
    }

    @Test("A job that is put back after its end was recorded keeps that end")
    func requeueAfterEnd() throws {
        try run("echo value=1; exit 4", job: "7")
        #expect(try run("echo value=2", job: "7", restartCount: 1) == 4)
        #expect(output == "value=1\n")
    }

    @Test("Without a stop that was recorded, a program that Slurm told to end leaves doubt")
    func terminated() throws {
        // The shell around the program gets the signal too, as a whole job does.
        let program = "kill -TERM $(ps -o ppid= -p $$); exit 143"
        try run(program, job: "7")
        #expect(files.slurmExit?.isDoubtful == true)
        try FileManager.default.removeItem(atPath: files.path + "/exit")
        try run("touch '\(files.path)/stop'; " + program, job: "7")
        #expect(files.slurmExit?.isDoubtful == false)
        try FileManager.default.removeItem(atPath: files.path + "/exit")
        #expect(try run("echo value=1", job: "7") == 143)
        #expect(output == "")
    }

    @Test("A program may end by Slurm's signal before the shell around it gets that")
    func terminatedFirst() throws {
        try run("kill -TERM $$", job: "7")
        #expect(files.slurmExit?.code == 143)
        #expect(files.slurmExit?.isDoubtful == true)
        try run("touch '\(files.path)/stop'; kill -TERM $$", job: "7")
        #expect(files.slurmExit?.isDoubtful == false)
    }

    @Test("A job that cannot reach the attempt's directory fails")
    func unsharedDirectory() throws {
        try run("true", job: "7")
        let script = contents(of: files.path + "/job.sh") ?? ""
        let elsewhere = fixture.directory.path + "/job.sh"
        try writeDurably(script, to: elsewhere)
        try FileManager.default.removeItem(atPath: files.path)
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = [elsewhere]
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus != 0)
    }
}
