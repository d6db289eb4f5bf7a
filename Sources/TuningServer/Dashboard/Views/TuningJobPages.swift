import Foundation
import Tuning

/// The overview.
struct TuningJobsView {
    let frame: FrameView
    let name: String
    let statuses: [OptionView]
    let table: TuningJobTableView
    /// Training jobs created on their own; `nil` when there are none.
    let own: OwnTrainingJobsView?
}

/// Training jobs created on their own, as the overview shows them.
struct OwnTrainingJobsView {
    let table: TrainingJobTableView
}

/// The table of the overview.
struct TuningJobTableView {
    let rows: [TuningJobView]
    let isEmpty: Bool
    let isFiltered: Bool
    /// Where the table is as it is now.
    let liveURL: String
    let pager: PagerView?
}

/// The page of one tuning job.
struct TuningJobPageView {
    let frame: FrameView
    let job: TuningJobSummaryView
    let charts: [ChartPanelView]
    let definitions: [FactView]
    let table: TrainingJobTableView
    let statuses: [OptionView]
    let settings: [FactView]
    let criteria: [FactView]
    let parents: [FactView]
    let request: String
}

/// The head of a tuning job's page.
struct TuningJobSummaryView {
    /// The training job with the best value.
    struct Best {
        let name: String
        let url: String
        let value: String
        let hyperparameters: [FactView]
    }

    let name: String
    let url: String
    let liveURL: String
    let status: StatusView
    let strategy: String
    let objective: String?
    let progress: ProgressView
    let best: Best?
    let created: TimeView
    let runtime: String
    let isRunning: Bool
    let mayStop: Bool
    let findings: [HealthFinding]

    init(
        _ job: TuningJob, objective: Objective?, best: TrainingJob?, mayStop: Bool, now: Date
    ) {
        name = job.name
        url = DashboardPath.tuningJob(job.name)
        liveURL = "\(url)/fragments/summary"
        status = StatusView(job.status)
        strategy = job.strategy
        self.objective = objective?.label
        progress = ProgressView(job)
        self.best = best.map { best in
            let row = TrainingJobView(best, objective: objective, best: job.best, now: now)
            return Best(
                name: best.name, url: row.url, value: row.value ?? "",
                hyperparameters: best.searchedFacts)
        }
        created = TimeView(job.creationTime, now: now)
        runtime = job.runtime(now: now).shortText
        isRunning = !job.status.isFinished
        self.mayStop = mayStop
        findings = job.findings
    }
}

/// What was asked of a tuning job, in words.
enum SpecificationFacts {
    static func settings(
        of specification: TuningJobSpecification, _ job: TuningJob
    ) -> [FactView] {
        let limits = specification.limits
        var facts = [
            FactView(name: "Strategy", value: specification.plan.label),
            FactView(
                name: "Training jobs",
                value: limits.trainingJobCountMax.map { "at most \($0)" } ?? "no limit"),
            FactView(name: "In parallel", value: "at most \(limits.parallelCountMax)"),
        ]
        if let runtime = limits.runtimeMax {
            facts.append(FactView(name: "Runtime", value: "at most \(runtime.shortText)"))
        }
        switch specification.plan {
        case .medianStopping: facts.append(FactView(name: "Early stopping", value: "median rule"))
        case .hyperband(let plan):
            facts.append(
                FactView(
                    name: "Resource",
                    value: "\(plan.resourceMin.units) to \(plan.resourceMax.units) reports"))
        case .fullTraining: facts.append(FactView(name: "Early stopping", value: "off"))
        }
        if let seed = specification.seed { facts.append(FactView(name: "Seed", value: "\(seed)")) }
        for definition in specification.definitions {
            let name = definition.name.map { " of \($0)" } ?? ""
            facts.append(FactView(name: "Image\(name)", value: definition.image))
        }
        for tag in specification.tags {
            facts.append(FactView(name: "Tag \(tag.key)", value: tag.value))
        }
        facts.append(FactView(name: "ARN", value: job.arn))
        return facts
    }

    static func criteria(
        of specification: TuningJobSpecification, _ job: TuningJob
    ) -> [FactView] {
        let criteria = specification.completionCriteria
        let objective = specification.definitions[0].objective
        var facts: [FactView] = []
        if let cost = criteria.targetCost {
            let value = objective?.value(of: cost) ?? cost.value
            facts.append(
                FactView(name: "Ends when \(objective?.metric ?? "cost") is", value: "\(value)"))
        }
        if let count = criteria.notImprovingCountMax {
            facts.append(
                FactView(name: "Ends without improvement after", value: "\(count) training jobs"))
        }
        if criteria.completesOnConvergence {
            facts.append(FactView(name: "Ends on convergence", value: "yes"))
        }
        facts.append(
            FactView(
                name: "Since the last improvement",
                value: "\(job.completion.notImprovingCount) training jobs"))
        if let time = job.completion.convergenceTime {
            facts.append(FactView(name: "Converged", value: time.formatted(.iso8601)))
        }
        return facts
    }

    /// The tuning jobs it knows results from.
    static func parents(
        of specification: TuningJobSpecification, _ reader: any TuningStoreReader
    ) async throws -> [FactView] {
        guard let warmStart = specification.warmStart else { return [] }
        var facts = [
            FactView(name: "Kind", value: warmStart.kind.rawValue),
            FactView(name: "Results taken over", value: "\(warmStart.priors.count)"),
        ]
        let named = specification.request["WarmStartConfig"]?["ParentHyperParameterTuningJobs"]
        for parent in named?.array ?? [] {
            guard let name = parent["HyperParameterTuningJobName"]?.string else { continue }
            let isThere = try await reader.tuningJob(named: name, kind: .tuning) != nil
            facts.append(
                FactView(
                    name: "Parent", value: name,
                    url: isThere ? DashboardPath.tuningJob(name) : nil))
        }
        return facts
    }
}
