import Foundation
import Tuning

/// One training job as reports show it.
package struct TrialRecord: Identifiable, Sendable {
    /// A time in which an attempt held a slot.
    package struct Stay: Hashable, Sendable {
        /// When the attempt was launched.
        package let start: Date
        /// When it was over; `nil` while it lasts.
        package internal(set) var end: Date?
    }

    /// Its ordinal in the tuning job, from 0.
    package let id: Trial.ID
    /// Its name.
    package let name: TrainingJob.Name
    /// The index of its definition in the tuning job's specification.
    package let definition: Int
    /// The hyperparameters that were searched.
    package let tuned: Hyperparameters
    /// The rule that chose them.
    package let rule: String
    /// How long the choice took, in milliseconds; `nil` where nobody measured.
    package let suggestionMilliseconds: Double?
    /// When it was created.
    package let creationTime: Date

    /// Where it stands, roughly.
    package internal(set) var status = TrainingJob.Status.inProgress
    /// Where it stands, exactly.
    package internal(set) var secondaryStatus = TrainingJob.SecondaryStatus.starting
    /// When it first began to train.
    package internal(set) var startTime: Date?
    /// When it ended.
    package internal(set) var endTime: Date?
    /// The cost of the last objective report, in the end that of the outcome; `nil` without one, or
    /// when it was not finite.
    package internal(set) var cost: Cost?
    /// The last value of every metric; may be NaN or infinite.
    package internal(set) var metrics: [MetricName: Double] = [:]
    /// Whether it is over and its objective counts.
    package internal(set) var isUsable = false
    /// How often it reported its objective.
    package internal(set) var resource = Resource(0)
    /// Why it was stopped, or is to be.
    package internal(set) var stopReason: StopReason?
    /// Why it failed, for people.
    package internal(set) var failureReason: String?
    /// What it reported of its objective.
    package internal(set) var curve = LearningCurve()
    /// When its attempts held a slot, in order.
    package internal(set) var stays: [Stay] = []
}

extension TrialRecord {
    init(_ job: TrainingJob) {
        id = job.id.ordinal
        name = job.name
        definition = job.definition
        tuned = job.tuned
        rule = job.decision.rule
        suggestionMilliseconds = job.decision.milliseconds
        creationTime = job.creationTime
        update(to: job)
    }

    /// Takes over what changes of a training job.
    mutating func update(to job: TrainingJob) {
        status = job.status
        secondaryStatus = job.secondaryStatus
        startTime = job.startTime
        endTime = job.endTime
        cost = job.cost
        metrics = job.finalMetrics.mapValues(\.value)
        isUsable = job.status.isFinished && job.objectiveStatus == .succeeded
        resource = job.resource
        stopReason = job.stopReason
        failureReason = job.failure?.reason
    }

    /// Keeps of an event what the training job does not: the course, and when a slot was held.
    mutating func observe(_ event: TrialEvent, checkpoint: Resource) {
        switch event.change {
        case .started:
            curve.rewind(to: checkpoint)
            stays.append(Stay(start: event.time, end: nil))
        case .reported(let reports, _):
            for report in reports { curve.append(report) }
        case .attemptFailed, .paused, .finished:
            if let last = stays.indices.last, stays[last].end == nil {
                stays[last].end = event.time
            }
        case .created, .entered, .stopRequested: break
        }
    }
}
