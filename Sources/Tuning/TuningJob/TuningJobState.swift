import Foundation

/// A tuning job and its unfinished training jobs: what a sequence of events adds up to.
///
/// Folding the stored events gives the rows of the store again; a finished training job is handed
/// out once and not kept, so memory does not grow with their number.
public struct TuningJobState: Sendable {
    /// What runs.
    public let specification: TuningJobSpecification
    /// The tuning job.
    public private(set) var job: TuningJob
    /// Training jobs that are not finished, by ordinal.
    public private(set) var unfinished: [Trial.ID: TrainingJob] = [:]
    /// How many events have been applied.
    public private(set) var eventCount = 0
    /// How many training jobs each definition has had.
    public private(set) var createdCounts: [Int]
    /// Completed training jobs whose objective could not be used.
    public private(set) var silentCount = 0
    private var improvement = ImprovementCount()

    /// A tuning job to which nothing has happened yet.
    public init(id: TuningJob.ID, specification: TuningJobSpecification, creationTime: Date) {
        self.specification = specification
        job = TuningJob(id: id, specification: specification, creationTime: creationTime)
        createdCounts = Array(repeating: 0, count: specification.definitions.count)
    }

    /// Moves on by one event; a tuning job ends after all of its training jobs.
    ///
    /// - Returns: The training job that changed, if one did.
    /// - Throws: `TransitionError` when the event cannot follow; then nothing has changed.
    @discardableResult
    public mutating func apply(_ event: TuningEvent) throws(TransitionError) -> TrainingJob? {
        guard !job.status.isFinished else {
            throw TransitionError("\(event) cannot follow \(job.status.rawValue)")
        }
        var changed: TrainingJob?
        switch event {
        case .trial(let event):
            changed = try apply(event)
        case .stopRequested(let time):
            job.status = .stopping
            job.lastModifiedTime = time
        case .converged(let time):
            job.completion.convergenceTime = job.completion.convergenceTime ?? time
        case .finished(let outcome, let time):
            guard unfinished.isEmpty else {
                throw TransitionError(
                    "\(event) cannot follow: \(unfinished.count) unfinished trials")
            }
            finish(outcome, at: time)
        }
        eventCount += 1
        return changed
    }

    private mutating func apply(_ event: TrialEvent) throws(TransitionError) -> TrainingJob {
        if case .created(_, _, let definition) = event.change {
            guard event.trial == job.trainingJobCounts.total else {
                throw TransitionError(event, after: "\(job.trainingJobCounts.total) trials")
            }
            let new = try TrainingJob(event, of: job.id, specification: specification)
            createdCounts[definition] += 1
            job.trainingJobCounts.inProgress += 1
            job.objectiveCounts.pending += 1
            unfinished[event.trial] = new
            return new
        }
        guard var training = unfinished[event.trial] else {
            throw TransitionError(event, after: "its end, or before its creation")
        }
        try training.apply(event)
        if training.status.isFinished {
            unfinished[event.trial] = nil
            count(training)
        } else {
            unfinished[event.trial] = training
        }
        return training
    }

    private mutating func count(_ finished: TrainingJob) {
        job.trainingJobCounts.inProgress -= 1
        job.objectiveCounts.pending -= 1
        switch finished.status {
        case .completed: job.trainingJobCounts.completed += 1
        case .stopped: job.trainingJobCounts.stopped += 1
        default:
            if finished.failure?.cause == .internal {
                job.trainingJobCounts.retryableError += 1
            } else {
                job.trainingJobCounts.nonRetryableError += 1
            }
        }
        if finished.objectiveStatus == .succeeded, let cost = finished.cost {
            job.objectiveCounts.succeeded += 1
            if job.best.map({ cost < $0.cost }) ?? true {
                job.best = TuningJob.Best(ordinal: finished.id.ordinal, cost: cost)
            }
            job.completion.notImprovingCount = improvement.count(
                cost, after: job.completion.notImprovingCount)
        } else {
            job.objectiveCounts.failed += 1
            if finished.status == .completed { silentCount += 1 }
        }
    }

    private mutating func finish(_ outcome: TuningJob.Outcome, at time: Date) {
        switch outcome {
        case .completed: job.status = .completed
        case .stopped: job.status = .stopped
        case .failed(let reason):
            job.status = .failed
            job.failureReason = reason
        }
        job.endTime = time
        job.lastModifiedTime = time
    }
}
