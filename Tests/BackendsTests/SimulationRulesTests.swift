import Backends
import Foundation
import Synchronization
import Testing
import Tuning

@Suite("Simulation rules", .timeLimit(.minutes(2)))
struct SimulationRulesTests {
    /// What became of a training job on virtual time.
    struct Outcome {
        var end = Attempt.End.completed
        var samples: [MetricSample] = []
        var seconds = 0.0

        var capacityIsMissing: Bool {
            guard case .failed(let failure) = end else { return false }
            return failure.reason.hasPrefix("CapacityError: Unable to provision requested ML")
        }
    }

    private static func definition(
        image: String, environment: JSONValue = [:], resources: JSONValue = [:],
        metrics: [String] = []
    ) -> TrainingJobDefinition {
        TrainingJobDefinition(
            searchSpace: .empty, objective: Objective(.minimize, "loss"), image: image,
            metrics: metrics.map { MetricDefinition(name: $0, regex: "\($0)=(.*)") },
            envelope: ["Environment": environment, "ResourceConfig": resources])
    }

    private static func run(
        _ definition: TrainingJobDefinition, rules: SimulationRules = SimulationRules(),
        job: String = "job"
    ) async throws -> Outcome {
        let clock = VirtualClock()
        let attempt = Attempt(
            id: Attempt.ID(trainingJob: job, number: 1), definition: definition,
            hyperparameters: ["x": "2"], creationTime: Date(timeIntervalSince1970: 0))
        let samples = Mutex<[MetricSample]>([])
        let session = AttemptSession { update in
            if case .measured(let new, _) = update { samples.withLock { $0 += new } }
            return .proceed
        }
        let backend = SimulatedBackend(rules: rules, virtualClock: clock)
        let end = try await backend.run(attempt, in: session)
        return Outcome(
            end: end, samples: samples.withLock { $0 },
            seconds: clock.date.timeIntervalSince1970)
    }

    @Test("The job's environment comes first, then its image, the longest rule, the standard")
    func order() async throws {
        let rules = SimulationRules(
            standardImage: "mock:sphere?epochs=1",
            images: [
                "registry/": "mock:sphere?epochs=2", "registry/vision": "mock:sphere?epochs=3",
            ])
        let environment: JSONValue = ["TUNER_MOCK": "mock:sphere?epochs=5"]
        for (image, environment, epochs) in [
            ("exec:rm -rf /", [:], 1), ("registry/language:1", [:], 2),
            ("registry/vision:1", [:], 3), ("mock:sphere?epochs=4", [:], 4),
            ("mock:sphere?epochs=4", environment, 5), ("registry/vision:1", environment, 5),
        ] as [(String, JSONValue, Int)] {
            let definition = Self.definition(image: image, environment: environment)
            let outcome = try await Self.run(definition, rules: rules)
            #expect(outcome.end == .completed)
            #expect(outcome.samples.count == epochs, "\(image)")
            #expect(rules.problem(with: definition) == nil)
        }
    }

    @Test("An environment that cannot be simulated is refused, with its name")
    func wrongEnvironment() async throws {
        let wrong = Self.definition(image: "any", environment: ["TUNER_MOCK": "mock:sphere?x=1"])
        let text = try #require(SimulationRules().problem(with: wrong))
        #expect(text.hasPrefix("Environment variable TUNER_MOCK: Training image 'mock:sphere?x=1'"))
        #expect(try await Self.run(wrong).end == .failed(TrainingFailure(.algorithm, text)))
    }

    @Test("Every metric that is defined is reported; shares rise, others fall")
    func metrics() async throws {
        let names = ["loss", "validation:accuracy", "train:rmse"]
        let definition = Self.definition(image: "mock:sphere?epochs=20", metrics: names)
        let samples = try await Self.run(definition).samples
        #expect(samples.allSatisfy { Set($0.values.keys) == Set(names) })
        let accuracies = samples.compactMap { $0.values["validation:accuracy"] }
        let errors = samples.compactMap { $0.values["train:rmse"] }
        #expect(accuracies == accuracies.sorted() && accuracies.allSatisfy { 0.4 < $0 && $0 < 1 })
        #expect(errors == errors.sorted(by: >) && errors.allSatisfy { 0 < $0 })
        #expect(samples.last?.values["loss"] == 4)
        let other = try await Self.run(definition, job: "other").samples
        #expect(other.last?.values["train:rmse"] != errors.last)
        #expect(try await Self.run(definition).samples == samples)
    }

    @Test("Attempts take from half as long to half as long again, each always the same")
    func spread() async throws {
        let definition = Self.definition(image: "mock:sphere?epochs=4&seconds=10&spread=0.5")
        var times: [Double] = []
        for job in 0..<200 {
            times.append(try await Self.run(definition, job: "job-\(job)").seconds)
        }
        #expect(times.allSatisfy { 20 <= $0 && $0 <= 60 })
        // Uniform on 20...60: the standard error of the mean is 0.82, of the least below 0.3.
        #expect(abs(times.reduce(0, +) / 200 - 40) < 3.3, "seed 0")
        #expect(try #require(times.min()) < 22 && #require(times.max()) > 58, "seed 0")
        #expect(try await Self.run(definition, job: "job-7").seconds == times[7])
        let reseeded = SimulationRules(seed: 1)
        let other = try await Self.run(definition, rules: reseeded, job: "job-7")
        #expect(other.seconds != times[7])
    }

    @Test("Failures come in the epoch and with the reason asked for")
    func failures() async throws {
        let image =
            "mock:sphere?epochs=5&failures=1&failureEpoch=3&reason=ClientError%3A%20no%20data"
        let outcome = try await Self.run(Self.definition(image: image))
        #expect(outcome.end == .failed(TrainingFailure(.algorithm, "ClientError: no data")))
        #expect(outcome.samples.count == 2)
        let late = "mock:sphere?epochs=5&failureEpoch=6"
        #expect(
            SimulatedBackend.problem(withImage: late)?.contains("must be one of the 5 epochs")
                == true)
    }

    @Test("Capacity is missing as often as said, for all types, for one, for one job")
    func capacity() async throws {
        var rules = SimulationRules(capacityErrorProbabilities: ["ml.p3.2xlarge": 0.3])
        let scarce = Self.definition(
            image: "any", resources: ["InstanceType": "ml.p3.2xlarge", "InstanceCount": 1])
        var count = 0
        for job in 0..<1000 {
            let outcome = try await Self.run(scarce, rules: rules, job: "job-\(job)")
            if outcome.capacityIsMissing { count += 1 }
        }
        // The standard deviation is 14.5.
        #expect(abs(count - 300) < 58, "seed 0")
        let plenty = Self.definition(image: "any", resources: ["InstanceType": "ml.m5.large"])
        #expect(try await Self.run(plenty, rules: rules).end == .completed)
        rules.capacityErrorProbability = 1
        #expect(try await Self.run(plenty, rules: rules).capacityIsMissing)
        let lucky = Self.definition(
            image: "mock:sphere?capacityErrors=0", resources: ["InstanceType": "ml.m5.large"])
        #expect(try await Self.run(lucky, rules: rules).end == .completed)
    }

    @Test("One of several instance configurations with capacity is enough, all groups are needed")
    func alternatives() async throws {
        let rules = SimulationRules(capacityErrorProbabilities: ["ml.p3.2xlarge": 1])
        let types: JSONValue = [
            ["InstanceType": "ml.p3.2xlarge", "InstanceCount": 1],
            ["InstanceType": "ml.m5.large", "InstanceCount": 1],
        ]
        let choice = TrainingJobDefinition(
            searchSpace: .empty, objective: nil, image: "any",
            envelope: ["HyperParameterTuningResourceConfig": ["InstanceConfigs": types]])
        #expect(try await Self.run(choice, rules: rules).end == .completed)
        let groups = Self.definition(image: "any", resources: ["InstanceGroups": types])
        #expect(try await Self.run(groups, rules: rules).capacityIsMissing)
    }

    @Test("Training jobs of a tuning job go the same way when it is made again")
    func tuningJobs() async throws {
        let definition = Self.definition(image: "mock:sphere?epochs=3&noise=1")
        let first = try await Self.run(definition, job: "tuned-001-0a1b2c3d").samples
        #expect(try await Self.run(definition, job: "tuned-001-deadbeef").samples == first)
        #expect(try await Self.run(definition, job: "tuned-002-0a1b2c3d").samples != first)
    }
}
