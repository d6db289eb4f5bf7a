import Foundation
import Testing
import Tuning

/// A strategy at work, with everything it was told and everything it suggested.
///
/// Checks each suggestion as it is made: asking twice gives the same answer, values are legal, and
/// none was made before.
struct StrategyRun {
    /// The strategy.
    private(set) var strategy: any SearchStrategy
    /// All events, in order.
    private(set) var events: [TrialEvent] = []
    /// All hyperparameters that were tried, in order.
    private(set) var tried: [Hyperparameters] = []
    /// Trials that are not finished, in order.
    private(set) var pending: [Trial.ID] = []

    private let space: SearchSpace
    private let seed: UInt64
    private var known: Set<Hyperparameters> = []

    init(_ strategy: any SearchStrategy, space: SearchSpace, seed: UInt64) {
        self.strategy = strategy
        self.space = space
        self.seed = seed
    }

    /// What the strategy would run next.
    func suggestion() throws -> Suggestion {
        var (random, again) = (generator(), generator())
        let suggestion = try strategy.suggestion(ordinal: tried.count, using: &random)
        let second = try strategy.suggestion(ordinal: tried.count, using: &again)
        #expect(suggestion == second, "asking twice, seed \(seed)")
        if case .start(let hyperparameters, _, let decision) = suggestion {
            #expect(
                (try? space.hyperparameters(hyperparameters.values)) == hyperparameters,
                "illegal values, seed \(seed)")
            #expect(!known.contains(hyperparameters), "repeated \(hyperparameters), seed \(seed)")
            #expect(!decision.rule.isEmpty)
        }
        return suggestion
    }

    /// Starts what the strategy suggests; says whether there was something to start.
    mutating func start() throws -> Bool {
        switch try suggestion() {
        case .start(let hyperparameters, let extent, let decision):
            try create(hyperparameters, decision, extent)
            return true
        case .resume(let trial, let extent):
            // Attempts are counted by training jobs; strategies do not look at their numbers.
            observe(trial, .started(attempt: 2, extent))
            return true
        case .wait, .exhausted: return false
        }
    }

    /// Starts a trial that the strategy has not suggested.
    mutating func inject(_ hyperparameters: Hyperparameters) throws {
        try create(hyperparameters, Decision(rule: "injected"), .toTheEnd)
    }

    /// Ends a trial after a report of its cost; without one it fails or reports nothing finite.
    mutating func finish(_ trial: Trial.ID, _ outcome: Trial.Outcome) {
        let value = outcome.cost?.value ?? .nan
        let sample = MetricSample(time: time, values: ["cost": value])
        let report = MetricReport(
            sample, objective: Objective(.minimize, "cost"), after: Resource(0))
        observe(trial, .reported([report], ReportMark("1")))
        observe(trial, .finished(outcome))
        pending.removeAll { $0 == trial }
    }

    private mutating func create(
        _ hyperparameters: Hyperparameters, _ decision: Decision, _ extent: TrainingExtent
    ) throws {
        let trial = tried.count
        tried.append(hyperparameters)
        known.insert(hyperparameters)
        pending.append(trial)
        // Decisions come back from a store, as they were written there.
        let stored = try JSONDecoder().decode(
            Decision.self, from: try JSONEncoder().encode(decision))
        observe(trial, .created(hyperparameters, stored, definition: 0))
        observe(trial, .started(attempt: 1, extent))
    }

    private mutating func observe(_ trial: Trial.ID, _ change: TrialEvent.Change) {
        let event = TrialEvent(trial: trial, time: time, change: change)
        events.append(event)
        strategy.observe(event)
    }

    private var time: Date { Date(timeIntervalSinceReferenceDate: Double(events.count)) }

    private func generator() -> SeededGenerator {
        SeededGenerator(seed: seed, ordinal: tried.count)
    }
}
