import Tuning

/// A cluster that Slurm manages, as what runs programs.
struct SlurmHost: ProgramHost {
    let configuration: SlurmBackend.Configuration
    private let commands: any SlurmCommands
    private let queue: SlurmQueue

    init(_ configuration: SlurmBackend.Configuration, commands: any SlurmCommands) {
        self.configuration = configuration
        self.commands = commands
        queue = SlurmQueue(commands, interval: configuration.statusInterval)
    }

    var settings: HostingSettings { configuration.hosting }

    /// Files are looked at often while they are likely to change; Slurm is not asked more often.
    var lookIntervals: ClosedRange<Duration> { .milliseconds(50) ... .seconds(1) }

    func trainingProgram(of attempt: Attempt) throws(TrainingFailure) -> TrainingProgram? {
        try TrainingProgram(attempt, images: configuration.images, storage: settings.storage)
    }

    func program(
        of attempt: Attempt, in training: TrainingDirectory
    ) throws(TrainingFailure) -> any HostedProgram {
        SlurmProgram(
            of: attempt, files: training.attempt(attempt.id.number), configuration: configuration,
            commands: commands, queue: queue)
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
