import Foundation
import Hummingbird
import Logging
import SageMakerAPI
import Tuning

/// Pages for people, made on the server: what there is, how it goes, and buttons to stop it.
///
/// Works without scripts; with them it follows what happens. Whoever may call the API may see it,
/// and stops go through the API's own operations.
struct Dashboard: Sendable {
    /// How long a page waits for the charts of tuning jobs that nobody looked at lately; then it is
    /// sent without them, and they follow as pictures.
    static let recordWaitMax = Duration.milliseconds(60)

    /// How long a page draws charts; those that are left follow later.
    static let drawingTimeMax = Duration.milliseconds(40)
    /// How much of charts a page holds, in bytes, before the last one.
    static let drawingBytesMax = 500_000

    let dispatcher: OperationDispatcher
    let access: DashboardAccess
    let records: TuningRecords
    let sparklines = Sparklines()
    let figures = Figures()
    let events: EventStreams
    let logs: TrainingLogSource?
    /// Where a request comes from.
    let addressOf: @Sendable (Request, ServiceContext) -> String?
    let logger: Logger

    init(
        _ dispatcher: OperationDispatcher, access: DashboardAccess, logs: TrainingLogSource?,
        addressOf: @escaping @Sendable (Request, ServiceContext) -> String?, logger: Logger
    ) {
        self.dispatcher = dispatcher
        self.access = access
        self.logs = logs
        self.addressOf = addressOf
        self.logger = logger
        records = TuningRecords(dispatcher.reader)
        events = EventStreams(dispatcher.orchestrator.changes)
    }

    var reader: any TuningStoreReader { dispatcher.reader }

    /// The time by the clock of the training jobs.
    var now: Date { dispatcher.now() }
}

/// A request to the dashboard by somebody who may send it.
struct Visit: Sendable {
    let request: Request
    let context: ServiceContext
    let visitor: Visitor
    /// The fields of the address's query.
    let query: FormFields

    init(_ request: Request, _ context: ServiceContext, _ visitor: Visitor) {
        self.request = request
        self.context = context
        self.visitor = visitor
        query = FormFields(request.uri.query ?? "")
    }

    /// A part of the path, decoded.
    func part(_ name: String) -> String {
        let text = context.parameters.get(name) ?? ""
        return text.removingPercentEncoding ?? text
    }

    /// The length of a page that is asked for.
    func limit(standard: Int, max: Int) -> Int {
        query["limit"].flatMap(Int.init).map { Swift.min(Swift.max($0, 1), max) } ?? standard
    }
}

/// Why the dashboard shows no page: what is said instead.
struct DashboardRefusal: Error {
    let status: HTTPResponse.Status
    let title: String
    let text: String

    static func noTuningJob(_ name: String) -> DashboardRefusal {
        DashboardRefusal(
            status: .notFound, title: "No such tuning job",
            text: "There is no tuning job “\(name)”. It may have been deleted.")
    }

    static func noTrainingJob(_ name: String) -> DashboardRefusal {
        DashboardRefusal(
            status: .notFound, title: "No such training job",
            text: "There is no training job “\(name)”. It may have been deleted.")
    }

    static let noPage = DashboardRefusal(
        status: .notFound, title: "Page not found",
        text: "There is nothing at this address.")

    static let deletedMeanwhile = DashboardRefusal(
        status: .notFound, title: "No longer there",
        text: "It was deleted while this was read.")

    static let damagedAddress = DashboardRefusal(
        status: .badRequest, title: "This page cannot be shown",
        text: "The address says to go on from a place that this listing does not have.")

    static let readOnly = DashboardRefusal(
        status: .forbidden, title: "This key may only read",
        text: "Sign in with an access key that may change something to stop jobs.")

    static let staleForm = DashboardRefusal(
        status: .forbidden, title: "Please try again",
        text: "The form was too old, or did not come from this dashboard. Nothing was changed.")
}

// MARK: - What pages share

extension Dashboard {
    /// The tuning job that a path names.
    func tuningJob(_ visit: Visit) async throws -> TuningJob {
        let name = visit.part("name")
        guard let job = try await reader.tuningJob(named: name, kind: .tuning) else {
            throw DashboardRefusal.noTuningJob(name)
        }
        return job
    }

    /// The training job that a path names.
    func trainingJob(_ visit: Visit) async throws -> TrainingJob {
        let name = visit.part("name")
        guard let job = try await reader.trainingJob(named: name) else {
            throw DashboardRefusal.noTrainingJob(name)
        }
        return job
    }

    /// The objective of a tuning job: where definitions have different ones, that of the best
    /// training job.
    func objective(
        of job: TuningJob, _ specification: TuningJobSpecification
    ) async throws -> Objective? {
        let objectives = specification.definitions.map(\.objective)
        guard Set(objectives).count > 1,
            let best = try await dispatcher.bestTrainingJob(of: job)
        else { return objectives[0] }
        return objectives[best.definition]
    }

    /// What surrounds every page.
    func frame(_ title: String, _ visit: Visit, section: FrameView.Section? = nil) -> FrameView {
        FrameView(
            title: title, section: section, visitor: visit.visitor)
    }
}

/// Reads what training jobs printed.
///
/// Takes the training job, and where to go on: `nil`, or the mark of the piece before. Returns
/// `nil` where there is no log, as of jobs that ran elsewhere.
package typealias TrainingLogSource =
    @Sendable (_ trainingJob: TrainingJob.Name, _ mark: String?) async throws -> TrainingLogPiece?

/// A part of what a training job printed.
package struct TrainingLogPiece: Hashable, Sendable {
    /// What it printed; empty when there is nothing new.
    package let text: String
    /// Where the next part begins; opaque.
    package let mark: String
    /// Whether the log begins with it, also that of another attempt than before.
    package let isStart: Bool

    /// Puts together a part of a log.
    package init(text: String, mark: String, isStart: Bool) {
        self.text = text
        self.mark = mark
        self.isStart = isStart
    }
}
