import Tuning

/// The request that names one tuning job: to describe, to stop or to delete it.
package struct TuningJobReference: Sendable {
    /// The name.
    package let name: TuningJob.Name

    /// Checks the shape of a request.
    ///
    /// - Throws: A `ValidationException` that lists every violation.
    package init(body: JSONValue) throws(APIError) {
        try ShapeValidator.check(body, isRequestOf: .describeTuningJob)
        name = body["HyperParameterTuningJobName"]?.string ?? ""
    }
}

/// The request that names one training job: to describe, to stop or to delete it.
package struct TrainingJobReference: Sendable {
    /// The name.
    package let name: TrainingJob.Name

    /// Checks the shape of a request.
    ///
    /// - Throws: A `ValidationException` that lists every violation.
    package init(body: JSONValue) throws(APIError) {
        try ShapeValidator.check(body, isRequestOf: .describeTrainingJob)
        name = body["TrainingJobName"]?.string ?? ""
    }
}
