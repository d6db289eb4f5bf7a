import Tuning

/// The request to take tags from a resource.
package struct DeleteTags: Sendable {
    /// What has the tags.
    package let resource: ResourceARN
    /// The keys of the tags.
    package let keys: [String]

    /// Checks a request.
    ///
    /// - Throws: A `ValidationException` that lists every violation.
    package init(body: JSONValue) throws(APIError) {
        try ShapeValidator.check(body, isRequestOf: .deleteTags)
        resource = try ResourceARN(checked: body["ResourceArn"])
        keys = body["TagKeys"]?.array?.compactMap(\.string) ?? []
    }
}
