import Synchronization
import Tuning

/// The best training jobs that were described lately.
///
/// A description reads the store twice, and reading is what it spends its time on. The best of a
/// tuning job is finished and so never changes; only deleting it has to be noticed.
final class BestTrainingJobs: Sendable {
    /// With more than this it starts anew: simple, and rare.
    private static let countMax = 1_000

    private let known = Mutex<[TrainingJob.ID: TrainingJob]>([:])

    /// A training job, if it is known.
    subscript(id: TrainingJob.ID) -> TrainingJob? { known.withLock { $0[id] } }

    /// Keeps a training job that is finished.
    func keep(_ job: TrainingJob) {
        known.withLock { known in
            if known.count >= Self.countMax { known = [:] }
            known[job.id] = job
        }
    }

    /// Forgets a training job that was deleted.
    func forget(_ id: TrainingJob.ID) {
        known.withLock { $0[id] = nil }
    }
}
