import Backends
import Foundation
import Synchronization
import Testing
import Tuning
import TuningTesting

@Suite("Simulated backend")
struct SimulatedBackendTests {
    /// An attempt and what it reports.
    final class Course: Sendable {
        let attempt: Attempt
        let stop = StopSignal()
        private let measured = Mutex<[(samples: [MetricSample], mark: ReportMark)]>([])
        private let entered = Mutex<[TrainingPhase]>([])
        private let verdict: @Sendable (Int) -> Verdict

        init(
            _ image: String, job: String = "job-1", number: Int = 1,
            space: SearchSpace = .empty, hyperparameters: [String: String] = ["x": "3"],
            objective: Objective? = Objective(.minimize, "loss"),
            metrics: [MetricDefinition] = [], runtimeMax: Duration = .seconds(86_400),
            earlierRuntime: Duration = .zero, checkpoint: Checkpoint? = nil,
            verdict: @escaping @Sendable (Int) -> Verdict = { _ in .proceed }
        ) {
            let definition = TrainingJobDefinition(
                searchSpace: space, objective: objective, image: image, metrics: metrics,
                stoppingCondition: StoppingCondition(runtimeMax: runtimeMax))
            attempt = Attempt(
                id: Attempt.ID(trainingJob: job, number: number), definition: definition,
                hyperparameters: hyperparameters, checkpoint: checkpoint,
                creationTime: Date(timeIntervalSince1970: 0), earlierRuntime: earlierRuntime)
            self.verdict = verdict
        }

        func run(
            on backend: SimulatedBackend = SimulatedBackend(), after mark: ReportMark? = nil
        ) async throws -> Attempt.End {
            try await backend.run(
                attempt,
                in: AttemptSession(mark: mark, stop: stop) { update in
                    switch update {
                    case .entered(let phase, _, _):
                        self.entered.withLock { $0.append(phase) }
                    case .measured(let samples, let mark):
                        self.measured.withLock { $0.append((samples, mark)) }
                    }
                    return self.verdict(self.values.count)
                })
        }

        var samples: [MetricSample] { measured.withLock { $0.flatMap(\.samples) } }
        var values: [Double] { samples.flatMap(\.values.values) }
        var marks: [String] { measured.withLock { $0.map(\.mark.text) } }
        var phases: [TrainingPhase] { entered.withLock { $0 } }
    }

    // MARK: Values

    @Test("Reports fall to the function's value over the epochs, each with its mark")
    func learningCurve() async throws {
        let course = Course("mock:sphere?epochs=5")
        #expect(try await course.run() == .completed)
        #expect(course.values.count == 5 && course.values.last == 9)
        #expect(course.values == course.values.sorted(by: >))
        #expect(course.marks == ["1", "2", "3", "4", "5"])
        #expect(course.phases == [.training])
        #expect(course.samples.allSatisfy { Array($0.values.keys) == ["loss"] })
    }

    @Test("The inputs are the numeric parameters in the order of their names")
    func inputs() async throws {
        let space = try SearchSpace([
            .continuous("x2", min: "-5", max: "15"), .categorical("kind", values: ["a", "b", "c"]),
            .integer("x1", min: "-5", max: "10"),
        ])
        let values = ["x2": "2.0", "x1": "1", "kind": "c", "epochs": "7"]
        let course = Course("mock:branin", space: space, hyperparameters: values)
        #expect(try await course.run() == .completed)
        // Branin's value at (1, 2) is 21.62763539206238; the third category adds 0.2.
        #expect(abs((course.values.last ?? 0) - 21.82763539206238) < 1e-9)
    }

    @Test("Without an objective the first metric that is defined is reported")
    func metricName() async throws {
        let metric = MetricDefinition(name: "accuracy", regex: "a=(.*)")
        let defined = Course("mock:sphere", objective: nil, metrics: [metric])
        _ = try await defined.run()
        #expect(defined.samples.map { Array($0.values.keys) } == [["accuracy"]])
        let bare = Course("mock:sphere", objective: nil)
        _ = try await bare.run()
        #expect(bare.samples.map { Array($0.values.keys) } == [["objective"]])
    }

    @Test("Noise has the standard deviation asked for, and is the same for the same attempt")
    func noise() async throws {
        let image = "mock:sphere?noise=0.5&seed=3"
        var errors: [Double] = []
        for job in 0..<2000 {
            let course = Course(image, job: "job-\(job)")
            _ = try await course.run()
            errors += course.values.map { $0 - 9 }
        }
        let mean = errors.reduce(0, +) / 2000
        let variance = errors.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 1999
        // Standard errors: 0.011 of the mean, 0.008 of the standard deviation.
        #expect(abs(mean) < 0.045, "seed 3")
        #expect(abs(variance.squareRoot() - 0.5) < 0.032, "seed 3")
        let (again, other) = (Course(image, job: "job-7"), Course(image, job: "job-7", number: 2))
        let reseeded = Course("mock:sphere?noise=0.5&seed=4", job: "job-7")
        for course in [again, other, reseeded] { _ = try await course.run() }
        #expect(again.values == [9 + errors[7]])
        #expect(other.values != again.values && reseeded.values != again.values)
    }

    @Test("As many attempts fail as asked for, at any epoch, and the same ones again")
    func failures() async throws {
        let image = "mock:sphere?failures=0.3&epochs=4&seed=5"
        var epochCounts: [Int: Int] = [:]
        for job in 0..<2000 {
            let course = Course(image, job: "job-\(job)")
            guard case .failed(let failure) = try await course.run() else { continue }
            #expect(failure.cause == .algorithm)
            epochCounts[course.values.count, default: 0] += 1
            if job < 50 { #expect(try await Course(image, job: "job-\(job)").run() != .completed) }
        }
        // Standard deviations: 20 of the sum, 12 of each count.
        #expect(abs(epochCounts.values.reduce(0, +) - 600) < 82, "seed 5")
        #expect(Set(epochCounts.keys) == [0, 1, 2, 3], "seed 5")
        #expect(epochCounts.values.allSatisfy { abs($0 - 150) < 48 }, "seed 5: \(epochCounts)")
        let lost = try await Course("mock:sphere?failures=1&cause=internal").run()
        let reason = "InternalServerError: Simulated failure after 0 of 1 epochs."
        #expect(lost == .failed(TrainingFailure(.internal, reason)))
    }

    // MARK: Ends

    @Test("Goes on behind the mark with the same numbers after a crash", arguments: [0, 1, 3, 6])
    func attaching(reported: Int) async throws {
        let image = "mock:sphere?epochs=6&noise=1"
        let whole = Course(image)
        _ = try await whole.run()
        let rest = Course(image)
        let mark = reported == 0 ? nil : ReportMark("\(reported)")
        #expect(try await rest.run(after: mark) == .completed)
        #expect(rest.values == Array(whole.values[reported...]))
        #expect(rest.marks.first == (reported == 6 ? nil : "\(reported + 1)"))
    }

    @Test("The verdicts to stop and to pause are obeyed, and a paused attempt goes on")
    func verdicts() async throws {
        let stopped = Course("mock:sphere?epochs=9") { $0 == 4 ? .stop : .proceed }
        let backend = SimulatedBackend()
        #expect(try await stopped.run(on: backend) == .stopped(.earlyStopping))
        #expect(stopped.values.count == 4)
        let paused = Course("mock:sphere?epochs=9") { $0 == 3 ? .pause : .proceed }
        #expect(try await paused.run() == .paused(Checkpoint(location: "3")))
        let resumed = Course(
            "mock:sphere?epochs=9", number: 2, checkpoint: Checkpoint(location: "3"))
        #expect(try await resumed.run() == .completed)
        #expect(resumed.marks.first == "4" && resumed.values.last == 9)
    }

    @Test("A stop that was asked for before the start is obeyed, and its end is remembered")
    func stopBefore() async throws {
        let backend = SimulatedBackend()
        let course = Course("mock:sphere?epochs=3")
        course.stop.request(.tuningJobEnded)
        #expect(try await course.run(on: backend) == .stopped(.tuningJobEnded))
        #expect(course.values.isEmpty)
        let again = Course("mock:sphere?epochs=3")
        #expect(try await again.run(on: backend) == .stopped(.tuningJobEnded))
        #expect(again.values.isEmpty)
    }

    @Test("A stop in the middle of an epoch ends it there", .timeLimit(.minutes(10)))
    func stopMidway() async throws {
        let clock = ManualClock()
        let backend = SimulatedBackend(clock: clock)
        let course = Course("mock:sphere?epochs=10&seconds=60&startup=5")
        async let end = course.run(on: backend)
        await clock.sleepers()
        #expect(course.phases == [.starting])
        clock.advance(by: .seconds(5))
        await clock.sleepers()
        clock.advance(by: .seconds(60))
        await clock.sleepers()
        clock.advance(by: .seconds(30))
        course.stop.request(.requested)
        #expect(try await end == .stopped(.requested))
        #expect(course.values.count == 1 && course.phases == [.starting, .training])
    }

    @Test("Cancelling detaches, and attaching goes on", .timeLimit(.minutes(10)))
    func detaching() async throws {
        let clock = ManualClock()
        let backend = SimulatedBackend(clock: clock)
        let course = Course("mock:sphere?epochs=3&seconds=60")
        let task = Task { try await course.run(on: backend) }
        await clock.sleepers()
        clock.advance(by: .seconds(60))
        await clock.sleepers()
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(course.marks == ["1"])
        async let end = course.run(on: backend, after: ReportMark("1"))
        for _ in 0..<2 {
            await clock.sleepers()
            clock.advance(by: .seconds(60))
        }
        #expect(try await end == .completed)
        #expect(course.marks == ["1", "2", "3"])
    }

    @Test("What a report throws ends the run")
    func throwingReport() async throws {
        let attempt = Course("mock:sphere?epochs=3").attempt
        let session = AttemptSession { _ in throw StoreError.full(path: "/store") }
        await #expect(throws: StoreError.full(path: "/store")) {
            try await SimulatedBackend().run(attempt, in: session)
        }
    }

    // MARK: Virtual time

    @Test("A month of training takes no time on a virtual clock", .timeLimit(.minutes(10)))
    func month() async throws {
        let clock = VirtualClock()
        let backend = SimulatedBackend(virtualClock: clock)
        let course = Course(
            "mock:sphere?epochs=30&seconds=86400&startup=60", runtimeMax: .seconds(1e9))
        #expect(try await course.run(on: backend) == .completed)
        #expect(clock.now.offset == .seconds(30 * 86_400 + 60))
        let times = course.samples.map { Int($0.time.timeIntervalSince1970) }
        #expect(times == (1...30).map { $0 * 86_400 + 60 })
    }

    @Test("Runs as long as it may, over all attempts and also when attached to")
    func runtimeLimit() async throws {
        for (earlier, mark, values) in [(0, 0, 4), (15, 0, 3), (0, 2, 2), (45, 0, 0)] {
            let clock = VirtualClock()
            let course = Course(
                "mock:sphere?epochs=9&seconds=10", runtimeMax: .seconds(45),
                earlierRuntime: .seconds(earlier))
            let end = try await course.run(
                on: SimulatedBackend(virtualClock: clock),
                after: mark == 0 ? nil : ReportMark("\(mark)"))
            #expect(end == .stopped(.runtimeExceeded))
            #expect(course.values.count == values)
            #expect(clock.now.offset == .seconds(45 - earlier - 10 * mark))
        }
    }

    @Test("A resumed attempt has what earlier attempts left of its run time")
    func resumedRuntime() async throws {
        let clock = VirtualClock()
        let course = Course(
            "mock:sphere?epochs=9&seconds=10", number: 2, runtimeMax: .seconds(60),
            earlierRuntime: .seconds(30), checkpoint: Checkpoint(location: "3"))
        let end = try await course.run(
            on: SimulatedBackend(virtualClock: clock), after: ReportMark("4"))
        #expect(end == .stopped(.runtimeExceeded))
        #expect(course.marks == ["5", "6"])
        #expect(clock.now.offset == .seconds(20))
    }

    @Test("Attempts side by side report in the order of virtual time", .timeLimit(.minutes(10)))
    func sideBySide() async throws {
        let clock = VirtualClock()
        let backend = SimulatedBackend(virtualClock: clock)
        let courses = (1...20).map {
            Course("mock:sphere?epochs=50&seconds=\($0)", job: "job-\($0)")
        }
        // Time starts when all attempts are there.
        let tasks = await clock.participate {
            let tasks = courses.map { course in Task { try await course.run(on: backend) } }
            while courses.contains(where: { $0.phases.isEmpty }) { await Task.yield() }
            return tasks
        }
        for task in tasks { #expect(try await task.value == .completed) }
        #expect(clock.now.offset == .seconds(50 * 20))
        for (course, seconds) in zip(courses, 1...20) {
            let times = course.samples.map { Int($0.time.timeIntervalSince1970) }
            #expect(times == (1...50).map { $0 * seconds })
        }
    }
}

@Suite("Simulated images")
struct SimulatedImageTests {
    @Test(
        "Good ones have no problem",
        arguments: [
            "mock:branin", "mock:sphere?epochs=3", "mock:levy?seconds=0.5&noise=1e-3",
            "mock:ackley?failures=1&cause=internal&startup=2&seed=18446744073709551615",
            "mock:rosenbrock", "mock:hartmann6?epochs=1000000",
        ])
    func good(image: String) {
        #expect(SimulatedBackend.accepts(image: image))
        #expect(SimulatedBackend.problem(withImage: image) == nil)
    }

    @Test(
        "Bad ones are told what would be right",
        arguments: [
            ("mock:", "must be one of branin, hartmann6, ackley, rosenbrock, sphere, levy"),
            ("mock:Branin", "function 'Branin' must be one of"), ("mock:sphere?", "NAME=VALUE"),
            ("mock:sphere?epochs", "option 'epochs' must be written NAME=VALUE"),
            ("mock:sphere?epochs=0", "from 1 to 1000000"), ("mock:sphere?epochs=2.5", "whole"),
            ("mock:sphere?epochs=1&epochs=2", "option 'epochs' is given twice"),
            ("mock:sphere?seconds=-1", "from 0 to 31536000"), ("mock:sphere?noise=nan", "number"),
            ("mock:sphere?seconds=1e99", "from 0 to 31536000"), ("mock:sphere?noise=-1", "from 0"),
            ("mock:sphere?failures=1.1", "a probability from 0 to 1"),
            ("mock:sphere?cause=bad", "algorithm or internal"), ("mock:sphere?seed=-1", "whole"),
            ("mock:sphere?speed=1", "unknown; the options are epochs, seconds"),
            ("exec:train", "must begin with 'mock:'"),
        ])
    func bad(image: String, problem: String) throws {
        let text = try #require(SimulatedBackend.problem(withImage: image))
        #expect(text.contains(problem), "\(text)")
        #expect(text.contains("'\(image)'"))
    }

    @Test("A training job with a bad one fails with the same text")
    func run() async throws {
        let end = try await SimulatedBackendTests.Course("mock:nothing").run()
        let text = try #require(SimulatedBackend.problem(withImage: "mock:nothing"))
        #expect(end == .failed(TrainingFailure(.algorithm, text)))
    }
}
