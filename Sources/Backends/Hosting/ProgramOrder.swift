import Tuning

/// What a host needs to start a program; its files are in place.
package struct ProgramOrder: Sendable {
    /// The attempt, with all hyperparameters and the envelope of its definition.
    package let attempt: Attempt
    /// The training job's directory, as this machine sees it.
    package let training: TrainingDirectory
    /// The attempt's files, likewise.
    package let files: AttemptDirectory
    /// The input data, brought into the directory.
    package let channels: [TrainingChannel]
    /// What to run; `nil` where the image knows that itself.
    package let program: TrainingProgram?
    /// Reports a phase of the start, with what there is to say of it.
    package let enter: @Sendable (TrainingPhase, String?) async throws -> Void

    /// Puts together an order.
    package init(
        attempt: Attempt, training: TrainingDirectory, channels: [TrainingChannel] = [],
        program: TrainingProgram? = nil,
        enter: @escaping @Sendable (TrainingPhase, String?) async throws -> Void = { _, _ in }
    ) {
        self.attempt = attempt
        self.training = training
        files = training.attempt(attempt.id.number)
        self.channels = channels
        self.program = program
        self.enter = enter
    }
}
