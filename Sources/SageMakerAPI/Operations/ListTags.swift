import Tuning

/// The request to list the tags of a job. Its tags fit on one page.
package struct ListTags: Sendable {
    /// The job.
    package let job: JobARN

    /// Checks a request.
    ///
    /// - Throws: A `ValidationException` that lists every violation.
    package init(body: JSONValue) throws(APIError) {
        try ShapeValidator.check(body, isRequestOf: .listTags)
        job = try JobARN(checked: body["ResourceArn"])
        if body["NextToken"] != nil { throw .validation("\(StoreError.invalidPageToken)") }
    }

    /// The answer that lists tags; AddTags has the same.
    package static func answer(_ tags: [Tag]) -> JSONValue {
        let list = tags.map { tag -> JSONValue in
            ["Key": .string(tag.key), "Value": .string(tag.value)]
        }
        return ["Tags": .array(list)]
    }
}
