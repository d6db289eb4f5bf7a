import Foundation
import Tuning

/// A training job as a row of a table.
struct TrainingJobView {
    /// The most hyperparameters of a row.
    private static let hyperparameterCountMax = 8

    let name: String
    /// Its number in its tuning job, from 1.
    let number: Int
    let url: String
    let status: StatusView
    /// The objective's value; `nil` without one.
    let value: String?
    /// Whether it is the best of its tuning job.
    let isBest: Bool
    /// How often it reported its objective.
    let resource: Int
    /// The first hyperparameters that were searched, in the order of their names.
    let hyperparameters: [FactView]
    /// How many more there are; `nil` without any.
    let hiddenCount: Int?
    /// How long it has run.
    let runtime: String?
    let created: TimeView
    let failure: String?
    /// The tuning job it belongs to; `nil` for one created on its own.
    var tuningJob: FactView?

    init(_ job: TrainingJob, objective: Objective?, best: TuningJob.Best?, now: Date) {
        name = job.name
        number = job.id.ordinal + 1
        url = DashboardPath.trainingJob(job.name)
        status = StatusView(job)
        value = job.objectiveValue(objective)?.shortText
        isBest = best?.ordinal == job.id.ordinal
        resource = job.resource.units
        hyperparameters = Array(job.searchedFacts.prefix(Self.hyperparameterCountMax))
        let hidden = job.tuned.values.count - hyperparameters.count
        hiddenCount = hidden > 0 ? hidden : nil
        runtime = job.startTime.map { _ in job.runtime(at: now).shortText }
        created = TimeView(job.creationTime, now: now)
        failure = job.failure?.reason
    }
}

extension TrainingJob {
    /// The hyperparameters that were searched, in the order of their names.
    var searchedFacts: [FactView] {
        tuned.values.sorted { $0.key < $1.key }.map {
            FactView(name: $0.key, value: Double(wire: $0.value)?.shortText ?? $0.value)
        }
    }

    /// The last value of the objective.
    func objectiveValue(_ objective: Objective?) -> Double? {
        guard let objective else { return nil }
        return cost.map { objective.value(of: $0) } ?? finalMetrics[objective.metric]?.value
    }
}

/// Why a training job's hyperparameters were chosen, for people.
struct DecisionView {
    /// What chose them, as a sentence.
    let summary: String
    let facts: [FactView]
    /// All that was stored.
    let details: String?

    init(_ decision: Decision, objective: Objective?) {
        let details = decision.details
        summary = Self.summary(of: decision.rule, details)
        var facts = [FactView(name: "Rule", value: decision.rule)]
        func value(_ cost: Double) -> String {
            let known = Cost(cost).flatMap { cost in objective?.value(of: cost) }
            return (known ?? cost).shortText
        }
        if let cost = details?["expectedCost"]?.number {
            facts.append(
                FactView(
                    name: "Expected \(objective?.metric ?? "cost")", value: value(cost),
                    note: "the middle of what the model believed"))
        }
        if let deviation = details?["standardisedDeviation"]?.number {
            facts.append(
                FactView(
                    name: "Deviation", value: "±\(deviation.shortText)",
                    note: "how unsure it was, in standardised cost: 1 is the spread of all costs"))
        }
        if let cost = details?["incumbentCost"]?.number {
            facts.append(FactView(name: "Best believed so far", value: value(cost)))
        }
        if let count = details?["observations"]?.integer {
            facts.append(FactView(name: "Results it had seen", value: "\(count)"))
        }
        if let pending = details?["pending"]?.array {
            let names = pending.compactMap(\.integer).map { "#\($0 + 1)" }
            facts.append(
                FactView(
                    name: "Still running then",
                    value: names.isEmpty ? "none" : names.joined(separator: ", ")))
        }
        if let bracket = details?["bracket"]?.integer {
            facts.append(FactView(name: "Bracket", value: "\(bracket)"))
        }
        let fallbacks =
            details?["fallbacks"]?.array?.compactMap(\.string)
            ?? [details?["fallback"]?.string].compactMap { $0 }
        if !fallbacks.isEmpty {
            facts.append(FactView(name: "Fallbacks", value: fallbacks.joined(separator: "; ")))
        }
        if let milliseconds = decision.milliseconds {
            facts.append(FactView(name: "Took", value: "\(milliseconds.shortText) ms"))
        }
        facts.append(FactView(name: "Events it knew", value: "\(decision.eventCount)"))
        self.facts = facts
        self.details = details?.indentedText
    }

    private static func summary(of rule: String, _ details: JSONValue?) -> String {
        switch rule {
        case "bayesian":
            "A model of the results so far expected the most improvement here."
        case "random": "Drawn at random."
        case "sobol": "The next point of a sequence that fills the space evenly."
        case "grid": "The next combination of the grid."
        case "centre": "The centre of the search space, to have something to compare with."
        case "single": "Created on its own: its hyperparameters were given, not chosen."
        default: "Chosen by the rule “\(rule)”."
        }
    }
}
