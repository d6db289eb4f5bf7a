import Foundation
import Hummingbird
import Reports
import Tuning

// The overview, and the page of one tuning job.

extension Dashboard {
    /// The tuning jobs of a page.
    private static let tuningJobCount = 20
    /// The training jobs created on their own that the overview shows.
    private static let ownTrainingJobCount = 10

    func tuningJobsPage(_ visit: Visit) async throws -> Response {
        let view = TuningJobsView(
            frame: frame("Tuning jobs", visit, section: .tuningJobs),
            name: visit.query["name"] ?? "",
            statuses: OptionView.statuses(
                TuningJob.Status.allCases.map(\.rawValue), selected: visit.query["status"]),
            table: try await tuningJobTable(visit), own: try await ownTrainingJobs())
        return Response("tuning-jobs", view)
    }

    /// The table of the overview, as it is now.
    func tuningJobsFragment(_ visit: Visit) async throws -> Response {
        Response("tuning-jobs-table", ["table": try await tuningJobTable(visit)])
    }

    /// The training jobs created on their own, as they are now.
    func ownTrainingJobsFragment(_ visit: Visit) async throws -> Response {
        guard let own = try await ownTrainingJobs() else {
            return Response(type: "text/html; charset=utf-8", "")
        }
        return Response("training-jobs-table", own)
    }

    private func tuningJobTable(_ visit: Visit) async throws -> TuningJobTableView {
        let page = try await reader.tuningJobs(Self.tuningJobQuery(visit))
        let now = now
        var rows: [TuningJobView] = []
        for job in page.elements {
            // One that is deleted meanwhile is left out.
            guard let specification = try await reader.specification(of: job.id) else { continue }
            let objective = try await objective(of: job, specification)
            rows.append(
                TuningJobView(job, objective: objective, sparkline: sparklines[job], now: now))
        }
        let filters = [("name", visit.query["name"]), ("status", visit.query["status"])]
        let fields = filters + [("limit", visit.query["limit"])]
        let token = visit.query["next"]
        return TuningJobTableView(
            rows: rows, isEmpty: rows.isEmpty,
            isFiltered: filters.contains { $0.1 != nil } || token != nil,
            liveURL: DashboardPath.query("/fragments/tuning-jobs", fields + [("next", token)]),
            pager: PagerView(path: "/", fields: fields, token: token, next: page.next))
    }

    /// What the query of an address selects.
    static func tuningJobQuery(_ visit: Visit) -> TuningJobQuery {
        var query = TuningJobQuery()
        (query.sortKey, query.order) = (.creationTime, .descending)
        query.limit = visit.limit(standard: tuningJobCount, max: 100)
        query.nameContains = visit.query["name"]
        query.status = visit.query["status"].flatMap { TuningJob.Status(rawValue: $0) }
        query.token = visit.query["next"].map { PageToken($0) }
        return query
    }

    private func ownTrainingJobs() async throws -> OwnTrainingJobsView? {
        var query = TrainingJobQuery()
        query.kind = .training
        query.order = .descending
        query.limit = Self.ownTrainingJobCount
        let page = try await reader.trainingJobs(query)
        guard !page.elements.isEmpty else { return nil }
        let now = now
        return OwnTrainingJobsView(
            table: TrainingJobTableView(
                rows: page.elements.map {
                    TrainingJobView($0, objective: nil, best: nil, now: now)
                },
                columns: nil, objective: nil, liveURL: nil, pager: nil))
    }
}

// MARK: - One tuning job

extension Dashboard {
    func tuningJobPage(_ visit: Visit) async throws -> Response {
        let job = try await tuningJob(visit)
        let specification = try await dispatcher.specification(of: job.id)
        async let record = records.record(of: job.id, within: Self.recordWaitMax)
        let table = try await trainingJobTable(visit, of: job, specification)
        let summary = try await summary(of: job, specification, visit)
        let panels = chartPanels(of: job, specification, await record, visit)
        let view = TuningJobPageView(
            frame: frame(job.name, visit, section: .tuningJobs), job: summary,
            charts: panels, definitions: Self.definitions(of: job, specification, visit),
            table: table,
            statuses: OptionView.statuses(
                TrainingJob.Status.allCases.map(\.rawValue), selected: visit.query["status"]),
            settings: SpecificationFacts.settings(of: specification, job),
            criteria: SpecificationFacts.criteria(of: specification, job),
            parents: try await SpecificationFacts.parents(of: specification, reader),
            request: specification.request.indentedText)
        return Response("tuning-job", view)
    }

    /// The head of a tuning job's page, as it is now.
    func tuningJobFragment(_ visit: Visit) async throws -> Response {
        let job = try await tuningJob(visit)
        let specification = try await dispatcher.specification(of: job.id)
        let view = ["job": try await summary(of: job, specification, visit)]
        return Response("tuning-job-summary", view)
    }

    /// The table of a tuning job's training jobs, as it is now.
    func trainingJobsFragment(_ visit: Visit) async throws -> Response {
        let job = try await tuningJob(visit)
        let specification = try await dispatcher.specification(of: job.id)
        let table = try await trainingJobTable(visit, of: job, specification)
        return Response("training-jobs-table", ["table": table])
    }

    private func summary(
        of job: TuningJob, _ specification: TuningJobSpecification, _ visit: Visit
    ) async throws -> TuningJobSummaryView {
        TuningJobSummaryView(
            job, objective: try await objective(of: job, specification),
            best: try await dispatcher.bestTrainingJob(of: job),
            mayStop: visit.visitor.mayChange && job.status == .inProgress, now: now)
    }

    /// Where several definitions are tuned, the links that choose the one whose space is shown.
    private static func definitions(
        of job: TuningJob, _ specification: TuningJobSpecification, _ visit: Visit
    ) -> [FactView] {
        guard specification.definitions.count > 1 else { return [] }
        let chosen = visit.query["definition"].flatMap(Int.init) ?? 0
        return specification.definitions.enumerated().map { index, definition in
            FactView(
                name: definition.name ?? "Definition \(index + 1)", value: "\(index)",
                url: index == chosen
                    ? nil
                    : DashboardPath.query(
                        DashboardPath.tuningJob(job.name), [("definition", "\(index)")]))
        }
    }
}
