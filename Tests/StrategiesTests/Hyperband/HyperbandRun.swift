import Foundation
import Testing
import Tuning

@testable import Strategies

/// Hyperband at work on trials whose costs are drawn, with events in a random order.
struct HyperbandRun {
    struct State {
        var units = 0
        var isRunning = true
        var isFinished = false
        var verdict = Verdict.proceed
        var costs: [Int: Double] = [:]
    }

    let plan: HyperbandPlan
    private(set) var strategy: any SearchStrategy
    private(set) var trials: [State] = []
    private(set) var events: [TrialEvent] = []
    /// How many units of resource were spent.
    private(set) var spent = 0
    /// Trials that run without ever reporting.
    var stragglers: Set<Trial.ID> = []
    private var random: SeededGenerator
    private let space: SearchSpace
    private var open: [Trial.ID] = []

    init(_ plan: HyperbandPlan, seed: Int) throws {
        self.plan = plan
        space = try SearchSpace([.continuous("x", min: "0", max: "1", scaling: .linear)])
        strategy = try Self.strategy(plan, space)
        random = SeededGenerator(seed: UInt64(seed))
    }

    private static func strategy(
        _ plan: HyperbandPlan, _ space: SearchSpace
    ) throws -> any SearchStrategy {
        try StrategyTask(plan: .hyperband(plan), space: space, seed: 1).strategy()
    }

    /// A strategy that has observed nothing.
    func fresh() throws -> any SearchStrategy { try Self.strategy(plan, space) }

    /// Runs until trials have been created, `workers` at a time, and nothing goes on any more.
    ///
    /// - Parameters:
    ///   - missing: The chance that a report before the last gets lost.
    ///   - infinite: The chance that a cost is not finite.
    mutating func run(
        _ count: Int, workers: Int, missing: Double = 0, infinite: Double = 0,
        cost: (Trial.ID, Int, inout SeededGenerator) -> Double
    ) throws {
        while true {
            while open.count < workers, try start(below: count) {}
            let moving = open.filter { !stragglers.contains($0) }
            guard let id = moving.randomElement(using: &random) else { return }
            let units = trials[id].units + 1
            trials[id].units = units
            spent += 1
            if random.nextUnit() < missing, units < plan.resourceMax.units { continue }
            advance(id, to: units, random.nextUnit() < infinite ? .nan : cost(id, units, &random))
        }
    }

    private mutating func advance(_ id: Trial.ID, to units: Int, _ value: Double) {
        trials[id].costs[units] = value
        let sample = MetricSample(time: .distantPast, values: ["loss": value])
        let report = MetricReport(
            sample, objective: Objective(.minimize, "loss"), after: Resource(units - 1))
        observe(id, .reported([report], ReportMark("\(units)")))
        trials[id].verdict = strategy.verdict(on: id)
        if units == plan.resourceMax.units {
            close(id, .finished(.completed(Cost(value))))
        } else if trials[id].verdict == .stop {
            close(id, .finished(.stopped(.earlyStopping, Cost(value))))
        } else if trials[id].verdict == .pause {
            close(id, .paused(Checkpoint(location: "\(units)")))
        }
    }

    private mutating func start(below count: Int) throws -> Bool {
        var generator = SeededGenerator(seed: 3, ordinal: trials.count)
        switch try strategy.suggestion(ordinal: trials.count, using: &generator) {
        case .start(let hyperparameters, let extent, let decision):
            guard trials.count < count else { return false }
            let id = trials.count
            trials.append(State())
            open.append(id)
            observe(id, .created(hyperparameters, decision, definition: 0))
            observe(id, .started(attempt: 1, extent))
            return true
        case .resume(let id, let extent):
            #expect(!trials[id].isRunning && !trials[id].isFinished, "trial \(id)")
            trials[id].isRunning = true
            open.append(id)
            observe(id, .started(attempt: 2, extent))
            return true
        case .wait, .exhausted: return false
        }
    }

    private mutating func close(_ id: Trial.ID, _ change: TrialEvent.Change) {
        open.removeAll { $0 == id }
        trials[id].isRunning = false
        if case .finished = change { trials[id].isFinished = true }
        observe(id, change)
    }

    private mutating func observe(_ id: Trial.ID, _ change: TrialEvent.Change) {
        let event = TrialEvent(trial: id, time: .distantPast, change: change)
        events.append(event)
        strategy.observe(event)
    }
}
