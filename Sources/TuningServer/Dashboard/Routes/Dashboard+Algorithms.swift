import Foundation
import Hummingbird
import Tuning

// The page of the algorithms.

extension Dashboard {
    /// The algorithms of a page.
    private static let algorithmCount = 50

    func algorithmsPage(_ visit: Visit) async throws -> Response {
        var query = AlgorithmQuery()
        query.order = .descending
        query.limit = Self.algorithmCount
        query.nameContains = visit.query["name"]
        query.token = visit.query["next"].map { PageToken($0) }
        let page = try await reader.algorithms(query)
        let now = now
        let view = AlgorithmsView(
            frame: frame("Algorithms", visit, section: .algorithms),
            name: visit.query["name"] ?? "",
            algorithms: page.elements.map { AlgorithmView($0, now: now) },
            isEmpty: page.elements.isEmpty,
            pager: PagerView(
                path: "/algorithms", fields: [("name", visit.query["name"])],
                token: visit.query["next"], next: page.next))
        return Response("algorithms", view)
    }
}

/// The page of the algorithms.
struct AlgorithmsView {
    let frame: FrameView
    let name: String
    let algorithms: [AlgorithmView]
    let isEmpty: Bool
    let pager: PagerView?
}

/// An algorithm as a row.
struct AlgorithmView {
    let name: String
    let status: StatusView
    let image: String
    let description: String?
    let metrics: String
    let created: TimeView
    let validation: FactView?
    let request: String

    init(_ algorithm: Algorithm, now: Date) {
        let training = algorithm.request["TrainingSpecification"]
        name = algorithm.name
        status = StatusView(algorithm.status)
        image = training?["TrainingImage"]?.string ?? ""
        description = algorithm.request["AlgorithmDescription"]?.string
        let objectives = training?["SupportedTuningJobObjectiveMetrics"]?.array ?? []
        metrics = objectives.compactMap { $0["MetricName"]?.string }.joined(separator: ", ")
        created = TimeView(algorithm.creationTime, now: now)
        validation = algorithm.validationJob.map {
            FactView(name: "Validation", value: $0, url: DashboardPath.trainingJob($0))
        }
        request = algorithm.request.indentedText
    }
}

/// The links below a listing; listings can only be gone through forwards.
struct PagerView {
    /// The first page; `nil` on the first page.
    let firstURL: String?
    /// The next page; `nil` on the last.
    let nextURL: String?

    /// `nil` where there is one page.
    init?(path: String, fields: [(String, String?)], token: String?, next: PageToken?) {
        guard token != nil || next != nil else { return nil }
        firstURL = token.map { _ in DashboardPath.query(path, fields) }
        nextURL = next.map { DashboardPath.query(path, fields + [("next", $0.text)]) }
    }
}
