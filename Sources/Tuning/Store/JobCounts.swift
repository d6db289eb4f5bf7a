/// How many jobs a store holds, by where they stand; a status that no job has may be missing.
public struct JobCounts: Hashable, Sendable {
    /// Tuning jobs of kind `.tuning` whose entries were not deleted.
    public var tuningJobs: [TuningJob.Status: Int]
    /// All training jobs: those of tuning jobs, and those created on their own.
    public var trainingJobs: [TrainingJob.Status: Int]

    /// Puts together counts.
    public init(
        tuningJobs: [TuningJob.Status: Int] = [:], trainingJobs: [TrainingJob.Status: Int] = [:]
    ) {
        self.tuningJobs = tuningJobs
        self.trainingJobs = trainingJobs
    }
}
