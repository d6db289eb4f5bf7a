import Foundation
import Orchestration
import Strategies
import Tuning

/// The course of an experiment that is asked and told: its trials, and the tuning job that they
/// add up to.
struct AskedCourse: Sendable {
    /// A trial that is not over.
    struct OpenTrial: Sendable {
        /// Its number.
        let number: Trial.ID
        /// What is known of it.
        let state: AskedTrials.OpenTrial
    }

    private var trials: AskedTrials
    private var state: TuningJobState
    /// Whether nothing more will be started or resumed.
    private var isSpent = false

    /// Begins, or goes on after events.
    init(_ start: TuningJobState, objective: Objective, after events: [TuningEvent]) throws {
        let specification = start.specification
        let task = StrategyTask(
            plan: specification.plan, space: specification.definitions[0].searchSpace,
            seed: specification.seed(of: start.job.id),
            trialCountMax: specification.limits.trainingJobCountMax,
            parallelCountMax: specification.limits.parallelCountMax)
        let trialEvents = events.compactMap { event -> TrialEvent? in
            guard case .trial(let event) = event else { return nil }
            return event
        }
        trials = try AskedTrials(
            task, objective: objective, strategies: { try $0.strategy() },
            replaying: trialEvents, time: { _ in Date() })
        state = start
        for event in events { try state.apply(event) }
    }

    /// The tuning job as it is now.
    var job: TuningJob { state.job }

    /// The trials that run, in the order of their numbers.
    var runningTrials: [OpenTrial] {
        trials.openTrials.filter { $0.value.state == .running }.keys.sorted().map(open)
    }

    private func open(_ trial: Trial.ID) -> OpenTrial {
        guard let state = trials.openTrials[trial] else {
            preconditionFailure("trial \(trial) was handed out, but is not open")
        }
        return OpenTrial(number: trial, state: state)
    }
}

// MARK: - Asking and telling

extension AskedCourse {
    /// Starts or resumes a trial.
    mutating func ask() throws(AskTellError) -> Asked<OpenTrial> {
        let answer: Asked = hasFoundEnough ? .exhausted : try answerOfStrategy()
        if case .exhausted = answer { isSpent = true }
        return answer
    }

    private mutating func answerOfStrategy() throws(AskTellError) -> Asked<OpenTrial> {
        let mayStart = !hasStartedAll
        switch try trials.ask(mayStart: mayStart) {
        case .start(let trial): return .start(open(trial))
        case .resume(let trial): return .resume(open(trial))
        case .wait:
            // What runs may let others go on; where nothing does, a wait would have no end.
            let mayHelp = mayStart || has(.paused) || state.specification.plan.pausesTrials
            return has(.running) && mayHelp ? .wait : .exhausted
        case .exhausted: return .exhausted
        }
    }

    /// Takes in a value on the way.
    mutating func report(
        _ value: Double, of trial: Trial.ID, step: Int?
    ) throws(AskTellError) -> Verdict {
        try trials.report(value, of: trial, step: step)
    }

    /// Takes in the last value; `nil` for a failure.
    mutating func finish(
        _ trial: Trial.ID, _ value: Double?, reason: String
    ) throws(AskTellError) {
        try trials.finish(trial, value, reason: reason)
    }

    /// Takes in a result from elsewhere.
    mutating func inject(
        _ hyperparameters: Hyperparameters, _ value: Double?
    ) throws(AskTellError) {
        try trials.inject(hyperparameters, value)
    }

    private var hasStartedAll: Bool {
        guard let most = state.specification.limits.trainingJobCountMax else { return false }
        return trials.trialCount - trials.injectedCount >= most
    }

    private var hasFoundEnough: Bool {
        state.job.status.isFinished || state.specification.completionCriteria.areMet(by: state.job)
    }

    private func has(_ state: AskedTrials.OpenTrial.State) -> Bool {
        trials.openTrials.values.contains { $0.state == state }
    }
}

// MARK: - Storing

extension AskedCourse {
    /// What has changed since the last call, to be stored; `nil` when nothing has.
    ///
    /// The experiment ends when nothing runs any more and nothing will.
    mutating func takeChange() throws(TransitionError) -> TuningJobChange? {
        var change = TuningJobChange(job: state.job)
        try move(&change, by: trials.takeEvents().map(TuningEvent.trial))
        if isOver {
            trials.stopPaused()
            try move(&change, by: trials.takeEvents().map(TuningEvent.trial))
            try move(&change, by: [.finished(outcome, Date())])
        }
        change.job = state.job
        return change.events.isEmpty ? nil : change
    }

    private mutating func move(
        _ change: inout TuningJobChange, by events: [TuningEvent]
    ) throws(TransitionError) {
        for event in events {
            if let training = try state.apply(event) {
                change.trainingJobs[training.id.ordinal] = training
            }
        }
        change.events += events
    }

    private var isOver: Bool {
        guard !state.job.status.isFinished, !has(.running) else { return false }
        return isSpent || hasFoundEnough || hasStartedAll && !has(.paused)
    }

    private var outcome: TuningJob.Outcome {
        state.job.objectiveCounts.succeeded > 0
            ? .completed : .failed(reason: "No trial came to a result.")
    }
}

extension TuningPlan {
    /// Whether trials may be paused.
    fileprivate var pausesTrials: Bool {
        guard case .hyperband(let plan) = self else { return false }
        return plan.pausesTrials
    }
}
