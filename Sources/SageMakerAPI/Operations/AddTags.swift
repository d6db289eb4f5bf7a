import Tuning

/// The request to add tags to a job, in place of those with the same keys.
package struct AddTags: Sendable {
    /// The job.
    package let job: JobARN
    /// The tags to add.
    package let tags: [Tag]

    /// Checks a request.
    ///
    /// - Throws: A `ValidationException` that lists every violation.
    package init(body: JSONValue) throws(APIError) {
        try ShapeValidator.check(body, isRequestOf: .addTags)
        job = try JobARN(checked: body["ResourceArn"])
        var problems = Problems()
        tags = TagRules.tags(body["Tags"], problems: &problems)
        try problems.throwIfAny(counted: false)
    }

    /// Checks that a job has room for the tags.
    ///
    /// - Throws: `ValidationException` when it would have more than 50.
    package func check(against present: [Tag]) throws(APIError) {
        let count = Set(present.map(\.key)).union(tags.map(\.key)).count
        if count > TagRules.countMax {
            throw .validation(
                "A job may have \(TagRules.countMax) tags, but would have \(count); "
                    + "delete some first.")
        }
    }
}
