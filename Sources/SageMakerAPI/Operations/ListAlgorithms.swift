import Tuning

/// The request to list algorithms.
package struct ListAlgorithms: Sendable {
    /// What to ask the store.
    package let query: AlgorithmQuery

    /// Checks the shape of a request.
    ///
    /// - Throws: A `ValidationException` that lists every violation.
    package init(body: JSONValue) throws(APIError) {
        try ShapeValidator.check(body, isRequestOf: .listAlgorithms)
        let request = ListingRequest(body: body)
        var query = AlgorithmQuery()
        query.nameContains = request.nameContains
        query.created = request.created
        query.sortKey = request.sortKey() ?? .creationTime
        query.order = request.order ?? .ascending
        query.limit = request.limit
        query.token = request.token
        self.query = query
    }

    /// The answer that lists a page.
    package static func answer(_ page: Page<Algorithm>) -> JSONValue {
        ListingRequest.answer(
            "AlgorithmSummaryList", page.elements.map(\.summary), next: page.next)
    }
}
