import Tuning

/// The request to list training jobs, of tuning jobs and others.
package struct ListTrainingJobs: Sendable {
    /// What to ask the store; `nil` when nothing can match.
    package let query: TrainingJobQuery?
    /// The status that a page is filtered by after it was taken.
    private let statusOfPage: TrainingJob.Status?

    /// Checks the shape of a request.
    ///
    /// With StatusEquals and MaxResults the service takes a page whatever the status, newest first
    /// unless an order is asked for, and filters it then: a page may be short, or empty, and have
    /// a successor.
    ///
    /// - Throws: A `ValidationException` that lists every violation.
    package init(body: JSONValue) throws(APIError) {
        try ShapeValidator.check(body, isRequestOf: .listTrainingJobs)
        let request = ListingRequest(body: body)
        let status = request.status.flatMap(TrainingJob.Status.init)
        let filtersPage = status != nil && body["MaxResults"] != nil
        var query = TrainingJobQuery()
        query.nameContains = request.nameContains
        query.created = request.created
        query.modified = request.modified
        query.sortKey = request.sortKey() ?? .creationTime
        let isUnordered = body["SortBy"] == nil && filtersPage
        query.order = request.order ?? (isUnordered ? .descending : .ascending)
        query.limit = request.limit
        query.token = request.token
        query.status = filtersPage ? nil : status
        statusOfPage = filtersPage ? status : nil
        // No training job here has a warm pool or a training plan, or is being deleted.
        let matchesNothing =
            (request.status != nil && status == nil) || body["WarmPoolStatusEquals"] != nil
            || body["TrainingPlanArnEquals"] != nil
        self.query = matchesNothing ? nil : query
    }

    /// The answer that lists a page.
    ///
    /// - Parameter specifications: What was asked of the tuning jobs they belong to.
    package func answer(
        _ page: Page<TrainingJob>, specifications: [TuningJob.ID: TuningJobSpecification]
    ) -> JSONValue {
        let summaries = page.elements.compactMap { job -> JSONValue? in
            guard statusOfPage == nil || job.status == statusOfPage else { return nil }
            return specifications[job.id.tuningJob].map { job.summary($0) }
        }
        return ListingRequest.answer("TrainingJobSummaries", summaries, next: page.next)
    }
}
