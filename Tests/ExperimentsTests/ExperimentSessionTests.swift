import Experiments
import Foundation
import Orchestration
import Stores
import Strategies
import Testing
import Tuning

@Suite("Asking and telling")
struct ExperimentSessionTests {
    enum Shape: String, CaseIterable { case flat, round }

    private static func value(_ x: Double, _ n: Int, _ shape: Shape) -> Double {
        abs(x - 0.3) + Double(n) + (shape == .flat ? 1 : 0)
    }

    private static func experiment(
        _ strategy: ExperimentStrategy = .bayesian, trials: Int = 12, target: Double? = nil,
        location: ExperimentLocation = .memory
    ) throws -> Experiment<Double, Int, Shape> {
        try Experiment(
            "asked", .minimize, .real("x", in: 0...1, scale: .linear),
            .integer("n", in: 1...4, scale: .linear), .choice("shape", of: Shape.self),
            strategy: strategy, trials: trials, target: target, seed: 4, location: location)
    }

    /// The same space, as `tuner suggest` reads it.
    private static let header = """
        {"space":[{"name":"x","type":"continuous","min":0,"max":1},\
        {"name":"n","type":"integer","min":1,"max":4},\
        {"name":"shape","type":"categorical","values":["flat","round"]}],\
        "strategy":"STRATEGY","objective":"Minimize","seed":4,"budget":12,"max_step":9}
        """

    @Test("Gives values in their types, as many as there are trials, and knows the best")
    func asking() async throws {
        let session = try await Self.experiment().askAndTell()
        var results: [Double] = []
        while let trial = try await session.ask().trial {
            let (x, n, shape) = trial.values
            #expect(trial.number == results.count)
            results.append(Self.value(x, n, shape))
            try await session.tell(trial, Self.value(x, n, shape))
        }
        #expect(results.count == 12)
        let best = try #require(try await session.best())
        #expect(best.result == results.min())
        #expect(Self.value(best.values.0, best.values.1, best.values.2) == best.result)
        #expect(try await session.trials().map(\.result) == results)
    }

    @Test("Tries what running a closure tries, one trial at a time")
    func sameAsRun() async throws {
        let result = try await Self.experiment().run { _, x, n, shape in
            Self.value(x, n, shape)
        }
        let session = try await Self.experiment().askAndTell()
        while let trial = try await session.ask().trial {
            let (x, n, shape) = trial.values
            try await session.tell(trial, Self.value(x, n, shape))
        }
        let asked = try await session.trials()
        #expect(asked.map(\.values.0) == result.trials.map(\.values.0))
        #expect(asked.map(\.values.1) == result.trials.map(\.values.1))
        #expect(asked.map(\.values.2) == result.trials.map(\.values.2))
    }

    @Test(
        "Suggests what `tuner suggest` does, for the same seed and history",
        arguments: ["Bayesian", "Hyperband", "Sobol", "Random"])
    func sameAsLines(strategy: String) async throws {
        let own: ExperimentStrategy =
            switch strategy {
            case "Bayesian": .bayesian
            case "Hyperband": try .hyperband(reports: 9)
            case "Sobol": .quasiRandom
            default: .random
            }
        let session = try await Self.experiment(own).askAndTell(pausing: true)
        let header = Self.header.replacing("STRATEGY", with: strategy)
        var lines = try AskTellSession(header: header) { try $0.strategy() }
        func answer(_ line: String) throws -> JSONValue {
            let answer = lines.answer(line)
            return try JSONValue(parsing: try #require(answer))
        }
        try await session.inject(2.5, with: 0.25, 2, .round)
        #expect(
            try answer(
                """
                {"op":"inject","observations":[\
                {"values":{"x":0.25,"n":2,"shape":"round"},"value":2.5}]}
                """) == ["ok": true])
        var startCount = 0
        while startCount < 12, let trial = try await session.ask().trial {
            let configuration = try #require(try answer(#"{"op":"ask"}"#)["configs"]?.array?.first)
            let (x, n, shape) = trial.values
            if trial.lastStep == 0 { startCount += 1 }
            #expect(configuration["id"]?.integer == trial.number)
            #expect((configuration["resume"] == true) == (trial.lastStep > 0))
            #expect(configuration["values"]?["x"]?.number == x)
            #expect(configuration["values"]?["n"]?.integer == n)
            #expect(configuration["values"]?["shape"]?.string == shape.rawValue)
            let value = Self.value(x, n, shape)
            var verdict = Verdict.proceed
            for step in trial.lastStep + 1...9 where verdict == .proceed {
                let value = value + 1 / Double(step)
                verdict = try await session.report(trial, value)
                let told = try answer(
                    #"{"op":"tell","id":\#(trial.number),"value":\#(value),"step":\#(step)}"#)
                #expect((told["stop"] == true) == (verdict == .stop))
                #expect((told["pause"] == true) == (verdict == .pause))
            }
            guard verdict == .proceed else { continue }
            try await session.tell(trial, value + 1 / 9)
            _ = try answer(#"{"op":"tell","id":\#(trial.number),"value":\#(value + 1 / 9)}"#)
        }
        #expect(startCount == 12)
    }

    @Test("Hyperband waits, pauses and resumes, and the experiment comes to an end")
    func pausing() async throws {
        let session = try await Self.experiment(.hyperband(reports: 9), trials: 20)
            .askAndTell(pausing: true)
        var resumed: Set<Int> = []
        var paused: Set<Int> = []
        loop: while true {
            let trial: AskedTrial<Double, Int, Shape>
            switch try await session.ask() {
            case .start(let started): trial = started
            case .resume(let again):
                #expect(paused.contains(again.number) && again.lastStep > 0)
                resumed.insert(again.number)
                trial = again
            case .wait:
                Issue.record("nothing runs that could be waited for")
                break loop
            case .exhausted: break loop
            }
            // Earlier trials are better: what made room for them was paused with them.
            let value = Double(trial.number)
            var verdict = Verdict.proceed
            for step in trial.lastStep + 1...9 where verdict == .proceed {
                verdict = try await session.report(trial, value, step: step)
            }
            if verdict == .pause { paused.insert(trial.number) }
            if verdict == .proceed { try await session.tell(trial, value) }
        }
        #expect(!resumed.isEmpty)
        let trials = try await session.trials()
        #expect(trials.count == 20 && trials.allSatisfy(\.status.isFinished))
    }

    @Test("A target ends it; what still runs may be told")
    func target() async throws {
        let session = try await Self.experiment(target: 100).askAndTell()
        let first = try #require(try await session.ask().trial)
        let second = try #require(try await session.ask().trial)
        try await session.tell(first, 99)
        guard case .exhausted = try await session.ask() else {
            Issue.record("the target was reached")
            return
        }
        try await session.tell(second, 98)
        #expect(try await session.best()?.number == second.number)
        await #expect(throws: ExperimentError.over(name: "asked")) {
            try await session.inject(1, with: 0.5, 1, .flat)
        }
    }

    @Test("What cannot be told is refused, and changes nothing")
    func refusals() async throws {
        let session = try await Self.experiment().askAndTell()
        let other = try await Self.experiment().askAndTell()
        let trial = try #require(try await session.ask().trial)
        await #expect(throws: ExperimentError.unknownTrial(0)) { try await other.tell(trial, 1) }
        try await session.report(trial, .nan, step: 3)
        await #expect(throws: ExperimentError.stepNotIncreasing(0, step: 3, last: 3)) {
            try await session.report(trial, 1, step: 3)
        }
        try await session.fail(trial, reason: "out of memory")
        await #expect(throws: ExperimentError.notRunning(0, state: "is over")) {
            try await session.tell(trial, 1)
        }
        #expect(try await session.trials().map(\.failureReason) == ["out of memory"])
        await #expect(throws: SearchSpaceError.self) {
            try await session.inject(1, with: 2, 1, .flat)
        }
        #expect(try await session.trials().count == 1)
    }

    @Test("Many may ask at once, and each gets a trial of its own")
    func concurrent() async throws {
        let session = try await Self.experiment(.random, trials: 50).askAndTell()
        let numbers = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<50 {
                group.addTask {
                    let trial = try #require(try await session.ask().trial)
                    try await session.tell(trial, trial.values.0)
                    return trial.number
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(numbers.sorted() == Array(0..<50))
    }

    @Test("In a directory it goes on where it was, and replays to the same decisions")
    func directory() async throws {
        let directory = FileManager.default.temporaryDirectory
            .appending(path: "asked-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: directory) }
        let expected = try await Self.experiment().askAndTell()
        var session = try await Self.experiment(location: .directory(directory)).askAndTell()
        try await session.inject(3, with: 0.5, 2, .flat)
        try await expected.inject(3, with: 0.5, 2, .flat)
        var isAgain = false
        while let trial = try await session.ask().trial {
            let (x, n, shape) = trial.values
            let other = try #require(try await expected.ask().trial)
            #expect(other.values == trial.values)
            if trial.number == 6, !isAgain {
                // As after a crash: the directory is free again, and the trial still to be run.
                isAgain = true
                await #expect(throws: StoreError.self) {
                    try await Self.experiment(location: .directory(directory)).askAndTell()
                }
                try await session.close()
                session = try await Self.experiment(location: .directory(directory)).askAndTell()
                let running = try await session.runningTrials()
                #expect(running.map(\.number) == [6])
                #expect(running.first?.values ?? (0, 0, .flat) == trial.values)
            }
            try await session.tell(trial, Self.value(x, n, shape))
            try await expected.tell(other, Self.value(x, n, shape))
        }
        #expect(isAgain)
        #expect(try await session.trials().count == 13, "one of them from elsewhere")
        try await session.close()
        await #expect(throws: ExperimentError.another(name: "asked")) {
            try await Self.experiment(location: .directory(directory)).run { _, x, _, _ in x }
        }
        try await Self.checkReplay(in: directory)
    }

    private static func checkReplay(in directory: URL) async throws {
        let store = try SQLiteTuningStore(directory: directory, access: .readOnly)
        defer { try? store.close() }
        let job = try #require(try await store.tuningJob(named: "asked", kind: .tuning))
        #expect(job.status == .completed)
        let specification = try #require(try await store.specification(of: job.id))
        let events = try await store.events(of: job.id, after: nil, limit: 1_000).map(\.event)
        let task = StrategyTask(
            plan: specification.plan, space: specification.definitions[0].searchSpace, seed: 4,
            trialCountMax: 12, parallelCountMax: 1)
        let replay = try Replay(events, strategies: [try task.strategy()], seed: 4)
        #expect(replay.firstDifference == nil)
        #expect(replay.sameCount == 12)
    }
}
