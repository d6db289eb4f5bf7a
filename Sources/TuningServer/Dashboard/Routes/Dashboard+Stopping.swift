import Foundation
import Hummingbird
import SageMakerAPI
import Tuning

// Stopping jobs: a page that asks first, and the form that does it.

extension Dashboard {
    func stopTuningJobPage(_ visit: Visit) async throws -> Response {
        let job = try await tuningJob(visit)
        guard visit.visitor.mayChange else { throw DashboardRefusal.readOnly }
        let running = job.trainingJobCounts.inProgress
        let view = StopView(
            frame: frame("Stop \(job.name)?", visit, section: .tuningJobs),
            backURL: DashboardPath.tuningJob(job.name), isPossible: job.status == .inProgress,
            question: "Stop the tuning job \(job.name)?",
            consequence: running == 0
                ? "No more training jobs will be started. This cannot be undone."
                : "Its \(running) running training job\(running == 1 ? "" : "s") will be stopped, "
                    + "and no more will be started. This cannot be undone.")
        return Response("stop", view)
    }

    func stopTrainingJobPage(_ visit: Visit) async throws -> Response {
        let job = try await trainingJob(visit)
        guard visit.visitor.mayChange else { throw DashboardRefusal.readOnly }
        let view = StopView(
            frame: frame("Stop \(job.name)?", visit, section: .trainingJobs),
            backURL: DashboardPath.trainingJob(job.name), isPossible: job.status == .inProgress,
            question: "Stop the training job \(job.name)?",
            consequence: "What it has learned and not saved is lost. This cannot be undone.")
        return Response("stop", view)
    }

    func stopTuningJob(_ request: Request, _ context: ServiceContext) async throws -> Response {
        try await stop(request, context, .stopTuningJob, path: DashboardPath.tuningJob) {
            ["HyperParameterTuningJobName": .string($0)]
        }
    }

    func stopTrainingJob(_ request: Request, _ context: ServiceContext) async throws -> Response {
        try await stop(request, context, .stopTrainingJob, path: DashboardPath.trainingJob) {
            ["TrainingJobName": .string($0)]
        }
    }

    /// Calls the API's operation, as a client with the visitor's key would.
    private func stop(
        _ request: Request, _ context: ServiceContext, _ operation: SageMakerAPI.Operation,
        path: (String) -> String, body: (String) -> JSONValue
    ) async throws -> Response {
        let form = try await Self.form(of: request)
        guard let visitor = try access.visitor(of: request) else { return .seeOther("/sign-in") }
        try check(form, of: visitor)
        let name = Visit(request, context, visitor).part("name")
        let sender = RequestSender(
            keyID: visitor.keyID, address: addressOf(request, context),
            requestID: context.requestID)
        guard visitor.mayChange else {
            let refusal = APIError.notAuthorized(keyID: visitor.keyID ?? "", operation: operation)
            AuditLog(logger: logger).record(operation, body(name), by: sender, refusal: refusal)
            throw DashboardRefusal.readOnly
        }
        let answer = await dispatcher.answer(
            to: "SageMaker.\(operation.rawValue)", body: body(name).encoded, sender: sender)
        guard answer.status < 300 else {
            let message = try? JSONValue(parsing: answer.body)["message"]?.string
            throw DashboardRefusal(
                status: answer.status >= 500 ? .internalServerError : .conflict,
                title: "It was not stopped", text: message ?? "")
        }
        return .seeOther(path(name))
    }
}

/// The page that asks whether to stop something.
struct StopView {
    let frame: FrameView
    let backURL: String
    /// Whether it is still running.
    let isPossible: Bool
    let question: String
    let consequence: String
}
