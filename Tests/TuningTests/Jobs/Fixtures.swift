import Foundation

@testable import Tuning

/// A short way to write the events of a tuning job, a second after one another.
struct EventLog {
    var state: TuningJobState
    private(set) var seconds = 0

    init(objective: Objective? = Objective(.maximize, "accuracy"), definitions: Int = 1) {
        let definition = TrainingJobDefinition(
            searchSpace: .empty, objective: objective, image: "mock:sphere", retryCountMax: 2)
        let specification = TuningJobSpecification(
            name: "search", definitions: Array(repeating: definition, count: definitions),
            plan: .fullTraining(.random),
            limits: ResourceLimits(trainingJobCountMax: nil, parallelCountMax: 4))
        state = TuningJobState(
            id: TuningJob.ID(rawValue: 7), specification: specification, creationTime: Self.time(0))
    }

    /// The time of the next event.
    var time: Date { Self.time(seconds) }

    static func time(_ seconds: Int) -> Date {
        Date(timeIntervalSinceReferenceDate: Double(seconds))
    }

    @discardableResult
    mutating func apply(_ trial: Int, _ change: TrialEvent.Change) throws -> TrainingJob {
        seconds += 1
        let event = TrialEvent(trial: trial, time: Self.time(seconds), change: change)
        guard let job = try state.apply(.trial(event)) else {
            throw TransitionError("trial \(trial) did not change")
        }
        return job
    }

    mutating func create(_ trial: Int, definition: Int = 0) throws {
        try apply(trial, Self.created(definition: definition))
    }

    /// Brings a new trial to its first attempt's training.
    mutating func train(_ trial: Int) throws {
        try create(trial)
        try apply(trial, .started(attempt: 1, .toTheEnd))
        try apply(trial, .entered(.training, message: nil))
    }

    /// Reports the objective; gives the report back.
    mutating func report(_ trial: Int, accuracy: Double) throws {
        let before = state.unfinished[trial]?.resource ?? Resource(0)
        let sample = MetricSample(time: time, values: ["accuracy": accuracy])
        let report = MetricReport(
            sample, objective: state.specification.definitions[0].objective, after: before)
        try apply(trial, .reported([report], ReportMark("\(seconds)")))
    }

    static func created(definition: Int = 0) -> TrialEvent.Change {
        .created(Hyperparameters(checked: [:]), Decision(rule: "test"), definition: definition)
    }
}
