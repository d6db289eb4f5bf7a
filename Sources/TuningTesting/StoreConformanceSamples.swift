import Foundation
import Tuning

/// A tuning job that is taken through events, so that rows and events always fit together.
package struct SampleJob: Sendable {
    /// What happened so far.
    package private(set) var state: TuningJobState

    /// The time of the first event, which no number of seconds since 1970 can express exactly.
    package static let start = Date(timeIntervalSinceReferenceDate: 800_000_000 + 0x1p-23)

    /// Its identity.
    package var id: TuningJob.ID { state.job.id }

    /// A job of a kind that has not been stored.
    ///
    /// - Parameter number: Its identity; also moves the time of its creation.
    package init(
        _ name: String, number: Int64, kind: TuningJobSpecification.Kind = .tuning,
        direction: Objective.Direction = .maximize, tags: [Tuning.Tag] = [], age: TimeInterval = 0
    ) {
        let definition = TrainingJobDefinition(
            name: "définition", searchSpace: .empty,
            objective: kind == .tuning ? Objective(direction, "accuracy") : nil,
            staticHyperparameters: ["epochs": "3"], image: "mock:branin?epochs=3",
            metrics: [MetricDefinition(name: "accuracy", regex: #"accuracy=(\S+)"#)],
            retryCountMax: 2, envelope: ["VpcConfig": ["Subnets": ["a", "b"]], "x": 0.1])
        let specification = TuningJobSpecification(
            name: name, kind: kind, definitions: [definition],
            plan: .fullTraining(kind == .tuning ? .random : .single),
            limits: ResourceLimits(
                trainingJobCountMax: 100, parallelCountMax: 10, runtimeMax: .seconds(86_400)),
            seed: .max, tags: tags, request: ["HyperParameterTuningJobName": .string(name)])
        state = TuningJobState(
            id: TuningJob.ID(rawValue: number), specification: specification,
            creationTime: Self.start.addingTimeInterval(-age))
    }

    /// Moves on, and collects what a store is to write.
    package mutating func change(_ events: [TuningEvent]) throws -> TuningJobChange {
        var trainingJobs: [Trial.ID: TrainingJob] = [:]
        for event in events {
            if let changed = try state.apply(event) { trainingJobs[changed.id.ordinal] = changed }
        }
        return TuningJobChange(job: state.job, events: events, trainingJobs: trainingJobs)
    }

    /// Stores the job itself.
    package func create(in store: any TuningStore) async throws {
        try await store.create(
            TuningJobChange(job: state.job), specification: state.specification)
    }

    /// Moves on, and stores it.
    package mutating func append(_ events: [TuningEvent], to store: any TuningStore) async throws {
        try await store.append(change(events))
    }
}

extension TuningEvent {
    /// What happened to a trial, some seconds after the start.
    package static func sample(
        _ trial: Trial.ID, _ change: TrialEvent.Change, after seconds: TimeInterval = 0
    ) -> TuningEvent {
        .trial(
            TrialEvent(
                trial: trial, time: SampleJob.start.addingTimeInterval(seconds), change: change))
    }

    /// A new trial.
    package static func sampleCreation(
        _ trial: Trial.ID, after seconds: TimeInterval = 0
    ) -> TuningEvent {
        let tuned = Hyperparameters(checked: ["learning rate": "0.001", "é": ""])
        let decision = Decision(
            rule: "random", eventCount: trial, details: ["mean": 1.0, "count": 1, "none": .null])
        return .sample(trial, .created(tuned, decision, definition: 0), after: seconds)
    }
}

extension [TuningEvent] {
    /// All that happens to a trial that reports one value of its objective.
    package static func sampleLife(
        _ trial: Trial.ID, value: Double, end: Trial.Outcome? = nil, after seconds: TimeInterval = 0
    ) -> [TuningEvent] {
        let cost = Objective(.maximize, "accuracy").cost(of: value)
        return [
            .sampleCreation(trial, after: seconds),
            .sample(trial, .started(attempt: 1, .toTheEnd), after: seconds + 1),
            .sample(trial, .entered(.training, message: nil), after: seconds + 2),
            .sample(
                trial, .reported([.sample(["accuracy": value])], ReportMark("1")),
                after: seconds + 3),
            .sample(trial, .finished(end ?? .completed(cost)), after: seconds + 4),
        ]
    }
}

extension MetricReport {
    /// A report of the objective, which is to be maximised.
    package static func sample(_ values: [MetricName: Double], number: Int = 1) -> MetricReport {
        MetricReport(
            MetricSample(
                time: SampleJob.start.addingTimeInterval(Double(number) / 3), values: values),
            objective: Objective(.maximize, "accuracy"), after: Resource(number - 1))
    }
}
