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
        try ShapeValidator.check(body, is: .addTags)
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

/// The request to list the tags of a job. Its tags fit on one page.
package struct ListTags: Sendable {
    /// The job.
    package let job: JobARN

    /// Checks a request.
    ///
    /// - Throws: A `ValidationException` that lists every violation.
    package init(body: JSONValue) throws(APIError) {
        try ShapeValidator.check(body, is: .listTags)
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
        try ShapeValidator.check(body, is: .deleteTags)
        job = try JobARN(checked: body["ResourceArn"])
        keys = body["TagKeys"]?.array?.compactMap(\.string) ?? []
    }
}

/// The ARN of a job, which names it in any case.
package struct JobARN: Hashable, Sendable {
    /// What an ARN can name here.
    package enum Kind: String, Sendable {
        case tuningJob = "hyper-parameter-tuning-job"
        case trainingJob = "training-job"
    }

    /// What it names.
    package let kind: Kind
    /// The job's name; the letters' case may differ.
    package let name: String
    private let text: String

    init(checked value: JSONValue?) throws(APIError) {
        text = value?.string ?? ""
        let resource =
            text.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false).last ?? ""
        let parts = resource.split(separator: "/", maxSplits: 1)
        guard parts.count == 2, let kind = Kind(rawValue: String(parts[0])) else {
            throw .validation(
                "The ResourceArn \(text) names no job that can have tags; give the ARN of a "
                    + "hyper-parameter-tuning-job or a training-job.")
        }
        self.kind = kind
        name = String(parts[1])
    }

    /// Whether this is the ARN of a job.
    package func isARN(_ arn: String) -> Bool { text.lowercased() == arn.lowercased() }

    /// The error for an ARN of no job.
    package var notFound: APIError {
        .validation("There is no job with the ResourceArn \(text).")
    }
}
