import Foundation
import Tuning

extension Scheduler {
    /// Something that happened outside.
    package enum Input: Hashable, Sendable {
        /// The tuning job may run; after a replay, attempts that were running are attached to.
        case begin
        /// A slot that was requested for a definition is free for it.
        case slotGranted(definition: Int)
        /// The answer to `Action.suggest`.
        case suggested([Suggestion])
        /// No further improvement is to be expected of a definition.
        case converged(definition: Int)
        /// The strategy could not answer `Action.suggest`.
        case suggestionFailed(reason: String)
        /// A running attempt has news; answered by `Action.answer`.
        case updated(Trial.ID, AttemptUpdate)
        /// A running attempt is over.
        case ended(Trial.ID, Attempt.End)
        /// A client wants the tuning job stopped.
        case stopRequested
        /// A client wants one training job stopped.
        case stopTrialRequested(Trial.ID)
        /// Running attempts are to be stopped, and started again by a later daemon.
        case interrupted
        /// The tuning job has run as long as it may.
        case timeLimitReached
    }

    /// Something to do outside.
    package enum Action: Sendable {
        /// Store a fact, and the training job as it is after it.
        case record(TuningEvent, TrainingJob?)
        /// Ask for a slot; answered by `Input.slotGranted`.
        case requestSlot(Int)
        /// Count a slot as used, whether or not one is free: its attempt is running already.
        case occupySlot(Int)
        /// Give a slot back.
        case releaseSlot(Int)
        /// Ask a strategy; answered by `Input.suggested` or `Input.suggestionFailed`.
        case suggest(SuggestionRequest)
        /// Run an attempt, or attach to it, reading its metrics from a mark on.
        case run(Trial.ID, Attempt, definition: Int, after: ReportMark?)
        /// Ask a running attempt to stop.
        case stop(Trial.ID, StopReason)
        /// Answer the attempt's last update.
        case answer(Trial.ID, Verdict)
    }
}

/// What a strategy is asked: suggestions for the next trials of one definition.
package struct SuggestionRequest: Sendable {
    /// The definition.
    package let definition: Int
    /// The strategy, as it is when asked.
    package let strategy: any SearchStrategy
    /// The tuning job's seed.
    package let seed: UInt64
    /// The ordinal of the first trial that is started.
    package let firstOrdinal: Int
    /// How many suggestions are wanted.
    package let count: Int
    /// How many of them may start new trials; the others resume trials that are paused.
    package let startCountMax: Int
    /// How many events the strategy's tuning job has recorded.
    package let eventCount: Int
    /// When it was asked.
    package let time: Date
    /// Whether so many training jobs in a row have not improved that it counts as convergence.
    package let hasStalled: Bool

    /// Asks the strategy; a later suggestion knows the earlier ones as running trials.
    ///
    /// The answer is a function of the request, so a replay can make it again.
    ///
    /// - Returns: At most `count` suggestions; the last may be `.wait` or `.exhausted`. It is
    ///   `.wait` where the strategy would start a trial too many.
    package func suggestions() throws -> [Suggestion] {
        var strategy = strategy
        var ordinal = firstOrdinal
        var suggestions: [Suggestion] = []
        while suggestions.count < count {
            var random = SeededGenerator(seed: seed, ordinal: ordinal)
            switch try strategy.suggestion(ordinal: ordinal, using: &random) {
            case .start where ordinal - firstOrdinal >= startCountMax:
                return suggestions + [.wait]
            case .start(let hyperparameters, let extent, var decision):
                decision.eventCount = eventCount
                suggestions.append(.start(hyperparameters, extent, decision))
                observe(
                    .created(hyperparameters, decision, definition: definition), ordinal, &strategy)
                observe(.started(attempt: 1, extent), ordinal, &strategy)
                ordinal += 1
            case .resume(let trial, let extent):
                // What resuming changes, the strategy learns from the event; ask no further.
                return suggestions + [.resume(trial, extent)]
            case .wait:
                return suggestions + [.wait]
            case .exhausted:
                return suggestions + [.exhausted]
            }
        }
        return suggestions
    }

    private func observe(
        _ change: TrialEvent.Change, _ trial: Trial.ID, _ strategy: inout any SearchStrategy
    ) {
        strategy.observe(TrialEvent(trial: trial, time: time, change: change))
    }
}
