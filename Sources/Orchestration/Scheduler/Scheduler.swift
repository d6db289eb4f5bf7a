import Foundation
import Tuning

/// Decides what one tuning job does next: inputs in, actions out; no clock, no I/O, no tasks.
///
/// Its state is the fold of the events it records, plus what it is waiting for: slots it has asked
/// for or holds, and suggestions that are being made. The latter need no storing: after a replay,
/// `begin` asks again.
package struct Scheduler: Sendable {
    /// The tuning job and its unfinished training jobs.
    package private(set) var state: TuningJobState
    /// What has been learned so far, a strategy for each definition.
    package private(set) var strategies: [any SearchStrategy]
    /// What each definition is waiting for.
    var supply: [Supply]
    /// The definition whose suggestions are being made; one at a time.
    var suggesting: Int?
    /// How many attempts are running.
    private(set) var runningCount = 0
    /// The trials that only lack a slot for their next attempt.
    private(set) var waiting: Set<Trial.ID> = []
    /// The definitions whose search has converged; asked again after a replay.
    var convergedDefinitions: Set<Int> = []
    /// How the tuning job will end once its running training jobs have.
    var ending: TuningJob.Outcome?
    /// Whether running attempts are being stopped, to be started again by a later daemon.
    private var isInterrupted = false
    private let seed: UInt64
    private var actions: [Action] = []

    /// What one definition is waiting for.
    struct Supply: Sendable {
        /// Slots asked for and not yet given.
        var requested = 0
        /// Slots given and not yet used.
        var held = 0
        /// Whether its strategy has nothing to start any more.
        var isExhausted = false
        /// Whether its strategy has nothing to start before something happens.
        var isWaiting = false
    }

    /// How many training jobs that failed, with none that succeeded, end a tuning job as failed.
    package static let failureCountMax = 5
    /// The most suggestions asked for at once.
    package static let suggestionCountMax = 64

    /// Starts from nothing, or from where stored events end.
    ///
    /// - Parameter strategies: One for each definition, that have observed nothing yet.
    /// - Throws: `TransitionError` when an event cannot follow those before it.
    package init(
        _ start: TuningJobState, strategies: [any SearchStrategy],
        replaying events: [TuningEvent] = []
    ) throws(TransitionError) {
        precondition(strategies.count == start.specification.definitions.count)
        state = start
        self.strategies = strategies
        supply = strategies.map { _ in Supply() }
        seed = start.specification.seed(of: start.job.id)
        for event in events {
            try apply(event)
        }
        if state.job.status == .stopping { ending = .stopped }
    }

    /// Says what to do now, in order; actions after a record wait until it is durable.
    package mutating func handle(_ input: Input, at time: Date) -> [Action] {
        guard !state.job.status.isFinished else { return unwanted(input) }
        switch input {
        case .begin: attachRunning()
        case .slotGranted(let definition): take(slotFor: definition, at: time)
        case .suggested(let suggestions): accept(suggestions, at: time)
        case .converged(let definition): converge(definition, at: time)
        case .suggestionFailed(let reason): end(.failed(reason: reason), at: time)
        case .updated(let trial, let update): observe(update, of: trial, at: time)
        case .ended(let trial, let end): close(trial, end, at: time)
        case .stopRequested: stop(at: time)
        case .stopTrialRequested(let trial): stop(trial, .requested, at: time)
        case .timeLimitReached: end(.completed, at: time)
        case .interrupted: interrupt()
        }
        settle(at: time)
        defer { actions = [] }
        return actions
    }

    /// A finished tuning job gives back what it is still given.
    private func unwanted(_ input: Input) -> [Action] {
        switch input {
        case .slotGranted(let definition): [.releaseSlot(definition)]
        case .updated(let trial, _): [.answer(trial, .proceed)]
        default: []
        }
    }
}

// MARK: - Recording

extension Scheduler {
    /// Whether new training jobs may be started.
    var isOpen: Bool { ending == nil && !isInterrupted }

    /// Whether nothing more can be done here: the job is over, or interrupted and at rest.
    package var isAtRest: Bool {
        state.job.status.isFinished || isInterrupted && runningCount == 0
    }

    private mutating func interrupt() {
        isInterrupted = true
        for (trial, training) in state.unfinished.sorted(by: { $0.key < $1.key })
        where training.isRunning {
            perform(.stop(trial, .interrupted))
        }
    }

    mutating func perform(_ action: Action) {
        actions.append(action)
    }

    /// Records a fact about a trial and lets its strategy observe it.
    mutating func record(_ change: TrialEvent.Change, of trial: Trial.ID, at time: Date) {
        record(.trial(TrialEvent(trial: trial, time: time, change: change)))
    }

    mutating func record(_ event: TuningEvent) {
        do {
            let changed = try apply(event)
            actions.append(.record(event, changed))
        } catch {
            preconditionFailure("the scheduler made an event that cannot follow: \(error)")
        }
    }

    @discardableResult
    private mutating func apply(_ event: TuningEvent) throws(TransitionError) -> TrainingJob? {
        guard case .trial(let trialEvent) = event else { return try state.apply(event) }
        let wasRunning = state.unfinished[trialEvent.trial]?.isRunning ?? false
        guard let changed = try state.apply(event) else { return nil }
        runningCount += (changed.isRunning ? 1 : 0) - (wasRunning ? 1 : 0)
        if !changed.isRunning, !changed.isPaused, !changed.status.isFinished {
            waiting.insert(trialEvent.trial)
        } else {
            waiting.remove(trialEvent.trial)
        }
        strategies[changed.definition].observe(trialEvent)
        supply[changed.definition].isWaiting = false
        return changed
    }

    /// What to ask a definition's strategy, now.
    func suggestionRequest(for definition: Int, count: Int, at time: Date) -> SuggestionRequest {
        SuggestionRequest(
            definition: definition, strategy: strategies[definition], seed: seed,
            firstOrdinal: state.job.trainingJobCounts.total, count: count,
            startCountMax: remainingCount ?? .max,
            eventCount: state.eventCount, time: time,
            hasStalled: state.job.completion.notImprovingCount
                >= Self.convergenceCount(for: state.specification))
    }
}
