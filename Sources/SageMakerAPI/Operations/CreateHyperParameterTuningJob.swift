import Tuning

/// The request to start a tuning job.
package struct CreateHyperParameterTuningJob: Sendable {
    /// The request as it came, without nulls.
    package let body: JSONValue

    /// Checks the shape of a request.
    ///
    /// - Throws: A `ValidationException` that lists every violation.
    package init(body: JSONValue) throws(APIError) {
        try ShapeValidator.check(body, isRequestOf: .createTuningJob)
        self.body = body.withoutNulls
    }

    /// The algorithms that the request names.
    package var algorithms: Set<AlgorithmReference> {
        let several = body["TrainingJobDefinitions"]?.array ?? []
        let definitions = [body["TrainingJobDefinition"] ?? [:]] + several
        return Set(definitions.compactMap { $0["AlgorithmSpecification"]?.algorithm })
    }

    /// The names of the tuning jobs that the request wants to learn from.
    package var parentNames: [TuningJob.Name] {
        WarmStartRules.parentNames(body["WarmStartConfig"])
    }

    /// Makes the specification that the request asks for.
    ///
    /// - Parameters:
    ///   - algorithms: Those of the algorithms named that are stored.
    ///   - parents: Those of the parents named that are stored.
    /// - Throws: A `ValidationException` that lists every problem.
    package func validated(
        scope: RequestScope = RequestScope(), algorithms: KnownAlgorithms = [:],
        parents: KnownParents = [:], checkImage: @escaping ImageCheck = { _, _ in nil }
    ) throws(APIError) -> TuningJobSpecification {
        try algorithms.require(self.algorithms, in: scope)
        var problems = Problems()
        let body = Autotune.completed(body, algorithms: algorithms, problems: &problems)
        let config = body["HyperParameterTuningJobConfig"]
        let tags = TagRules.tags(body["Tags"], problems: &problems)
        let definitions = DefinitionRules(
            body: body, algorithms: algorithms, tags: tags, checkImage: checkImage
        ).definitions(problems: &problems)
        SearchSpaceRules.checkCount(body, problems: &problems)
        StrategyRules.check(config, problems: &problems)
        let plan = PlanRules.plan(
            config, definitions: definitions, tags: tags, problems: &problems)
        let criteria = CompletionRules.criteria(
            config, objectives: definitions.compactMap(\.objective), problems: &problems)
        let warmStart = WarmStartRules(body["WarmStartConfig"], parents: parents)?
            .warmStart(of: definitions, problems: &problems)
        // Combinations are counted only where what they are made of is right.
        try problems.throwIfAny(counted: false)
        let limits = ResourceLimits(wire: config?["ResourceLimits"])
        PlanRules.checkCombinations(
            definitions, plan: plan, countMax: limits.trainingJobCountMax, problems: &problems)
        try problems.throwIfAny(counted: false)
        return TuningJobSpecification(
            name: body["HyperParameterTuningJobName"]?.string ?? "", definitions: definitions,
            plan: plan, limits: limits, criteria: criteria, warmStart: warmStart,
            seed: config?["RandomSeed"]?.integer.map { UInt64($0) }, tags: tags,
            arnPrefix: scope.arnPrefix, request: body)
    }

    /// The answer to a request that was accepted.
    package static func answer(_ job: TuningJob) -> JSONValue {
        ["HyperParameterTuningJobArn": .string(job.arn)]
    }
}

extension ResourceLimits {
    /// Reads limits whose shape has been checked.
    fileprivate init(wire limits: JSONValue?) {
        self.init(
            trainingJobCountMax: limits?["MaxNumberOfTrainingJobs"]?.integer,
            parallelCountMax: limits?["MaxParallelTrainingJobs"]?.integer ?? 1,
            runtimeMax: limits?["MaxRuntimeInSeconds"]?.integer.map { .seconds($0) })
    }
}
