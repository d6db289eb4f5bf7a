import Tuning

/// A cluster that Slurm manages, as what runs programs.
struct SlurmHost: ProgramHost {
    let configuration: SlurmBackend.Configuration
    private let controller: any SlurmController
    private let queue: SlurmQueue

    init(_ configuration: SlurmBackend.Configuration, controller: any SlurmController) {
        self.configuration = configuration
        self.controller = controller
        queue = SlurmQueue(controller, interval: configuration.statusInterval)
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
            controller: controller, queue: queue)
    }

    func ping() async throws { try await controller.ping() }
}
