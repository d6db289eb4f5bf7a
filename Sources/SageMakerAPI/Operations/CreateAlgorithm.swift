import Foundation
import Tuning

/// The request to register an algorithm.
package struct CreateAlgorithm: Sendable {
    /// The request as it came, without nulls.
    package let body: JSONValue

    /// What a request asks for.
    package struct Result: Sendable {
        /// The algorithm.
        package let algorithm: Algorithm
        /// The tags it starts with.
        package let tags: [Tag]
        /// The training job that validates it, where that is asked for.
        package let validation: TuningJobSpecification?
    }

    /// Checks the shape of a request.
    ///
    /// - Throws: A `ValidationException` that lists every violation.
    package init(body: JSONValue) throws(APIError) {
        try ShapeValidator.check(body, isRequestOf: .createAlgorithm)
        self.body = body.withoutNulls
    }

    /// Makes the algorithm that the request asks for, and the training job that validates it.
    ///
    /// - Parameter now: When it is created.
    /// - Throws: A `ValidationException` that lists every problem.
    package func validated(
        scope: RequestScope = RequestScope(), now: Date, checkImage: ImageCheck = { _, _ in nil }
    ) throws(APIError) -> Result {
        var problems = Problems()
        let rules = AlgorithmRules(
            specification: body["TrainingSpecification"], problems: &problems)
        rules.checkSpecification(problems: &problems)
        checkTransform(problems: &problems)
        let tags = TagRules.tags(body["Tags"], problems: &problems)
        // A profile is checked by the rules of the algorithm, which must be right first.
        try problems.throwIfAny(counted: false)
        let algorithm = algorithm(scope: scope, now: now)
        let validation = try profile.map { profile throws(APIError) in
            try validationRequest(profile, of: algorithm).validated(
                scope: scope, algorithms: [AlgorithmReference(algorithm.arn): algorithm],
                checkImage: checkImage)
        }
        return Result(algorithm: algorithm, tags: tags, validation: validation)
    }

    /// The answer to a request that was accepted.
    package static func answer(_ algorithm: Algorithm) -> JSONValue {
        ["AlgorithmArn": .string(algorithm.arn)]
    }
}

// MARK: - Validation

extension CreateAlgorithm {
    private var name: Algorithm.Name { body["AlgorithmName"]?.string ?? "" }

    /// The service takes one profile.
    private var profile: JSONValue? {
        body["ValidationSpecification"]?["ValidationProfiles"]?.array?.first
    }

    /// Of the types of data, batch transform takes the two that are lists of whole objects.
    private func checkTransform(problems: inout Problems) {
        let input = profile?["TransformJobDefinition"]?["TransformInput"]
        let type = input?["DataSource"]?["S3DataSource"]?["S3DataType"]?.string
        guard let type, !["ManifestFile", "S3Prefix"].contains(type) else { return }
        problems.add(
            "TransformJobDefinition.TransformInput: S3DataType '\(type)' is not for transform "
                + "jobs; give ManifestFile or S3Prefix.")
    }

    private func algorithm(scope: RequestScope, now: Date) -> Algorithm {
        let profileName = profile?["ProfileName"]?.string
        var validations: [Algorithm.Validation] = []
        if let profileName {
            validations.append(Algorithm.Validation(name: profileName, kind: .training))
        }
        if let profileName, profile?["TransformJobDefinition"] != nil {
            validations.append(
                Algorithm.Validation(
                    name: "\(profileName.prefix(53))-transform", kind: .transform,
                    reason: "Batch transform jobs cannot run here, so the inference code was not "
                        + "validated."))
        }
        return Algorithm(
            name: name, arn: scope.arn(ofAlgorithm: name), creationTime: now,
            request: body.removing(["Tags"]),
            validationJob: profileName.map {
                Algorithm.validationJobName(algorithm: name, creationTime: now, profile: $0)
            }, validations: validations)
    }

    /// The training job of a profile, as the request that would have created it.
    private func validationRequest(
        _ profile: JSONValue, of algorithm: Algorithm
    ) throws(APIError) -> CreateTrainingJob {
        let definition = profile["TrainingJobDefinition"] ?? [:]
        var members = definition.removing(["TrainingInputMode"]).object ?? [:]
        members["TrainingJobName"] = algorithm.validationJob.map { .string($0) }
        members["RoleArn"] = body["ValidationSpecification"]?["ValidationRole"]
        var specification: [String: JSONValue] = ["AlgorithmName": .string(algorithm.arn)]
        specification["TrainingInputMode"] = definition["TrainingInputMode"]
        members["AlgorithmSpecification"] = .object(specification)
        return try CreateTrainingJob(body: .object(members))
    }
}
