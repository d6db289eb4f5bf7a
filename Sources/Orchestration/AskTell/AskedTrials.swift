import Foundation
import Tuning

/// The trials of somebody who asks for hyperparameters, runs them elsewhere and tells results.
///
/// What is told becomes the events that a tuning job's scheduler would record, so a strategy cannot
/// know the difference. No clock and no I/O; the state is the fold of the events. What is refused
/// changes nothing.
package struct AskedTrials: Sendable {
    /// What is optimised.
    package let objective: Objective
    /// How many trials there have been, injected ones too: the next one's ID.
    package private(set) var trialCount = 0
    /// How many of them came from elsewhere.
    package private(set) var injectedCount = 0
    /// The trials about which something may still be told.
    package private(set) var openTrials: [Trial.ID: OpenTrial] = [:]
    /// How many events there have been.
    package private(set) var eventCount = 0
    private(set) var strategy: any SearchStrategy
    private let seed: UInt64
    private let time: @Sendable (Int) -> Date
    private var unstored: [TrialEvent] = []

    /// A trial about which something may still be told.
    package struct OpenTrial: Hashable, Sendable {
        /// Where such a trial stands.
        package enum State: Hashable, Sendable {
            case running
            case paused
            /// Stopped by its verdict; a client may still tell how it ended.
            case stopped
        }

        /// What is tried.
        package let hyperparameters: Hyperparameters
        /// Why it is.
        package let decision: Decision
        /// Where it stands.
        package fileprivate(set) var state = State.running
        /// How many times it was handed out.
        package fileprivate(set) var attempt = 1
        /// The last step that was told; 0 before the first.
        package fileprivate(set) var step = 0
        /// The cost of the last report; `nil` before the first and when it was not finite.
        package fileprivate(set) var cost: Cost?
    }

    /// What an ask is answered with.
    package enum Answer: Hashable, Sendable {
        /// A new trial.
        case start(Trial.ID)
        /// A paused trial goes on.
        case resume(Trial.ID)
        /// Nothing before something else is told.
        case wait
        /// Nothing any more.
        case exhausted
    }

    /// Begins, or goes on after events.
    ///
    /// - Parameters:
    ///   - time: When the event with a number, from 1, happens; at that second unless given.
    /// - Throws: `AskTellError` when there is no such strategy, or the space does not suit it.
    package init(
        _ task: StrategyTask, objective: Objective, strategies: StrategyProvider,
        replaying events: [TrialEvent] = [],
        time: @escaping @Sendable (Int) -> Date = { Date(timeIntervalSince1970: Double($0)) }
    ) throws(AskTellError) {
        do {
            strategy = try strategies(task)
        } catch let error as SearchSpaceError {
            throw .searchSpace(error)
        } catch {
            throw .strategy(reason: "\(error)")
        }
        self.objective = objective
        seed = task.seed
        self.time = time
        for event in events { apply(event) }
    }

    /// Hands over the events since the last call, in order.
    package mutating func takeEvents() -> [TrialEvent] {
        defer { unstored = [] }
        return unstored
    }
}

// MARK: - Asking

extension AskedTrials {
    /// Starts or resumes a trial.
    ///
    /// - Parameters:
    ///   - eventCount: How many events the decision counts as seen, where several are asked for at
    ///     once; all of them unless given.
    ///   - mayStart: Whether the answer may be a new trial; `wait` where it would be.
    package mutating func ask(
        seeing eventCount: Int? = nil, mayStart: Bool = true
    ) throws(AskTellError) -> Answer {
        var random = SeededGenerator(seed: seed, ordinal: trialCount)
        let suggestion: Suggestion
        do {
            suggestion = try strategy.suggestion(ordinal: trialCount, using: &random)
        } catch {
            throw .strategy(reason: "\(error)")
        }
        switch suggestion {
        case .start where !mayStart: return .wait
        case .start(let hyperparameters, let extent, var decision):
            decision.eventCount = eventCount ?? self.eventCount
            return .start(begin(hyperparameters, extent, decision))
        case .resume(let trial, let extent):
            guard let open = openTrials[trial], open.state == .paused else {
                preconditionFailure("trial \(trial) was resumed, but is not paused")
            }
            record(.started(attempt: open.attempt + 1, extent), of: trial)
            return .resume(trial)
        case .wait: return .wait
        case .exhausted: return .exhausted
        }
    }

    /// Creates and starts a trial.
    mutating func begin(
        _ hyperparameters: Hyperparameters, _ extent: TrainingExtent, _ decision: Decision
    ) -> Trial.ID {
        let trial = trialCount
        record(.created(hyperparameters, decision, definition: 0), of: trial)
        record(.started(attempt: 1, extent), of: trial)
        return trial
    }

    /// Forgets a trial about which nothing more will be told.
    mutating func close(_ trial: Trial.ID) {
        openTrials[trial] = nil
    }
}

// MARK: - Events

extension AskedTrials {
    /// When the next event happens.
    var nextTime: Date { time(eventCount + 1) }

    /// Lets the strategy learn a fact.
    mutating func record(_ change: TrialEvent.Change, of trial: Trial.ID) {
        let event = TrialEvent(trial: trial, time: nextTime, change: change)
        apply(event)
        unstored.append(event)
    }

    private mutating func apply(_ event: TrialEvent) {
        eventCount += 1
        strategy.observe(event)
        let trial = event.trial
        switch event.change {
        case .created(let hyperparameters, let decision, _):
            trialCount += 1
            if decision.isInjected { injectedCount += 1 }
            openTrials[trial] = OpenTrial(hyperparameters: hyperparameters, decision: decision)
        case .started(let attempt, _):
            openTrials[trial]?.state = .running
            openTrials[trial]?.attempt = attempt
        case .reported(let reports, let mark):
            openTrials[trial]?.step = Int(mark.text) ?? 0
            openTrials[trial]?.cost = reports.last?.cost
        case .paused: openTrials[trial]?.state = .paused
        case .finished(.stopped(.earlyStopping, _)): openTrials[trial]?.state = .stopped
        case .finished: openTrials[trial] = nil
        case .entered, .stopRequested, .attemptFailed: break
        }
    }
}

extension Decision {
    /// Why a trial is there that has come from elsewhere, with its result.
    static let injected = Decision(rule: "injected")

    /// Whether nobody chose it here.
    package var isInjected: Bool { rule == Self.injected.rule }
}
