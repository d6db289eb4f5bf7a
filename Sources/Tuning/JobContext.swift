/// The jobs that a task works for, so that whatever it logs can name them.
package struct JobContext: Hashable, Sendable {
    /// The jobs of the current task and of those it starts; `nil` where it works for none.
    @TaskLocal package static var current: JobContext?

    /// The tuning job; `nil` for a training job that was created on its own.
    package let tuningJob: TuningJob.Name?
    /// The training job; `nil` for what concerns the tuning job as a whole.
    package let trainingJob: TrainingJob.Name?

    /// Names jobs.
    package init(tuningJob: TuningJob.Name?, trainingJob: TrainingJob.Name? = nil) {
        self.tuningJob = tuningJob
        self.trainingJob = trainingJob
    }
}
