import Foundation
import Hummingbird
import Reports
import Tuning

// Charts: on the page of a tuning job, as parts of it, as files, and all of them as one report.

extension Dashboard {
    /// The charts of a page: those that can be drawn at once; the others follow later, as all of a
    /// tuning job that is still being read.
    func chartPanels(
        of job: TuningJob, _ specification: TuningJobSpecification, _ record: TuningRecord?,
        _ visit: Visit
    ) -> [ChartPanelView] {
        let deadline = ContinuousClock.now + Self.drawingTimeMax
        var bytes = 0
        return ChartKind.allCases.map { kind in
            var record = record
            if let present = record, !figures.isKnown(kind, selection(visit), of: present) {
                // Those that fit a model or grow a forest first take their time.
                let isSlow = kind == .contour || kind == .importance
                let isLate = ContinuousClock.now > deadline || bytes > Self.drawingBytesMax
                if isSlow || isLate { record = nil }
            } else if bytes > Self.drawingBytesMax {
                record = nil
            }
            let view = panel(kind, of: job, specification, record, visit)
            bytes += view.figure?.utf8.count ?? 0
            return view
        }
    }

    private func panel(
        _ kind: ChartKind, of job: TuningJob, _ specification: TuningJobSpecification,
        _ record: TuningRecord?, _ visit: Visit
    ) -> ChartPanelView {
        let url = DashboardPath.tuningJob(job.name)
        var fields = [("definition", visit.query["definition"])]
        if kind == .contour { fields += [("x", visit.query["x"]), ("y", visit.query["y"])] }
        let figure = record.flatMap { figures.figure(kind, selection(visit), of: $0) }
        return ChartPanelView(
            kind: kind.rawValue, title: kind.title, figure: figure?.html,
            nothing: figure == nil ? record?.absence(of: kind, selection(visit)) : nil,
            pictureURL: DashboardPath.query(
                "\(url)/charts/\(kind.rawValue).svg", fields + [("blank", "yes")]),
            liveURL: DashboardPath.query("\(url)/fragments/charts/\(kind.rawValue)", fields),
            choice: kind == .contour ? choice(specification, url, visit) : nil)
    }

    private func selection(_ visit: Visit) -> ChartSelection {
        var selection = ChartSelection(now: now)
        selection.definition = visit.query["definition"].flatMap(Int.init) ?? 0
        if let x = visit.query["x"], let y = visit.query["y"] { selection.parameters = (x, y) }
        return selection
    }

    private func choice(
        _ specification: TuningJobSpecification, _ url: String, _ visit: Visit
    ) -> ParameterChoiceView? {
        let index = visit.query["definition"].flatMap(Int.init) ?? 0
        guard specification.definitions.indices.contains(index) else { return nil }
        let names = specification.definitions[index].searchSpace.parameters.map(\.name)
        guard names.count > 2 else { return nil }
        func options(_ chosen: String?) -> [OptionView] {
            [OptionView(value: "", text: "most important", isSelected: chosen == nil)]
                + names.map { OptionView(value: $0, text: $0, isSelected: $0 == chosen) }
        }
        return ParameterChoiceView(
            url: url, horizontal: options(visit.query["x"]), vertical: options(visit.query["y"]),
            definition: visit.query["definition"])
    }
}

// MARK: - Parts and files

extension Dashboard {
    /// A chart, as it is now, with how long it took to draw: pages ask less often for slow ones.
    func chartFragment(_ visit: Visit) async throws -> Response {
        let job = try await tuningJob(visit)
        guard let kind = ChartKind(rawValue: visit.part("kind")) else {
            throw DashboardRefusal.noPage
        }
        let specification = try await dispatcher.specification(of: job.id)
        let start = ContinuousClock.now
        let record = try await records.record(of: job.id)
        let view = panel(kind, of: job, specification, record, visit)
        var response = Response("chart", view)
        let milliseconds = (ContinuousClock.now - start) / .milliseconds(1)
        response.headers[.serverTiming] = "draw;dur=\(String(format: "%.1f", milliseconds))"
        return response
    }

    /// A chart as a file, or the small picture of the overview.
    func chartFile(_ visit: Visit) async throws -> Response {
        let job = try await tuningJob(visit)
        let name = visit.part("file")
        guard name.hasSuffix(".svg") else { throw DashboardRefusal.noPage }
        let kind = String(name.dropLast(4))
        if kind == "sparkline" {
            let svg = try await sparkline(of: job)
            return Response(type: "image/svg+xml", svg)
        }
        guard let kind = ChartKind(rawValue: kind) else { throw DashboardRefusal.noPage }
        let record = try await records.record(of: job.id)
        guard let figure = figures.figure(kind, selection(visit), of: record) else {
            let absence = record.absence(of: kind, selection(visit))
            // In a page a missing picture would be a fault.
            if visit.query["blank"] != nil {
                return Response(type: "image/svg+xml", Figure.picture(saying: absence))
            }
            throw DashboardRefusal(
                status: .notFound, title: "Nothing to draw", text: absence)
        }
        var response = Response(type: "image/svg+xml", figure.document)
        response.headers[.contentSecurityPolicy] = ReportAssets.documentPolicy
        return response
    }

    private func sparkline(of job: TuningJob) async throws -> String {
        if let known = sparklines[job] { return known }
        return sparklines.draw(try await records.record(of: job.id))
    }
}

// MARK: - All of a tuning job

extension Dashboard {
    /// All charts and training jobs as one page, which needs nothing else.
    func report(_ visit: Visit) async throws -> Response {
        let job = try await tuningJob(visit)
        let record = try await records.record(of: job.id)
        if let problem = record.problem(with: selection(visit)) {
            throw DashboardRefusal(status: .notFound, title: "Nothing to draw", text: problem)
        }
        var response = Response(
            type: "text/html; charset=utf-8", record.report(selection(visit)))
        response.headers[.contentSecurityPolicy] =
            "\(ReportAssets.pagePolicy); frame-ancestors 'none'"
        return response
    }

    /// The training jobs, or what they reported, for programs.
    func table(_ visit: Visit) async throws -> Response {
        let name = visit.part("table")
        let isOfCurves = name.hasPrefix("curves.")
        let isJSON = name.hasSuffix(".json")
        guard ["training-jobs", "curves"].contains(name.prefix { $0 != "." }),
            [".csv", ".json"].contains(name.drop { $0 != "." })
        else { throw DashboardRefusal.noPage }
        let job = try await tuningJob(visit)
        let record = try await records.record(of: job.id)
        let table = isOfCurves ? TrialTable(curvesOf: record) : TrialTable(record)
        let file = "\(job.name)-\(name)"
        return Response(
            status: .ok,
            headers: [
                .contentType: isJSON ? "application/json" : "text/csv; charset=utf-8",
                .contentDisposition: "attachment; filename=\"\(file)\"",
            ],
            body: .init(byteBuffer: ByteBuffer(bytes: isJSON ? table.json() : table.csv())))
    }
}
