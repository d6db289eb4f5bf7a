import Testing
import Tuning

/// What every search strategy must do, as checks that record issues where one does not.
package struct StrategyConformance: Sendable, CustomTestStringConvertible {
    /// Makes a strategy for a space and a seed.
    package typealias Maker = @Sendable (SearchSpace, UInt64) throws -> any SearchStrategy

    /// The strategy's name, for the reports of tests.
    package let testDescription: String
    private let dimensionMax: Int
    private let trialCountMax: Int
    private let make: Maker

    /// Names a strategy.
    ///
    /// - Parameters:
    ///   - dimensionMax: The most parameters it takes, at least 1.
    ///   - trialCountMax: The most trials that a check runs in one space, for strategies that think
    ///     long about each; larger finite spaces are then tried by others up to the last of them.
    package init(
        _ name: String, dimensionMax: Int = 100, trialCountMax: Int = .max, make: @escaping Maker
    ) {
        testDescription = name
        self.dimensionMax = dimensionMax
        self.trialCountMax = trialCountMax
        self.make = make
    }

    private func run(_ space: SearchSpace, seed: UInt64) throws -> StrategyRun {
        StrategyRun(try make(space, seed), space: space, seed: seed)
    }
}

// MARK: - Checks

extension StrategyConformance {
    /// In spaces of every kind and size all suggestions are legal and different.
    package func suggestsLegalValuesOnce() throws {
        let trials = min(20, trialCountMax)
        for space in try spaces(dimensions: [1, 2, 10, 30, 64, 65, 100]) {
            for seed in [0, UInt64.max] {
                var run = try run(space, seed: seed)
                while run.tried.count < trials, try run.start() {
                    run.finish(run.tried.count - 1, .completed(cost(of: run.tried.count)))
                }
                #expect(run.tried.count >= min(trials, space.combinationCount ?? 3), "seed \(seed)")
            }
        }
    }

    /// The same seed and events give the same suggestions; another seed gives others.
    package func isReproducible() throws {
        for space in try spaces() {
            var (first, second) = (try run(space, seed: 5), try run(space, seed: 5))
            try work(&first, trials: 30, seed: 8)
            try work(&second, trials: 30, seed: 8)
            #expect(first.tried == second.tried)
        }
        let space = try Self.mixed()
        var (first, other) = (try run(space, seed: 5), try run(space, seed: 6))
        try work(&first, trials: 8, seed: 8)
        try work(&other, trials: 8, seed: 8)
        #expect(first.tried != other.tried)
    }

    /// A strategy that is told all events again suggests what the live one does, at every step.
    package func replays() throws {
        for space in try spaces() {
            var live = try run(space, seed: 12)
            for trials in stride(from: 3, through: 24, by: 7) {
                try work(&live, trials: trials, seed: UInt64(trials))
                var replayed = try make(space, 12)
                for event in live.events { replayed.observe(event) }
                var random = SeededGenerator(seed: 12, ordinal: live.tried.count)
                let suggestion = try replayed.suggestion(
                    ordinal: live.tried.count, using: &random)
                #expect(suggestion == (try live.suggestion()))
            }
        }
    }

    /// Costs that are all the same, failures, and results that are not finite do not disturb it.
    package func survivesOutcomes() throws {
        let failure = TrainingFailure(.algorithm, "diverged")
        let outcomes: [[Trial.Outcome]] = [
            [.completed(Cost(1))], [.failed(failure)], [.completed(nil)],
            [
                .completed(Cost(-.greatestFiniteMagnitude)),
                .completed(Cost(.greatestFiniteMagnitude)),
            ],
            [
                .stopped(.requested, Cost(0)), .failed(failure), .completed(nil),
                .completed(Cost(2)),
            ],
        ]
        let trials = min(20, trialCountMax)
        for space in try spaces() {
            for cycle in outcomes {
                var run = try run(space, seed: 3)
                while run.tried.count < trials, try run.start() {
                    run.finish(run.tried.count - 1, cycle[run.tried.count % cycle.count])
                }
                #expect(run.tried.count >= min(trials, space.combinationCount ?? 3))
            }
        }
    }

    /// Trials that run side by side and finish in any order get different hyperparameters.
    package func runsInParallel() throws {
        for space in try spaces() {
            for seed in [1, 2] as [UInt64] {
                var run = try run(space, seed: seed)
                try work(&run, trials: 40, seed: seed, parallel: 10)
                #expect(Set(run.tried).count == run.tried.count, "seed \(seed)")
            }
        }
    }

    /// A finite space is used up to the last combination, also when some were tried by others.
    package func endsFiniteSpaces() throws {
        for space in try Self.finite() {
            let count = try #require(space.combinationCount)
            let tried = [0, 1, count / 2, count].map { max($0, count - trialCountMax) }
            for injected in Set(tried).sorted() {
                var run = try run(space, seed: 4)
                var random = SeededGenerator(seed: 40)
                while run.tried.count < injected {
                    let point = UnitPoint(space.parameters.map { _ in random.nextUnit() })
                    let hyperparameters = space.hyperparameters(at: point)
                    if !run.tried.contains(hyperparameters) { try run.inject(hyperparameters) }
                }
                while try run.start() {
                    #expect(run.tried.count <= count)
                    run.finish(run.tried.count - 1, .completed(cost(of: run.tried.count)))
                }
                #expect(Set(run.tried).count == count, "\(injected) injected")
                #expect(try run.suggestion() == .exhausted)
            }
        }
    }

    /// Starts trials, `parallel` at a time, and finishes them in random order.
    private func work(
        _ run: inout StrategyRun, trials: Int, seed: UInt64, parallel: Int = 4
    ) throws {
        let trials = min(trials, trialCountMax)
        var random = SeededGenerator(seed: seed)
        while true {
            while run.pending.count < parallel, run.tried.count < trials, try run.start() {}
            guard let trial = run.pending.randomElement(using: &random) else { break }
            run.finish(trial, .completed(Cost(random.nextUnit())))
        }
    }

    private func cost(of trial: Int) -> Cost? { Cost(Double(trial * 7 % 11) - 5) }
}

// MARK: - Spaces

extension StrategyConformance {
    private func spaces(dimensions: [Int] = [1, 5]) throws -> [SearchSpace] {
        var spaces = [try Self.mixed()] + (try Self.finite())
        spaces.append(try SearchSpace([.continuous("x", min: "0.25", max: "0.25")]))
        spaces.append(
            try SearchSpace([
                .categorical("c", values: (0..<40).map { "value \($0)" }),
                .continuous("x", min: "-1e308", max: "1e308"),
            ]))
        for dimension in dimensions where dimension <= dimensionMax {
            spaces.append(
                try SearchSpace(
                    (0..<dimension).map {
                        try .continuous("x\($0)", min: "1e-6", max: "1", scaling: .logarithmic)
                    }))
        }
        return spaces.filter { $0.dimension <= dimensionMax }
    }

    private static func mixed() throws -> SearchSpace {
        try SearchSpace([
            .continuous("rate", min: "1e-5", max: "1", scaling: .logarithmic),
            .continuous("decay", min: "0", max: "0.999", scaling: .reverseLogarithmic),
            .integer("depth", min: "1", max: "12"),
            .integer("units", min: "8", max: "4096", scaling: .logarithmic),
            .categorical("kind", values: ["relu", "tanh", "gelu"]),
            .integer("fixed", min: "7", max: "7"),
        ])
    }

    private static func finite() throws -> [SearchSpace] {
        [
            try SearchSpace([.integer("n", min: "-1", max: "1")]),
            try SearchSpace([.categorical("c", values: ["only"])]),
            try SearchSpace([
                .integer("n", min: "1", max: "4"), .categorical("c", values: ["a", "b", "c"]),
                .continuous("x", min: "0", max: "0"), .integer("m", min: "1", max: "20"),
            ]),
            try SearchSpace([.integer("n", min: "1", max: "250", scaling: .logarithmic)]),
        ]
    }
}
