import Tuning

/// What the service answers when it refuses a request.
package struct APIError: Error, Hashable, Sendable {
    /// The stable name of the error; the wire's `__type`.
    package let code: String
    /// What is wrong, for people.
    package let message: String
    /// The status of the HTTP answer.
    package let status: Int

    /// Describes a refusal.
    package init(_ code: String, _ message: String, status: Int = 400) {
        self.code = code
        self.message = message
        self.status = status
    }

    /// The answer's body.
    package var body: JSONValue { ["__type": .string(code), "message": .string(message)] }
}

// MARK: - Requests that cannot be understood

extension APIError {
    /// A value, or a combination of values, that the service does not take.
    package static func validation(_ message: String) -> APIError {
        APIError("ValidationException", message)
    }

    /// A body that is no JSON, or has values of other types than the request's.
    package static func serialization(_ message: String) -> APIError {
        APIError("SerializationException", message)
    }

    /// A target that names no operation.
    package static func unknownOperation(_ message: String) -> APIError {
        APIError("UnknownOperationException", message)
    }

    /// A request from where none is accepted.
    package static func accessDenied(_ message: String) -> APIError {
        APIError("AccessDeniedException", message, status: 403)
    }

    /// A body longer than the service reads.
    package static func tooLarge(limit: Int) -> APIError {
        APIError(
            "RequestEntityTooLargeException",
            "The request's body is longer than \(limit) bytes; send less.", status: 413)
    }

    /// A service that is on its way down.
    package static let unavailable = APIError(
        "ServiceUnavailable", "The service is shutting down; try again later.", status: 503)

    /// A defect, or a broken machine; the log says which.
    package static func internalFailure(_ message: String) -> APIError {
        APIError("InternalFailure", message, status: 500)
    }
}

// MARK: - Jobs

extension APIError {
    /// There is no tuning job with the name.
    package static func noTuningJob(_ name: String) -> APIError {
        APIError(
            "ResourceNotFound",
            "Amazon SageMaker can't find a tuning job called \(name). Type another name.")
    }

    /// There is no training job with the name asked for.
    package static let noTrainingJob = validation("Requested resource not found.")

    /// A tuning job has the name already.
    package static func tuningJobExists(_ name: String) -> APIError {
        APIError(
            "ResourceInUse",
            "A hyperparameter tuning job with the name, \(name), already exists. "
                + "Choose a different name.")
    }

    /// A training job has the name already.
    package static func trainingJobExists(arn: String) -> APIError {
        APIError(
            "ResourceInUse",
            "Training job names must be unique within an AWS account and region, and a training "
                + "job with this name already exists (\(arn))")
    }

    /// A training job cannot be stopped any more.
    package static func trainingJobOver(status: String) -> APIError {
        validation("The request was rejected because the training job is in status \(status).")
    }

    /// A training job cannot be deleted yet.
    package static func trainingJobInUse(_ name: String, status: String) -> APIError {
        APIError(
            "ResourceInUse",
            "The training job \(name) is in status \(status); only a job that is Completed, "
                + "Failed or Stopped can be deleted.")
    }

    /// A tuning job cannot be deleted yet.
    package static func tuningJobInUse(_ name: String, status: String) -> APIError {
        validation(
            "The hyperparameter tuning job \(name) is in status \(status); only a job that is "
                + "Completed, Failed or Stopped can be deleted. Stop it first.")
    }
}

// MARK: - Algorithms

extension APIError {
    /// There is no algorithm with the ARN.
    package static func noAlgorithm(arn: String) -> APIError {
        validation("Algorithm \(arn) does not exist.")
    }

    /// An algorithm has the name already.
    package static func algorithmExists(arn: String) -> APIError {
        validation("Algorithm \(arn) already exists. Choose a different name.")
    }

    /// An algorithm cannot be deleted while jobs that use it are not over.
    package static func algorithmInUse(_ name: String, by job: String) -> APIError {
        APIError(
            "ConflictException",
            "The algorithm \(name) is in use by the job \(job), which is not over; stop that "
                + "first, or wait.")
    }
}
