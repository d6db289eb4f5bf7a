/// Runs the commands of Slurm.
protocol SlurmCommands: Sendable {
    /// Runs one to its end, and returns what it said.
    ///
    /// - Throws: `SlurmError` when it could not be run or took too long; `CancellationError`.
    func run(_ command: SlurmCommand, _ arguments: [String]) async throws -> SlurmAnswer
}

/// A command of Slurm.
enum SlurmCommand: String, Hashable, Sendable {
    case sbatch
    case scancel
    case scontrol
    case sacct
    case squeue
}

/// What a command said.
struct SlurmAnswer: Hashable, Sendable {
    /// Whether it exited with 0.
    var isSuccess = true
    /// Its standard output.
    var output = ""
    /// Its standard error.
    var complaint = ""

    /// The complaint on one line, without the command's name before each.
    var reason: String {
        let lines = complaint.split(whereSeparator: \.isNewline).map { line in
            guard let colon = line.range(of: ": error: ") ?? line.range(of: ": fatal: ") else {
                return String(line)
            }
            return String(line[colon.upperBound...])
        }
        return lines.isEmpty ? "it gave no reason" : lines.joined(separator: "; ")
    }
}
