import Tuning

/// The request to add tags to a resource, in place of those with the same keys.
package struct AddTags: Sendable {
    /// What has the tags.
    package let resource: ResourceARN
    /// The tags to add.
    package let tags: [Tag]

    /// Checks a request.
    ///
    /// - Throws: A `ValidationException` that lists every violation.
    package init(body: JSONValue) throws(APIError) {
        try ShapeValidator.check(body, isRequestOf: .addTags)
        resource = try ResourceARN(checked: body["ResourceArn"])
        var problems = Problems()
        tags = TagRules.tags(body["Tags"], problems: &problems)
        try problems.throwIfAny(counted: false)
    }

    /// Checks that the resource has room for the tags.
    ///
    /// - Throws: `ValidationException` when it would have more than 50.
    package func check(against present: [Tag]) throws(APIError) {
        let count = Set(present.map(\.key)).union(tags.map(\.key)).count
        if count > TagRules.countMax {
            throw .validation(
                "A resource may have \(TagRules.countMax) tags, but would have \(count); "
                    + "delete some first.")
        }
    }
}
