import Tuning

/// The request to list tuning jobs.
package struct ListHyperParameterTuningJobs: Sendable {
    /// What to ask the store; `nil` when nothing can match.
    package let query: TuningJobQuery?

    /// Checks the shape of a request.
    ///
    /// - Throws: A `ValidationException` that lists every violation.
    package init(body: JSONValue) throws(APIError) {
        try ShapeValidator.check(body, isRequestOf: .listTuningJobs)
        let request = ListingRequest(body: body)
        var query = TuningJobQuery()
        query.nameContains = request.nameContains
        query.created = request.created
        query.modified = request.modified
        query.sortKey = request.sortKey() ?? .name
        query.order = request.order ?? .ascending
        query.limit = request.limit
        query.token = request.token
        query.status = request.status.flatMap(TuningJob.Status.init)
        // Statuses of jobs that are being deleted exist on the wire alone.
        self.query = request.status != nil && query.status == nil ? nil : query
    }

    /// The answer that lists a page.
    package static func answer(_ page: Page<TuningJob>) -> JSONValue {
        ListingRequest.answer(
            "HyperParameterTuningJobSummaries", page.elements.map(\.summary), next: page.next)
    }
}
