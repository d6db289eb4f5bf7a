import Foundation
import Testing
import Tuning

@testable import Strategies

@Suite("Hyperband")
struct HyperbandTests {
    static func plan(
        min: Int = 1, max: Int = 27, pauses: Bool, endsByItself: Bool = true
    ) -> HyperbandPlan {
        HyperbandPlan(
            resourceMin: Resource(min), resourceMax: Resource(max), pausesTrials: pauses,
            endsByItself: endsByItself)
    }

    /// A curve that falls to the trial's own level, so that the order never changes.
    private static func steady(
        _ trial: Trial.ID, _ units: Int, _ random: inout SeededGenerator
    ) -> Double {
        var own = SeededGenerator(seed: 77, ordinal: trial)
        return own.nextUnit() + 1 / Double(units)
    }

    private static func noise(
        _ trial: Trial.ID, _ units: Int, _ random: inout SeededGenerator
    ) -> Double {
        random.nextUnit()
    }

    @Test(
        "Never stops below MinResource, always at MaxResource", arguments: [true, false], 1...10)
    func bounds(pauses: Bool, seed: Int) throws {
        let plan = Self.plan(min: 4, max: 40, pauses: pauses, endsByItself: false)
        var run = try HyperbandRun(plan, seed: seed)
        try run.run(80, workers: 5, missing: 0.2, infinite: 0.05, cost: Self.noise)
        #expect(run.trials.count == 80)
        for trial in run.trials {
            #expect(4...40 ~= trial.units, "seed \(seed)")
            if trial.units == 40 { #expect(trial.verdict == .stop, "seed \(seed)") }
        }
        #expect(run.trials.contains { $0.units == 40 } && run.trials.contains { $0.units == 4 })
    }

    @Test("A program that ends by itself is not stopped at its end")
    func endsByItself() throws {
        var run = try HyperbandRun(Self.plan(pauses: false), seed: 1)
        try run.run(20, workers: 1, cost: Self.steady)
        let ended = run.trials.filter { $0.units == 27 }
        #expect(!ended.isEmpty && ended.allSatisfy { $0.verdict == .proceed })
    }

    @Test("When it goes on, a trial is among the best third at its rung", arguments: 1...10)
    func topThird(seed: Int) throws {
        var run = try HyperbandRun(Self.plan(pauses: true), seed: seed)
        try run.run(150, workers: 4, cost: Self.noise)
        // By bracket and rung: what was reported there so far.
        var costs: [[Int]: [Trial.ID: Double]] = [:]
        var brackets: [Trial.ID: Int] = [:]
        var last: [Trial.ID: Int] = [:]
        var passCount = 0
        func checkPassed(_ id: Trial.ID, at units: Int) throws {
            let peers = try #require(costs[[brackets[id] ?? 0, units]])
            let own = try #require(peers[id])
            let better = peers.values.count { $0 < own }
            #expect(better < peers.count / 3, "seed \(seed), trial \(id) at \(units)")
            passCount += 1
        }
        for event in run.events {
            let id = event.trial
            switch event.change {
            case .created(_, let decision, _):
                brackets[id] = decision.details?["bracket"]?.integer
            case .started(2, _): try checkPassed(id, at: try #require(last[id]))
            case .reported(let reports, _):
                last[id] = reports[0].resource.units
                guard let bracket = brackets[id], let cost = reports[0].cost?.value else { break }
                costs[[bracket, reports[0].resource.units], default: [:]][id] = cost
            default: break
            }
        }
        #expect(passCount > 0)
    }

    @Test("In the end, nobody of the best third of a rung is left behind", arguments: 1...10)
    func nobodyForgotten(seed: Int) throws {
        var run = try HyperbandRun(Self.plan(pauses: true), seed: seed)
        try run.run(100, workers: 7, cost: Self.steady)
        // Where the order never changes, every trial starts in the bracket with all rungs.
        for rung in [1, 3, 9] {
            let there = run.trials.compactMap { $0.costs[rung] }.sorted()
            for trial in run.trials {
                guard let cost = trial.costs[rung], there.prefix(there.count / 3).contains(cost)
                else { continue }
                #expect(trial.units > rung, "seed \(seed), rung \(rung)")
            }
        }
        #expect(run.trials.allSatisfy { $0.isFinished || !$0.isRunning })
        #expect(run.spent == run.trials.reduce(0) { $0 + $1.units })
    }

    @Test("The very first trial is the centre and is trained to the end", arguments: [true, false])
    func yardstick(pauses: Bool) throws {
        var run = try HyperbandRun(Self.plan(pauses: pauses), seed: 4)
        try run.run(30, workers: 3) { trial, _, random in trial == 0 ? 9 : random.nextUnit() }
        #expect(run.trials[0].units == 27)
        guard case .created(let values, let decision, _) = run.events[0].change else {
            Issue.record("the first event creates a trial")
            return
        }
        #expect(values["x"] == "0.5" && decision.rule == "centre")
    }

    @Test("Trains a third of all there is to train at most, and finds the best", arguments: 1...5)
    func savings(seed: Int) throws {
        for pauses in [true, false] {
            var run = try HyperbandRun(Self.plan(max: 81, pauses: pauses), seed: seed)
            try run.run(200, workers: 8, cost: Self.steady)
            #expect(run.spent * 3 < 200 * 81, "seed \(seed)")
            let first = run.trials.compactMap { $0.costs[1] }
            #expect(first.count == 200)
            let best = try #require(first.indices.min { first[$0] < first[$1] })
            #expect(run.trials[best].units == 81, "seed \(seed), pauses \(pauses)")
        }
    }

    @Test("Trials that never report block nobody")
    func stragglers() throws {
        var run = try HyperbandRun(Self.plan(pauses: true), seed: 5)
        run.stragglers = [1, 2]
        try run.run(40, workers: 3, cost: Self.steady)
        #expect(run.trials.count == 40)
        #expect(run.trials[2...].contains { $0.units == 27 })
    }

    @Test("Replaying the events gives the same verdicts and the same suggestion", arguments: 1...5)
    func replay(seed: Int) throws {
        for pauses in [true, false] {
            var run = try HyperbandRun(Self.plan(pauses: pauses), seed: seed)
            try run.run(50, workers: 6, missing: 0.1, infinite: 0.1, cost: Self.noise)
            var again = try run.fresh()
            var haltCount = 0
            for (event, next) in zip(run.events, run.events.dropFirst() + run.events.suffix(1)) {
                again.observe(event)
                guard case .reported = event.change, next.trial == event.trial else { continue }
                switch next.change {
                case .paused: #expect(again.verdict(on: event.trial) == .pause, "seed \(seed)")
                case .finished(.stopped):
                    #expect(again.verdict(on: event.trial) == .stop, "seed \(seed)")
                default: continue
                }
                haltCount += 1
            }
            #expect(haltCount > 10)
            var (first, second) = (SeededGenerator(seed: 1), SeededGenerator(seed: 1))
            #expect(
                try again.suggestion(ordinal: 50, using: &first)
                    == run.strategy.suggestion(ordinal: 50, using: &second), "seed \(seed)")
        }
    }

    @Test("Where early results mislead, trials get more time")
    func misleading() throws {
        var run = try HyperbandRun(Self.plan(max: 81, pauses: false), seed: 6)
        // What is best at the first rungs is worst in the end.
        try run.run(300, workers: 4) { trial, units, _ in
            var own = SeededGenerator(seed: 78, ordinal: trial)
            let level = own.nextUnit()
            return units <= 3 ? 2 - level : level
        }
        var brackets: [Int] = []
        for event in run.events {
            guard case .created(_, let decision, _) = event.change else { continue }
            brackets.append(decision.details?["bracket"]?.integer ?? -1)
        }
        #expect(brackets.prefix(3) == [0, 0, 0])
        #expect(brackets.suffix(50).allSatisfy { $0 >= 2 })
    }

    @Test("Says what a verdict rests on")
    func explanation() throws {
        var strategy = try HyperbandRun(Self.plan(pauses: false), seed: 1).fresh()
        for trial in 0..<2 {
            var random = SeededGenerator(seed: 1, ordinal: trial)
            guard
                case .start(let values, let extent, let decision) = try strategy.suggestion(
                    ordinal: trial, using: &random)
            else { continue }
            let sample = MetricSample(time: .distantPast, values: ["loss": Double(trial)])
            let objective = Objective(.minimize, "loss")
            let report = MetricReport(sample, objective: objective, after: Resource(0))
            for change: TrialEvent.Change in [
                .created(values, decision, definition: 0), .started(attempt: 1, extent),
                .reported([report], ReportMark("")),
            ] {
                strategy.observe(TrialEvent(trial: trial, time: .distantPast, change: change))
            }
        }
        #expect(strategy.verdict(on: 0) == .proceed)
        #expect(strategy.verdict(on: 1) == .stop)
        #expect(
            strategy.explanation(ofVerdictOn: 1)?.text(for: nil)
                == "Stopped early by the Hyperband rule: after 1 report, the objective is 1.0, "
                + "worse than 0.0, the last of the best 1/3 of 2 training jobs at 1.")
    }
}
