import Foundation
import Testing
import Tuning

@testable import Strategies

/// A strategy at work on a function, with what happened.
struct BayesianRun {
    var strategy: any SearchStrategy
    let space: SearchSpace
    let seed: UInt64
    private(set) var events: [TrialEvent] = []
    private(set) var tried: [Hyperparameters] = []
    private(set) var decisions: [Decision] = []
    private(set) var costs: [Double?] = []

    init(
        _ space: SearchSpace, seed: UInt64, method: SearchMethod = .bayesian,
        priors: [PriorTrial] = []
    ) throws {
        self.space = space
        self.seed = seed
        strategy = try StrategyTask(
            plan: .fullTraining(method), space: space, seed: seed, priors: priors
        ).strategy()
    }

    /// What it would run next.
    func suggestion() throws -> Suggestion {
        var random = SeededGenerator(seed: seed, ordinal: tried.count)
        return try strategy.suggestion(ordinal: tried.count, using: &random)
    }

    /// Starts what it suggests; says whether there was something.
    mutating func start() throws -> Bool {
        guard case .start(let hyperparameters, let extent, let decision) = try suggestion() else {
            return false
        }
        let trial = tried.count
        tried.append(hyperparameters)
        decisions.append(decision)
        costs.append(nil)
        observe(trial, .created(hyperparameters, decision, definition: 0))
        observe(trial, .started(attempt: 1, extent))
        return true
    }

    /// Ends a trial; without a cost it has failed.
    mutating func finish(_ trial: Trial.ID, _ cost: Double?) {
        costs[trial] = cost
        observe(
            trial,
            .finished(
                cost.map { .completed(Cost($0)) } ?? .failed(TrainingFailure(.algorithm, "no"))))
    }

    /// Runs trials one after another until there are as many as told or none are left.
    mutating func work(_ count: Int, _ function: ([Parameter.Name: String]) -> Double?) throws {
        while tried.count < count, try start() {
            finish(tried.count - 1, function(tried[tried.count - 1].values))
        }
    }

    private mutating func observe(_ trial: Trial.ID, _ change: TrialEvent.Change) {
        let time = Date(timeIntervalSinceReferenceDate: Double(events.count))
        let event = TrialEvent(trial: trial, time: time, change: change)
        events.append(event)
        strategy.observe(event)
    }

    /// The lowest cost.
    var best: Double { costs.compactMap { $0 }.min() ?? .infinity }
}

extension [Parameter.Name: String] {
    /// The number that a parameter has.
    func number(_ name: String) -> Double { self[name].flatMap(Double.init) ?? .nan }
}

/// Spaces and functions to search.
enum Problems {
    static func plane() throws -> SearchSpace {
        try SearchSpace([
            .continuous("x", min: "-5", max: "10", scaling: .linear),
            .continuous("y", min: "0", max: "15", scaling: .linear),
        ])
    }

    /// Branin's function: its minimum is 0.397887. Source: Dixon and Szegö, 1978.
    static func branin(_ values: [Parameter.Name: String]) -> Double {
        let (x, y) = (values.number("x"), values.number("y"))
        let rest = y - 5.1 / (4 * .pi * .pi) * x * x + 5 / .pi * x - 6
        return rest * rest + 10 * (1 - 1 / (8 * .pi)) * cos(x) + 10
    }

    static func mixed() throws -> SearchSpace {
        try SearchSpace([
            .continuous("rate", min: "1e-5", max: "1", scaling: .logarithmic),
            .integer("depth", min: "1", max: "12"),
            .categorical("size", values: ["16", "32", "64", "128"]),
            .categorical("kind", values: ["a", "b", "c"]),
            .integer("fixed", min: "7", max: "7"),
        ])
    }

    /// The minimum is 0, at 1e-3, 7, 64 and b.
    static func mixed(_ values: [Parameter.Name: String]) -> Double {
        let rate = log10(values.number("rate")) + 3
        let depth = (values.number("depth") - 7) / 4
        let size = log2(values.number("size")) - 6
        return rate * rate + depth * depth + 0.3 * size * size
            + ["a": 1.5, "b": 0, "c": 0.7][values["kind"] ?? "", default: .nan]
    }
}
