import Tuning

/// This machine, as what runs programs.
struct LocalProcessHost: ProgramHost {
    let configuration: LocalProcessBackend.Configuration
    private let slots: SlotOccupancy

    init(_ configuration: LocalProcessBackend.Configuration) {
        self.configuration = configuration
        slots = SlotOccupancy(count: configuration.slotCount)
    }

    var settings: HostingSettings { configuration.hosting }

    var lookIntervals: ClosedRange<Duration> { .milliseconds(5) ... .milliseconds(200) }

    func trainingProgram(of attempt: Attempt) throws(TrainingFailure) -> TrainingProgram? {
        try TrainingProgram(attempt, images: configuration.images, storage: settings.storage)
    }

    func program(
        of attempt: Attempt, in training: TrainingDirectory
    ) throws(TrainingFailure) -> any HostedProgram {
        LocalProgram(
            of: attempt, files: training.attempt(attempt.id.number), configuration: configuration,
            slots: slots)
    }

    /// It is always there.
    func ping() async throws {}
}
