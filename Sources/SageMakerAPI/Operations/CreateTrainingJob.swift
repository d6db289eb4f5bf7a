import Tuning

/// The request to start a training job on its own.
package struct CreateTrainingJob: Sendable {
    /// The request as it came, without nulls.
    package let body: JSONValue

    /// Checks the shape of a request.
    ///
    /// - Throws: A `ValidationException` that lists every violation.
    package init(body: JSONValue) throws(APIError) {
        try ShapeValidator.check(body, isRequestOf: .createTrainingJob)
        self.body = body.withoutNulls
    }

    /// The name asked for.
    package var name: TrainingJob.Name { body["TrainingJobName"]?.string ?? "" }

    /// The algorithms that the request names: one, or none.
    package var algorithms: Set<AlgorithmReference> {
        Set([body["AlgorithmSpecification"]?.algorithm].compactMap { $0 })
    }

    /// Makes the specification of a tuning job of this one training job.
    ///
    /// - Parameter algorithms: Those of the algorithms named that are stored.
    /// - Throws: A `ValidationException` that lists every problem.
    package func validated(
        scope: RequestScope = RequestScope(), algorithms: KnownAlgorithms = [:],
        checkImage: ImageCheck = { _, _ in nil }
    ) throws(APIError) -> TuningJobSpecification {
        try algorithms.require(self.algorithms, in: scope)
        var problems = Problems()
        problems.addUnavailable(inTrainingJob: body)
        let source = TrainingSource(
            body["AlgorithmSpecification"], at: "AlgorithmSpecification", algorithms: algorithms,
            problems: &problems)
        source.rules?.check(body, at: "", problems: &problems)
        let values = body["HyperParameters"]?.texts ?? [:]
        let definition = TrainingJobDefinition(
            searchSpace: .empty, objective: nil,
            staticHyperparameters: source.rules?.complete(values, problems: &problems) ?? values,
            image: source.image, metrics: source.metrics,
            stoppingCondition: TrainingRules.stoppingCondition(
                body["StoppingCondition"], at: "StoppingCondition", problems: &problems),
            retryCountMax: TrainingRules.retryCountMax(body),
            envelope: body.removing(["TrainingJobName", "HyperParameters", "Tags"]))
        ChannelRules.check(body, at: "", problems: &problems)
        ResourceRules.check(body["ResourceConfig"], at: "ResourceConfig", problems: &problems)
        TrainingRules.checkWait(body, at: "", problems: &problems)
        ProfilerRules.check(body["ProfilerConfig"], problems: &problems)
        CredentialRules.check(
            definition.staticHyperparameters, at: "HyperParameters", problems: &problems)
        let tags = TagRules.tags(body["Tags"], problems: &problems)
        if !definition.image.isEmpty, let problem = checkImage(definition, tags) {
            problems.add("AlgorithmSpecification.TrainingImage: \(problem)")
        }
        try problems.throwIfAny(counted: false)
        return TuningJobSpecification(
            name: name, kind: .training, definitions: [definition], plan: .fullTraining(.single),
            limits: ResourceLimits(trainingJobCountMax: 1, parallelCountMax: 1), tags: tags,
            arnPrefix: scope.arnPrefix, request: body)
    }

    /// The answer to a request that was accepted.
    package static func answer(_ specification: TuningJobSpecification) -> JSONValue {
        ["TrainingJobArn": .string(specification.arn(ofTrainingJob: specification.name))]
    }
}
