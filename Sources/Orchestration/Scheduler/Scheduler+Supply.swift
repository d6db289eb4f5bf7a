import Foundation
import Tuning

// What a tuning job takes and gives back: slots, suggestions, and its own end.

extension Scheduler {
    /// Uses a slot: for a trial that waits for one, or for a suggestion.
    mutating func take(slotFor definition: Int, at time: Date) {
        supply[definition].requested -= 1
        guard isOpen else {
            perform(.releaseSlot(definition))
            return
        }
        if let trial = waitingTrial(of: definition) {
            start(trial, .toTheEnd, at: time)
        } else {
            supply[definition].held += 1
        }
    }

    /// Starts what was suggested, on the slots that are held for it.
    mutating func accept(_ suggestions: [Suggestion], at time: Date) {
        guard let definition = suggesting else { return }
        suggesting = nil
        for suggestion in suggestions where isOpen && supply[definition].held > 0 {
            switch suggestion {
            case .start(let hyperparameters, let extent, let decision):
                let trial = state.job.trainingJobCounts.total
                supply[definition].held -= 1
                record(
                    .created(hyperparameters, decision, definition: definition), of: trial, at: time
                )
                start(trial, extent, at: time)
            case .resume(let trial, let extent):
                // It may have been stopped while the strategy was thinking.
                guard state.unfinished[trial]?.isPaused == true else { continue }
                supply[definition].held -= 1
                start(trial, extent, at: time)
            case .wait:
                supply[definition].isWaiting = true
            case .exhausted:
                supply[definition].isExhausted = true
            }
        }
    }

    /// A client wants the tuning job stopped.
    mutating func stop(at time: Date) {
        guard state.job.status == .inProgress else { return }
        record(.stopRequested(time))
        end(.stopped, at: time)
    }

    /// Starts nothing more and stops what runs.
    mutating func end(_ outcome: TuningJob.Outcome, at time: Date) {
        guard isOpen else { return }
        ending = outcome
        for trial in state.unfinished.keys.sorted() {
            stop(trial, .tuningJobEnded, at: time)
        }
    }

    /// After every input: ends the tuning job if it is over, else asks for what it can use.
    mutating func settle(at time: Date) {
        if isOpen, let reason = failureReason(atEnd: false) {
            end(.failed(reason: reason), at: time)
        }
        completeIfEnough(at: time)
        if isOpen { demand(at: time) }
        giveBack()
        if isOpen, hasNothingToDo { stopPaused(at: time) }
        guard state.unfinished.isEmpty else { return }
        if let ending {
            record(.finished(ending, time))
        } else if hasNothingToDo {
            let failure = failureReason(atEnd: true).map { TuningJob.Outcome.failed(reason: $0) }
            record(.finished(failure ?? .completed, time))
        }
    }
}

// MARK: - Demand

extension Scheduler {
    private mutating func demand(at time: Date) {
        while let definition = definitionToSupply {
            supply[definition].requested += 1
            perform(.requestSlot(definition))
        }
        guard suggesting == nil else { return }
        let ready = supply.indices.first { supply[$0].held > 0 && canSuggest($0) }
        guard let ready else { return }
        suggesting = ready
        let count = min(supply[ready].held, Self.suggestionCountMax)
        perform(.suggest(suggestionRequest(for: ready, count: count, at: time)))
    }

    /// The definition for which one more slot should be requested, if one more can be used.
    ///
    /// Trials that wait for a slot come first; then the definition that has had the fewest trials.
    private var definitionToSupply: Int? {
        let taken = supply.reduce(0) { $0 + $1.requested + $1.held }
        guard runningCount + taken < state.specification.limits.parallelCountMax else { return nil }
        if waiting.count > taken {
            return waiting.min().flatMap { state.unfinished[$0]?.definition }
        }
        if let remainingCount, taken - waiting.count >= remainingCount + pausedCount { return nil }
        return supply.indices.filter(canSuggest).min { share(of: $0) < share(of: $1) }
    }

    /// How many more trials may be created; `nil` for no limit.
    var remainingCount: Int? {
        state.specification.limits.trainingJobCountMax.map {
            max(0, $0 - state.job.trainingJobCounts.total)
        }
    }

    private func share(of definition: Int) -> Int {
        state.createdCounts[definition] + supply[definition].requested + supply[definition].held
    }

    private func canSuggest(_ definition: Int) -> Bool {
        !supply[definition].isExhausted && !supply[definition].isWaiting
            && (remainingCount != 0 || pausedCount > 0)
    }

    /// How many trials may be resumed.
    private var pausedCount: Int {
        state.unfinished.count - runningCount - waiting.count
    }

    private func waitingTrial(of definition: Int) -> Trial.ID? {
        waiting.filter { state.unfinished[$0]?.definition == definition }.min()
    }

    /// Slots that no suggestion will use are given back.
    private mutating func giveBack() {
        for definition in supply.indices
        where suggesting != definition && !(isOpen && canSuggest(definition)) {
            for _ in 0..<supply[definition].held { perform(.releaseSlot(definition)) }
            supply[definition].held = 0
        }
    }
}

// MARK: - The end

extension Scheduler {
    /// Whether nothing runs, waits for a slot or can be started; trials may be paused.
    private var hasNothingToDo: Bool {
        guard runningCount == 0, waiting.isEmpty else { return false }
        // A strategy that waits for something to happen while nothing runs would wait for ever.
        return suggesting == nil && !supply.indices.contains(where: canSuggest)
    }

    /// Ends the trials that were paused and never found good enough to go on.
    private mutating func stopPaused(at time: Date) {
        for (trial, training) in state.unfinished.sorted(by: { $0.key < $1.key }) {
            record(.finished(.stopped(.earlyStopping, training.cost)), of: trial, at: time)
        }
    }

    /// Why the tuning job has failed, if it has: nothing it ran could be used.
    private func failureReason(atEnd: Bool) -> String? {
        let counts = state.job.trainingJobCounts
        guard state.specification.kind == .tuning, state.job.objectiveCounts.succeeded == 0 else {
            return nil
        }
        let useless = counts.failed + state.silentCount
        guard useless >= Self.failureCountMax || atEnd && useless > 0 else { return nil }
        if state.silentCount == 0 {
            return "No training job succeeded after \(counts.failed) attempts. Please take a look "
                + "at the training job failures to get more details."
        }
        return "No objective metrics found after running \(useless) training jobs. Please ensure "
            + "that the custom algorithm is emitting the objective metric as defined by the "
            + "regular expression provided."
    }
}
