import Tuning

/// Fills in what the request of a tuning job leaves open, where it asks for that.
///
/// What the caller gives stays as it is. The completed request is what runs, and what descriptions
/// show. The longest run time is left open: nothing is known about how long training takes.
struct Autotune {
    /// How many training jobs there are for each hyperparameter that is searched.
    static let trainingJobsPerParameter = 10
    /// The least and the most training jobs.
    static let trainingJobCounts = 20...200
    /// How often a training job that failed by an internal error is tried again.
    static let retryCount = 3

    private let body: JSONValue
    private let algorithms: KnownAlgorithms

    /// Completes a request whose shape has been checked.
    static func completed(
        _ body: JSONValue, algorithms: KnownAlgorithms, problems: inout Problems
    ) -> JSONValue {
        let autotune = Autotune(body: body, algorithms: algorithms)
        guard body["Autotune"]?["Mode"] == "Enabled" else {
            autotune.refuseAutoParameters(problems: &problems)
            return body
        }
        return autotune.completed()
    }

    private var config: JSONValue { body["HyperParameterTuningJobConfig"] ?? [:] }
    private var isGrid: Bool { config["Strategy"] == "Grid" }

    private func refuseAutoParameters(problems: inout Problems) {
        let definitions =
            [body["TrainingJobDefinition"] ?? [:]]
            + (body["TrainingJobDefinitions"]?.array ?? [])
        let ranges =
            [config["ParameterRanges"]] + definitions.map { $0["HyperParameterRanges"] }
        if ranges.contains(where: { $0?["AutoParameters"]?.array?.isEmpty == false }) {
            problems.add(
                "AutoParameters are only for tuning jobs with Autotune; set its Mode to Enabled, "
                    + "or give the hyperparameters ranges.")
        }
    }

    private func completed() -> JSONValue {
        var config = config
        var members: [String: JSONValue] = [:]
        if let several = body["TrainingJobDefinitions"]?.array {
            members["TrainingJobDefinitions"] = .array(several.map { withRanges($0) })
        } else if let one = body["TrainingJobDefinition"] {
            let searched = withRanges(one, config["ParameterRanges"])
            members["TrainingJobDefinition"] = searched.definition
            if let ranges = searched.ranges {
                config = config.setting(["ParameterRanges": ranges])
            }
        }
        var definitions = members["TrainingJobDefinitions"]?.array ?? []
        if let one = members["TrainingJobDefinition"] { definitions.append(one) }
        members["HyperParameterTuningJobConfig"] = withLimits(
            config, ranges: [config["ParameterRanges"]] + definitions.map(\.ranges),
            isSingle: body["TrainingJobDefinitions"] == nil)
        return body.setting(members)
    }
}

// MARK: - Ranges

extension Autotune {
    /// One of several definitions, with its own ranges.
    private func withRanges(_ definition: JSONValue) -> JSONValue {
        withRanges(definition, nil).definition
    }

    /// A definition, and the ranges of the config, with ranges for what only has an example value.
    /// What is not eligible keeps that value.
    private func withRanges(
        _ definition: JSONValue, _ ranges: JSONValue?
    ) -> (definition: JSONValue, ranges: JSONValue?) {
        var definition = withRetries(definition)
        let known = rules(of: definition)?.hyperparameters.searchSpace().parameters ?? []
        let completed = ranges.map { complete($0, known, &definition) }
        if let own = definition["HyperParameterRanges"] {
            let own = complete(own, known, &definition)
            definition = definition.setting(["HyperParameterRanges": own])
        }
        return (definition, completed)
    }

    private func complete(
        _ ranges: JSONValue, _ known: [Parameter], _ definition: inout JSONValue
    ) -> JSONValue {
        let given = Set(SearchSpaceRules.names(in: ranges))
        var lists = ranges.object ?? [:]
        var fixed = definition["StaticHyperParameters"]?.object ?? [:]
        for auto in ranges["AutoParameters"]?.array ?? [] {
            guard let name = auto["Name"]?.string, let hint = auto["ValueHint"]?.string,
                !given.contains(name), fixed[name] == nil
            else { continue }
            let specified = known.first { $0.name == name }.map(SuggestedRange.init)
            guard let range = specified ?? SuggestedRange(name: name, hint: hint) else {
                fixed[name] = .string(hint)
                continue
            }
            let list = lists[range.list.rawValue]?.array ?? []
            lists[range.list.rawValue] = .array(list + [range.json])
        }
        if !fixed.isEmpty {
            definition = definition.setting(["StaticHyperParameters": .object(fixed)])
        }
        return .object(lists)
    }

    private func rules(of definition: JSONValue) -> AlgorithmRules? {
        definition["AlgorithmSpecification"]?.algorithm.flatMap { algorithms[$0] }
            .map { AlgorithmRules($0) }
    }
}

// MARK: - Limits and criteria

extension Autotune {
    private func withRetries(_ definition: JSONValue) -> JSONValue {
        guard definition["RetryStrategy"] == nil else { return definition }
        return definition.setting([
            "RetryStrategy": ["MaximumRetryAttempts": .integer(Self.retryCount)]
        ])
    }

    private func withLimits(
        _ config: JSONValue, ranges: [JSONValue?], isSingle: Bool
    ) -> JSONValue {
        var members: [String: JSONValue] = [:]
        let limits = config["ResourceLimits"] ?? [:]
        if limits["MaxNumberOfTrainingJobs"] == nil, !isGrid {
            members["ResourceLimits"] = limits.setting([
                "MaxNumberOfTrainingJobs": .integer(Self.trainingJobCount(ranges))
            ])
        }
        if config["TrainingJobEarlyStoppingType"] == nil {
            let isPossible = isSingle && config["Strategy"] != "Hyperband"
            members["TrainingJobEarlyStoppingType"] = isPossible ? "Auto" : "Off"
        }
        let criteria = config["TuningJobCompletionCriteria"] ?? [:]
        if criteria["ConvergenceDetected"] == nil {
            members["TuningJobCompletionCriteria"] = criteria.setting([
                "ConvergenceDetected": ["CompleteOnConvergence": "Enabled"]
            ])
        }
        return config.setting(members)
    }

    /// How many training jobs: enough for all hyperparameters, and no more than there are
    /// combinations.
    private static func trainingJobCount(_ ranges: [JSONValue?]) -> Int {
        let parameterCount = ranges.reduce(0) { $0 + SearchSpaceRules.names(in: $1).count }
        let wanted = min(
            max(trainingJobsPerParameter * parameterCount, trainingJobCounts.lowerBound),
            trainingJobCounts.upperBound)
        let combinations = ranges.compactMap { $0 }.map(combinationCount).reduce(0) {
            $0.addingReportingOverflow($1).overflow ? .max : $0 + $1
        }
        return max(1, min(wanted, combinations))
    }

    private static func combinationCount(_ ranges: JSONValue) -> Int {
        guard SearchSpaceRules.names(in: ranges).count > 0 else { return .max }
        if ranges["ContinuousParameterRanges"]?.array?.isEmpty == false { return .max }
        var product = 1
        for range in ranges["IntegerParameterRanges"]?.array ?? [] {
            let bounds = ["MinValue", "MaxValue"].compactMap {
                range[$0]?.string.flatMap { Int($0) }
            }
            guard bounds.count == 2, bounds[0] <= bounds[1], bounds[1] - bounds[0] < 1_000 else {
                return .max
            }
            product = min(product * (bounds[1] - bounds[0] + 1), 1_000_000)
        }
        for range in ranges["CategoricalParameterRanges"]?.array ?? [] {
            product = min(product * max(1, range["Values"]?.array?.count ?? 1), 1_000_000)
        }
        return product
    }
}

extension JSONValue {
    /// The ranges of a definition.
    fileprivate var ranges: JSONValue? { self["HyperParameterRanges"] }
}
