import Tuning

/// The request to list the training jobs of a tuning job.
package struct ListTrainingJobsForHyperParameterTuningJob: Sendable {
    /// The name of the tuning job.
    package let name: TuningJob.Name
    private let filter: TrainingJobQuery?

    /// Checks the shape of a request.
    ///
    /// - Throws: A `ValidationException` that lists every violation.
    package init(body: JSONValue) throws(APIError) {
        try ShapeValidator.check(body, isRequestOf: .listTrainingJobsOfTuningJob)
        let request = ListingRequest(body: body)
        name = body["HyperParameterTuningJobName"]?.string ?? ""
        var query = TrainingJobQuery()
        query.sortKey = request.sortKey() ?? .name
        query.order = request.order ?? .ascending
        query.limit = request.limit
        query.token = request.token
        query.status = request.status.flatMap(TrainingJob.Status.init)
        filter = request.status != nil && query.status == nil ? nil : query
    }

    /// What to ask the store; `nil` when nothing can match.
    package func query(of job: TuningJob.ID) -> TrainingJobQuery? {
        var query = filter
        query?.tuningJob = job
        return query
    }

    /// The answer that lists a page.
    package static func answer(
        _ page: Page<TrainingJob>, specification: TuningJobSpecification
    ) -> JSONValue {
        ListingRequest.answer(
            "TrainingJobSummaries", page.elements.map { $0.tuningSummary(specification) },
            next: page.next)
    }
}
