import Tuning

/// The request to take tags from a job.
package struct DeleteTags: Sendable {
    /// The job.
    package let job: JobARN
    /// The keys of the tags.
    package let keys: [String]

    /// Checks a request.
    ///
    /// - Throws: A `ValidationException` that lists every violation.
    package init(body: JSONValue) throws(APIError) {
        try ShapeValidator.check(body, isRequestOf: .deleteTags)
        job = try JobARN(checked: body["ResourceArn"])
        keys = body["TagKeys"]?.array?.compactMap(\.string) ?? []
    }
}
