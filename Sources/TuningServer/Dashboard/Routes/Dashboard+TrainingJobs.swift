import Foundation
import Hummingbird
import Tuning

// The tables of training jobs, and the page of one.

extension Dashboard {
    /// The training jobs of a page.
    private static let trainingJobCount = 25

    /// What the query of an address selects.
    static func trainingJobQuery(_ visit: Visit) -> TrainingJobQuery {
        var query = TrainingJobQuery()
        query.sortKey =
            visit.query["sort"].flatMap { TrainingJobQuery.SortKey(rawValue: $0) } ?? .creationTime
        query.order =
            visit.query["order"].flatMap { Tuning.SortOrder(rawValue: $0) } ?? .descending
        query.limit = visit.limit(standard: trainingJobCount, max: 100)
        query.nameContains = visit.query["name"]
        query.status = visit.query["status"].flatMap { TrainingJob.Status(rawValue: $0) }
        query.token = visit.query["next"].map { PageToken($0) }
        return query
    }

    /// The table on a tuning job's page.
    func trainingJobTable(
        _ visit: Visit, of job: TuningJob, _ specification: TuningJobSpecification
    ) async throws -> TrainingJobTableView {
        var query = Self.trainingJobQuery(visit)
        query.tuningJob = job.id
        let page = try await reader.trainingJobs(query)
        let now = now
        let url = DashboardPath.tuningJob(job.name)
        var fields = Self.fields(of: visit)
        let columns = ColumnView.all(
            path: url, fields: fields, query: query, anchor: "training-jobs")
        fields += [("sort", visit.query["sort"]), ("order", visit.query["order"])]
        let objective = specification.definitions[0].objective
        return TrainingJobTableView(
            rows: page.elements.map {
                let objective = specification.definitions[$0.definition].objective
                return TrainingJobView($0, objective: objective, best: job.best, now: now)
            },
            columns: columns, objective: objective?.label,
            liveURL: DashboardPath.query(
                "\(url)/fragments/training-jobs", fields + [("next", visit.query["next"])]),
            pager: PagerView(
                path: url, fields: fields, token: visit.query["next"], next: page.next))
    }

    /// The fields of a listing that its links keep.
    private static func fields(of visit: Visit) -> [(String, String?)] {
        ["name", "status", "definition", "limit"].map { ($0, visit.query[$0]) }
    }

    /// All training jobs there are.
    func trainingJobsPage(_ visit: Visit) async throws -> Response {
        var query = Self.trainingJobQuery(visit)
        let isOwn = visit.query["kind"] == TuningJobSpecification.Kind.training.rawValue
        if isOwn { query.kind = .training }
        let page = try await reader.trainingJobs(query)
        let now = now
        var rows: [TrainingJobView] = []
        for job in page.elements {
            guard let specification = try await reader.specification(of: job.id.tuningJob)
            else { continue }
            let objective = specification.definitions[job.definition].objective
            var row = TrainingJobView(job, objective: objective, best: nil, now: now)
            if specification.kind == .tuning {
                row.tuningJob = FactView(
                    name: "Tuning job", value: specification.name,
                    url: DashboardPath.tuningJob(specification.name))
            }
            rows.append(row)
        }
        let fields =
            Self.fields(of: visit) + [
                ("kind", visit.query["kind"]), ("sort", visit.query["sort"]),
                ("order", visit.query["order"]),
            ]
        let table = TrainingJobTableView(
            rows: rows, columns: nil, objective: nil, liveURL: nil,
            pager: PagerView(
                path: "/training-jobs", fields: fields, token: visit.query["next"],
                next: page.next))
        let view = TrainingJobsView(
            frame: frame("Training jobs", visit, section: .trainingJobs),
            name: visit.query["name"] ?? "", isOwn: isOwn,
            statuses: OptionView.statuses(
                TrainingJob.Status.allCases.map(\.rawValue), selected: visit.query["status"]),
            table: table)
        return Response("training-jobs", view)
    }
}

// MARK: - One training job

extension Dashboard {
    func trainingJobPage(_ visit: Visit) async throws -> Response {
        let job = try await trainingJob(visit)
        let specification = try await dispatcher.specification(of: job.id.tuningJob)
        let definition = specification.definitions[job.definition]
        let summary = try await summary(of: job, specification, visit)
        let log = try await logs?(job.name, nil)
        let amendment = try await reader.amendment(of: job.id)
        let view = TrainingJobPageView(
            frame: frame(
                job.name, visit,
                section: specification.kind == .tuning ? .tuningJobs : .trainingJobs),
            job: summary,
            decision: specification.kind == .tuning
                ? DecisionView(job.decision, objective: definition.objective) : nil,
            hyperparameters: Self.hyperparameters(of: job, definition),
            log: log.map { LogView($0, job) },
            definition: definition.envelope.indentedText,
            amendment: amendment.isEmpty ? nil : JSONValue.object(amendment).indentedText)
        return Response("training-job", view)
    }

    /// The head of a training job's page, as it is now.
    func trainingJobFragment(_ visit: Visit) async throws -> Response {
        let job = try await trainingJob(visit)
        let specification = try await dispatcher.specification(of: job.id.tuningJob)
        let view = ["job": try await summary(of: job, specification, visit)]
        return Response("training-job-summary", view)
    }

    private func summary(
        of job: TrainingJob, _ specification: TuningJobSpecification, _ visit: Visit
    ) async throws -> TrainingJobSummaryView {
        let tuningJob = try await reader.tuningJob(
            named: specification.name, kind: specification.kind)
        let owner = tuningJob?.id == job.id.tuningJob ? tuningJob : nil
        var curve: String?
        if specification.kind == .tuning,
            let record = await records.record(of: job.id.tuningJob, within: Self.recordWaitMax),
            record.trials.indices.contains(job.id.ordinal)
        {
            let trial = record.trials[job.id.ordinal]
            curve = CurvePicture.svg(
                trial.curve.points.map { ($0.resource, record.value(of: $0.cost, to: trial)) })
        }
        return TrainingJobSummaryView(
            job, specification, tuningJob: owner, curve: curve,
            mayStop: visit.visitor.mayChange && job.status == .inProgress, now: now)
    }

    private static func hyperparameters(
        of job: TrainingJob, _ definition: TrainingJobDefinition
    ) -> [FactView] {
        definition.hyperparameters(with: job.tuned).sorted { $0.key < $1.key }.map {
            FactView(
                name: $0.key, value: $0.value,
                note: job.tuned[$0.key] == nil ? "fixed" : "tuned")
        }
    }
}
