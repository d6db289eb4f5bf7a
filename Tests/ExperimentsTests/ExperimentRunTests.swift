import Experiments
import Foundation
import Synchronization
import Testing
import Tuning

@Suite("Running an experiment")
struct ExperimentRunTests {
    /// What an objective has been called with.
    private final class Calls: Sendable {
        private let values = Mutex<[Double]>([])
        private let running = Mutex((now: 0, most: 0))

        var all: [Double] { values.withLock { $0 } }
        var mostAtOnce: Int { running.withLock(\.most) }

        func record(_ value: Double) { values.withLock { $0.append(value) } }

        func begin() {
            running.withLock {
                $0.now += 1
                $0.most = max($0.most, $0.now)
            }
        }

        func end() { running.withLock { $0.now -= 1 } }
    }

    private struct Wrong: Error, CustomStringConvertible {
        let description = "the data is missing"
    }

    @Test("The same seed tries the same values in the same order")
    func seed() async throws {
        var tried: [[Double]] = []
        for seed: UInt64 in [5, 5, 6] {
            let calls = Calls()
            let experiment = try Experiment(
                "seeded", .maximize, .real("x", in: 0...1), trials: 15, seed: seed)
            _ = try await experiment.run { _, x in
                calls.record(x)
                return sin(9 * x)
            }
            tried.append(calls.all)
        }
        #expect(tried[0] == tried[1])
        #expect(tried[0] != tried[2])
    }

    @Test(
        "As many trials run at once as may, and objectives that block hold up nobody else",
        arguments: [6, 100])
    func parallel(count: Int) async throws {
        let calls = Calls()
        let experiment = try Experiment(
            "parallel", .minimize, .real("x", in: 0...1), strategy: .random, trials: 4 * count,
            parallel: count)
        let result = try await experiment.run { _, x in
            calls.begin()
            defer { calls.end() }
            // Blocks its thread until others have come, or as long as it takes to know they do not.
            let deadline = ContinuousClock.now + .seconds(300)
            while calls.mostAtOnce < count, ContinuousClock.now < deadline { usleep(500) }
            return x
        }
        #expect(result.trials.count == 4 * count)
        #expect(calls.mostAtOnce == count)
    }

    @Test("Trials that fall behind are stopped, and told so by their report")
    func stopping() async throws {
        let told = Calls()
        let experiment = try Experiment(
            "stopping", .minimize, .real("x", in: 0...1),
            strategy: .hyperband(reports: 27), trials: 30, seed: 3)
        let result = try await experiment.run { trial, x in
            for epoch in 1...27 {
                do {
                    try await trial.report(x + 1 / Double(epoch))
                } catch let stopped as TrialStopped {
                    #expect(trial.isStopping)
                    told.record(x)
                    throw stopped
                }
            }
            return x + 1 / 27
        }
        let stopped = result.trials.filter { $0.status == .stopped }
        #expect(stopped.count >= 15)
        #expect(Set(told.all) == Set(stopped.map { $0.values }))
        #expect(result.best.reportCount == 27)
        #expect(result.trials.reduce(0) { $0 + $1.reportCount } < 30 * 27 / 2)
    }

    @Test("What an objective returns counts once, also when it was the last report")
    func lastReport() async throws {
        let experiment = try Experiment(
            "last", .minimize, .real("x", in: 0...1), strategy: .random, trials: 2)
        let result = try await experiment.run { trial, x in
            try await trial.report(x)
            return x
        }
        #expect(result.trials.map(\.reportCount) == [1, 1])
    }

    @Test("An objective that throws has failed; the others count")
    func failures() async throws {
        let experiment = try Experiment(
            "failing", .minimize, .integer("n", in: 1...20), strategy: .grid(levels: 20),
            trials: 20, seed: 1)
        let result = try await experiment.run { _, n in
            if n.isMultiple(of: 2) { throw Wrong() }
            return n == 3 ? .nan : Double(n)
        }
        let failed = result.trials.filter { $0.status == .failed }
        #expect(failed.count == 10)
        #expect(failed.allSatisfy { $0.failureReason == "the data is missing" })
        #expect(result.trials.first { $0.values == 3 }?.result == nil)
        #expect(result.best.values == 1)
    }

    @Test("Without any result the first failure is thrown")
    func nothing() async throws {
        let experiment = try Experiment(
            "nothing", .minimize, .real("x", in: 0...1), trials: 5)
        await #expect(throws: ExperimentError.failed(reason: "the data is missing")) {
            try await experiment.run { _, _ in throw Wrong() }
        }
    }

    @Test("Progress tells every end, and is over when the run is")
    func progress() async throws {
        let experiment = try Experiment(
            "progress", .minimize, .real("x", in: 0...1), strategy: .random, trials: 12,
            parallel: 3)
        let (stream, continuation) = AsyncStream.makeStream(
            of: ExperimentProgress<Double>.self)
        async let result = experiment.run(progress: continuation) { _, x in x }
        var finished: Set<Int> = []
        var last: ExperimentProgress<Double>?
        for await progress in stream {
            finished.formUnion(
                progress.changed.filter { $0.status == .completed }.map(\.number))
            #expect(progress.finishedCount >= last?.finishedCount ?? 0)
            last = progress
        }
        #expect(finished == Set(0..<12))
        #expect(last?.finishedCount == 12 && last?.runningCount == 0)
        #expect(last?.bestResult == (try await result).best.result)
    }

    @Test("Cancelling cancels the trials and returns when they have")
    func cancelling() async throws {
        let calls = Calls()
        let experiment = try Experiment(
            "cancelled", .minimize, .real("x", in: 0...1), trials: 100, parallel: 4)
        let (started, starts) = AsyncStream.makeStream(of: Void.self)
        let task = Task {
            try await experiment.run { trial, x in
                calls.begin()
                defer { calls.end() }
                starts.yield()
                while !trial.isStopping { try await Task.sleep(for: .milliseconds(1)) }
                calls.record(x)
                return x
            }
        }
        var iterator = started.makeAsyncIterator()
        for _ in 0..<4 { await iterator.next() }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(calls.mostAtOnce == 4)
        calls.begin()
        #expect(calls.mostAtOnce == 4, "all had ended")
    }
}

@Suite("An experiment in a directory")
struct StoredExperimentTests {
    private let directory = FileManager.default.temporaryDirectory
        .appending(path: "experiments-\(UUID().uuidString)")

    private func experiment(_ trials: Int = 12) throws -> Experiment<Double> {
        try Experiment(
            "stored", .minimize, .real("x", in: 0...1), strategy: .bayesian, trials: trials,
            seed: 9, location: .directory(directory))
    }

    @Test("A run that was cancelled goes on, and comes to what it would have come to")
    func goingOn() async throws {
        defer { try? FileManager.default.removeItem(at: directory) }
        let whole = try Experiment(
            "stored", .minimize, .real("x", in: 0...1), strategy: .bayesian, trials: 12, seed: 9)
        let expected = try await whole.run { _, x in abs(x - 0.3) }
        let count = Mutex(0)
        let (reached, reach) = AsyncStream.makeStream(of: Void.self)
        let first = Task {
            try await experiment().run { trial, x in
                try await trial.report(1)
                let isLast = count.withLock { count in
                    count += 1
                    return count == 6
                }
                if isLast {
                    reach.yield()
                    while !trial.isStopping { try await Task.sleep(for: .milliseconds(1)) }
                    throw CancellationError()
                }
                return abs(x - 0.3)
            }
        }
        var iterator = reached.makeAsyncIterator()
        await iterator.next()
        first.cancel()
        await #expect(throws: CancellationError.self) { try await first.value }
        let again = Mutex(0)
        let result = try await experiment().run { trial, x in
            try await trial.report(1)
            again.withLock { $0 += 1 }
            return abs(x - 0.3)
        }
        #expect(again.withLock { $0 } == 7, "the one that was interrupted, and six more")
        #expect(result.trials.map(\.values) == expected.trials.map(\.values))
        #expect(result.trials.map(\.reportCount) == Array(repeating: 2, count: 12))
    }

    @Test("One that is over is not run again; another of its name is refused")
    func over() async throws {
        defer { try? FileManager.default.removeItem(at: directory) }
        let result = try await experiment().run { _, x in x }
        let same = try await experiment().run { _, _ in
            Issue.record("it was over")
            return 0
        }
        #expect(same.best.values == result.best.values)
        await #expect(throws: ExperimentError.another(name: "stored")) {
            try await experiment(13).run { _, x in x }
        }
    }
}

@Suite("Describing an experiment")
struct ExperimentDescriptionTests {
    @Test("What makes no sense is refused with what would be right")
    func refusals() throws {
        #expect(throws: ExperimentError.name("a b")) {
            try Experiment("a b", .minimize, .real("x", in: 0...1), trials: 1)
        }
        #expect(throws: ExperimentError.count("trials", 0)) {
            try Experiment("a", .minimize, .real("x", in: 0...1), trials: 0)
        }
        #expect(throws: ExperimentError.count("parallel", -1)) {
            try Experiment("a", .minimize, .real("x", in: 0...1), trials: 1, parallel: -1)
        }
        #expect(throws: SearchSpaceError.repeatedName("x")) {
            try Experiment(
                "a", .minimize, .real("x", in: 0...1), .flag("x"), trials: 1)
        }
        #expect(throws: SearchSpaceError.logarithmicNotAboveZero("x", lower: "0.0")) {
            try Experiment(
                "a", .minimize, .real("x", in: 0...1, scale: .logarithmic), trials: 1)
        }
        for (reports, least) in [(0, 1), (9, 0), (9, 10), (20_001, 1)] {
            #expect(throws: ExperimentError.reports(reports, least: least)) {
                try ExperimentStrategy.hyperband(reports: reports, least: least)
            }
        }
        #expect(throws: SearchSpaceError.levelsNotPositive("x", levels: 0)) {
            try Experiment(
                "a", .minimize, .real("x", in: 0...1), strategy: .grid(levels: 0), trials: 1)
        }
    }
}
