import Foundation
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Slurm as its commands know it.
final class SlurmCommandLine: SlurmController {
    private let commands: any SlurmCommands
    /// Whether this Slurm does not write JSON.
    private let usesTable = Mutex(false)

    init(_ commands: any SlurmCommands) { self.commands = commands }

    func submit(_ submission: SlurmSubmission) async throws -> SlurmReceipt {
        let answer = try await commands.run(.sbatch, submission.arguments)
        // NUMBER, or NUMBER;CLUSTER.
        let number = answer.output.prefix { $0.isNumber }
        if answer.isSuccess, !number.isEmpty { return .job(String(number)) }
        guard let receipt = SlurmReceipt(complaint: answer.complaint, reason: answer.reason) else {
            throw SlurmError(.sbatch, answer)
        }
        return receipt
    }

    func cancel(_ ids: [String], by means: SlurmCancellation) async throws -> Bool {
        let answer = try await commands.run(.scancel, means.options + ids)
        if answer.isSuccess { return true }
        guard let isOver = SlurmCancellation.hasTakenEffect(despite: answer.complaint) else {
            throw SlurmError(.scancel, answer)
        }
        return isOver
    }

    func jobs() async throws -> [SlurmJob] {
        // Versions before 23.02 list ended jobs in JSON anyway, later ones when told so.
        let choice = ["--states=all", "--user=\(getuid())"]
        if !usesTable.withLock({ $0 }) {
            let answer = try await commands.run(.squeue, ["--json"] + choice)
            if answer.isSuccess, let jobs = SlurmJob.jobs(json: answer.output) { return jobs }
            let isRefused = ["option", "plugin", "json", "JSON"].contains {
                answer.complaint.contains($0)
            }
            guard answer.isSuccess || isRefused else { throw SlurmError(.squeue, answer) }
            usesTable.withLock { $0 = true }
        }
        let answer = try await commands.run(
            .squeue, ["--noheader", "--Format=\(SlurmJob.tableFormat)"] + choice)
        guard answer.isSuccess else { throw SlurmError(.squeue, answer) }
        return SlurmJob.jobs(table: answer.output)
    }

    func job(_ id: String) async throws -> SlurmJob? {
        let answer = try await commands.run(.scontrol, ["--oneliner", "show", "job", id])
        if answer.isSuccess { return SlurmJob(scontrol: answer.output) }
        let isUnknown = ["Invalid job id", "not found"].contains { answer.complaint.contains($0) }
        guard isUnknown else { throw SlurmError(.scontrol, answer) }
        // Where there is accounting, it remembers.
        let history = try? await commands.run(
            .sacct,
            [
                "--jobs=\(id)", "--allocations", "--noheader", "--parsable2",
                "--format=JobID,State,ExitCode",
            ])
        return history.flatMap { $0.isSuccess ? SlurmJob(sacct: $0.output) : nil }
    }

    func ping() async throws {
        let answer = try await commands.run(.scontrol, ["ping"])
        guard answer.isSuccess, answer.output.contains("UP") else {
            // That a controller is down is said on the standard output, in its first line.
            let state = answer.output.split(whereSeparator: \.isNewline).first.map(String.init)
            throw state.map { SlurmError($0) } ?? SlurmError(.scontrol, answer)
        }
    }
}

extension SlurmCancellation {
    /// The options of `scancel`.
    fileprivate var options: [String] {
        switch self {
        case .terminateAll: ["--signal=TERM", "--full"]
        case .terminateSteps: ["--signal=TERM"]
        case .kill: ["--signal=KILL", "--full"]
        case .cancel: []
        }
    }
}

extension SlurmError {
    /// A command that failed.
    fileprivate init(_ command: SlurmCommand, _ answer: SlurmAnswer) {
        self.init("\(command.rawValue) failed: \(answer.reason)")
    }
}
