import Foundation
import Tuning

/// That a job is over, and how.
struct JobEnd: Hashable, Sendable {
    /// The job; one of kind `.training` stands for a training job that was created on its own.
    let job: TuningJob
    /// How it ended; finished.
    let status: TuningJob.Status

    /// When it ended.
    var time: Date { job.endTime ?? job.lastModifiedTime }

    /// Describes the end of a tuning job.
    init(of job: TuningJob) {
        self.job = job
        status = job.status
    }

    /// Describes the end of a job of any kind.
    ///
    /// - Returns: `nil` for one that is not over, or is stored no more.
    init?(of job: TuningJob, from reader: any TuningStoreReader) async throws {
        guard job.status.isFinished else { return nil }
        self.job = job
        guard job.kind == .training else {
            status = job.status
            return
        }
        // What holds a single training job has done its work however that ended.
        switch try await reader.trainingJob(TrainingJob.ID(tuningJob: job.id, ordinal: 0))?.status {
        case .completed: status = .completed
        case .failed: status = .failed
        case .stopped: status = .stopped
        case .inProgress, .stopping, nil: return nil
        }
    }
}
