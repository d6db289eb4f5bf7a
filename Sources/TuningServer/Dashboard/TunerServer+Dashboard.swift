import Hummingbird
import SageMakerAPI

// The addresses of the dashboard.

extension TunerServer {
    /// Adds the dashboard's pages, charts, tables, event stream and read-only API.
    func addDashboard(to router: Router<ServiceContext>) {
        let routes = router.group().add(middleware: DashboardResponses(logger: dashboard.logger))
        addPages(to: routes)
        addParts(to: routes)
        addForms(to: routes)
        dashboard.addAPI(to: routes)
        routes.get("/assets/{hash}/{name}") { request, context in
            guard let asset = DashboardAssets.named(context.parameters.get("name") ?? "") else {
                throw DashboardRefusal.noPage
            }
            return asset.response(to: request)
        }
        routes.get("/**") { request, _ -> Response in
            guard request.accepts("text/html") else { throw HTTPError(.notFound) }
            throw DashboardRefusal.noPage
        }
    }

    /// What people look at: without a session they are sent to sign in.
    private func addPages(to routes: RouterGroup<ServiceContext>) {
        func page(_ path: RouterPath, _ show: @escaping Dashboard.Handler) {
            routes.get(path) { [dashboard] request, context -> Response in
                guard let visitor = try dashboard.access.visitor(of: request) else {
                    let here = request.uri.string
                    return .seeOther(DashboardPath.query("/sign-in", [("next", here)]))
                }
                return try await show(Visit(request, context, visitor))
            }
        }
        page("/", dashboard.tuningJobsPage)
        page("/tuning-jobs/{name}", dashboard.tuningJobPage)
        page("/training-jobs", dashboard.trainingJobsPage)
        page("/training-jobs/{name}", dashboard.trainingJobPage)
        page("/algorithms", dashboard.algorithmsPage)
        page("/tuning-jobs/{name}/stop", dashboard.stopTuningJobPage)
        page("/training-jobs/{name}/stop", dashboard.stopTrainingJobPage)
    }

    /// What pages and programs ask for.
    private func addParts(to routes: RouterGroup<ServiceContext>) {
        let dashboard = dashboard
        for (path, show) in [
            ("/fragments/tuning-jobs", dashboard.tuningJobsFragment),
            ("/fragments/training-jobs", dashboard.ownTrainingJobsFragment),
            ("/tuning-jobs/{name}/fragments/summary", dashboard.tuningJobFragment),
            ("/tuning-jobs/{name}/fragments/training-jobs", dashboard.trainingJobsFragment),
            ("/tuning-jobs/{name}/fragments/charts/{kind}", dashboard.chartFragment),
            ("/tuning-jobs/{name}/charts/{file}", dashboard.chartFile),
            ("/tuning-jobs/{name}/report.html", dashboard.report),
            ("/tuning-jobs/{name}/{table}", dashboard.table),
            ("/training-jobs/{name}/fragments/summary", dashboard.trainingJobFragment),
        ] as [(RouterPath, Dashboard.Handler)] {
            dashboard.add(path, to: routes, show)
        }
    }

    private func addForms(to routes: RouterGroup<ServiceContext>) {
        let dashboard = dashboard
        routes.get("/sign-in") { request, _ in dashboard.signInPage(request) }
        routes.post("/sign-in") { request, context in
            try await dashboard.signIn(request, context)
        }
        routes.post("/sign-out") { request, context in
            try await dashboard.signOut(request, context)
        }
        routes.post("/tuning-jobs/{name}/stop") { request, context in
            try await dashboard.stopTuningJob(request, context)
        }
        routes.post("/training-jobs/{name}/stop") { request, context in
            try await dashboard.stopTrainingJob(request, context)
        }
    }
}

extension Dashboard {
    /// Answers somebody who may ask.
    typealias Handler = @Sendable (Visit) async throws -> Response

    /// Adds something that needs a session or a signature.
    func add(
        _ path: RouterPath, to routes: RouterGroup<ServiceContext>, _ show: @escaping Handler
    ) {
        routes.get(path) { request, context -> Response in
            guard let visitor = try access.visitor(of: request) else {
                let refusal = APIError.missingAuthentication
                throw APIError(refusal.code, refusal.message, status: 401)
            }
            return try await show(Visit(request, context, visitor))
        }
    }
}
