import Foundation
import Reports
import Tuning

/// A tuning job that is over, as a record, without a store.
struct RecordedTrials {
    /// How a training job came out.
    struct Trial {
        let tuned: Hyperparameters
        var definition = 0
        /// Every report of the objective.
        var values: [Double] = []
        var outcome: Tuning.Trial.Outcome
    }

    /// What there is to read.
    private(set) var record: TuningRecord
    private var position: Int64 = 0

    /// A tuning job with a definition for each search space.
    init(
        _ spaces: [SearchSpace], objective: Objective = Objective(.minimize, "loss"),
        objectives: [Objective]? = nil, names: [String]? = nil
    ) {
        let definitions = spaces.indices.map { index in
            TrainingJobDefinition(
                name: names?[index], searchSpace: spaces[index],
                objective: objectives?[index] ?? objective,
                image: "mock:sphere")
        }
        let specification = TuningJobSpecification(
            name: "recorded", kind: .tuning, definitions: definitions,
            plan: .fullTraining(.random),
            limits: ResourceLimits(
                trainingJobCountMax: nil, parallelCountMax: 10_000, runtimeMax: nil),
            seed: 1, tags: [], request: [:])
        record = TuningRecord(
            id: TuningJob.ID(rawValue: 1), specification: specification, creationTime: Self.start)
    }

    /// When everything began.
    static let start = Date(timeIntervalSince1970: 1_700_000_000)

    /// Adds a training job that started and ended.
    mutating func append(_ trial: Trial, metrics: [MetricName: Double] = [:]) throws {
        let ordinal = record.trials.count
        let objective = record.specification.definitions[trial.definition].objective
        func apply(_ change: TrialEvent.Change, after seconds: Double) throws {
            position += 1
            let event = TrialEvent(
                trial: ordinal, time: Self.start + Double(ordinal) + seconds, change: change)
            try record.apply(
                StoredEvent(position: EventPosition(position), event: .trial(event)))
        }
        let decision = Decision(rule: "random", eventCount: ordinal)
        try apply(.created(trial.tuned, decision, definition: trial.definition), after: 0)
        try apply(.started(attempt: 1, .toTheEnd), after: 0)
        try apply(.entered(.training, message: nil), after: 0.25)
        let reports = trial.values.indices.map { index in
            MetricReport(
                MetricSample(
                    time: Self.start,
                    values: metrics.merging(["loss": trial.values[index]]) { $1 }),
                objective: objective, after: Resource(index))
        }
        if !reports.isEmpty { try apply(.reported(reports, ReportMark("1")), after: 0.5) }
        try apply(.finished(trial.outcome), after: 1.5)
    }

    /// Adds a training job that reported one cost, or failed.
    mutating func append(_ tuned: Hyperparameters, cost: Double?) throws {
        guard let cost else {
            let failure = TrainingFailure(.algorithm, "no data")
            return try append(Trial(tuned: tuned, outcome: .failed(failure)))
        }
        try append(Trial(tuned: tuned, values: [cost], outcome: .completed(Cost(cost))))
    }
}
