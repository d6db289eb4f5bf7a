import Tuning

/// Derives every suggestion of a tuning job again, from what was stored before it, and compares.
///
/// A strategy is a function of its task, of the events before a suggestion, of the tuning job's
/// seed and of the suggestion's number; so the same hyperparameters and the same decision have to
/// come out, for any job: whether its trials ran side by side, were stopped, or outlived a crash.
package struct Replay: Sendable {
    /// A suggestion that came out differently.
    package struct Difference: Sendable {
        /// The trial it was made for.
        package let trial: Trial.ID
        /// What was stored.
        package let stored: Hyperparameters
        /// Why, as it was stored.
        package let storedDecision: Decision
        /// What came out now.
        package let derived: Suggestion
    }

    /// Runs a derivation the way its decision was made, such as with the same processor
    /// instructions.
    package typealias Setting = (Decision, () throws -> Suggestion) throws -> Suggestion

    /// How many suggestions came out the same before the first difference.
    package private(set) var sameCount = 0
    /// The first difference; `nil` when there is none.
    package private(set) var firstDifference: Difference?

    /// Goes through the events of a tuning job, up to the first difference.
    ///
    /// - Parameters:
    ///   - strategies: One for each definition, that have observed nothing yet.
    ///   - events: All of the job's events, in stored order.
    ///   - seed: The tuning job's.
    /// - Throws: What a strategy throws.
    package init(
        _ events: [TuningEvent], strategies: [any SearchStrategy], seed: UInt64,
        setting: Setting = { _, derive in try derive() }
    ) throws {
        var courses = strategies.map { Course(strategy: $0) }
        var definitions: [Trial.ID: Int] = [:]
        for event in events {
            guard case .trial(let event) = event,
                case .created(let stored, let decision, let definition) = event.change
            else { continue }
            definitions[event.trial] = definition
            // Nobody chose it here: there is nothing to derive.
            if decision.isInjected { continue }
            courses[definition].advance(to: decision.eventCount, of: events) {
                definitions[$0] == definition
            }
            let strategy = courses[definition].batch
            let derived = try setting(decision) {
                var random = SeededGenerator(seed: seed, ordinal: event.trial)
                return try strategy.suggestion(ordinal: event.trial, using: &random)
            }
            guard Self.isSame(derived, stored, decision) else {
                firstDifference = Difference(
                    trial: event.trial, stored: stored, storedDecision: decision,
                    derived: derived)
                return
            }
            sameCount += 1
            courses[definition].start(event, derived)
        }
    }

    /// Whether a suggestion is what was stored; how long it took and when it was made aside.
    private static func isSame(
        _ derived: Suggestion, _ stored: Hyperparameters, _ decision: Decision
    ) -> Bool {
        guard case .start(let hyperparameters, _, let own) = derived else { return false }
        return hyperparameters == stored && own.rule == decision.rule
            && own.details == decision.details
    }
}

/// How far the strategy of one definition has come.
private struct Course {
    /// The strategy as it was when it was last asked.
    private var strategy: any SearchStrategy
    private var position = 0
    /// The same, with the trials of the suggestions that were asked for at the same time.
    private(set) var batch: any SearchStrategy

    init(strategy: any SearchStrategy) {
        self.strategy = strategy
        batch = strategy
    }

    /// Lets the strategy see the first `count` events, and forgets the batch before.
    mutating func advance(
        to count: Int, of events: [TuningEvent], isOwn: (Trial.ID) -> Bool
    ) {
        guard count > position else { return }
        for event in events[position..<min(count, events.count)] {
            if case .trial(let event) = event, isOwn(event.trial) { strategy.observe(event) }
        }
        position = count
        batch = strategy
    }

    /// Counts a suggestion as started, as those asked for after it at the same time do.
    mutating func start(_ event: TrialEvent, _ suggestion: Suggestion) {
        guard case .start(_, let extent, _) = suggestion else { return }
        batch.observe(event)
        batch.observe(
            TrialEvent(
                trial: event.trial, time: event.time, change: .started(attempt: 1, extent)))
    }
}
