import Tuning

/// Makes the training job definitions of a tuning job, noting everything that is wrong with them.
struct DefinitionRules {
    /// The request, without nulls; its shape has been checked.
    let body: JSONValue
    /// The algorithms that the request names; all of them are known.
    let algorithms: KnownAlgorithms
    /// The tags of the tuning job.
    let tags: [Tag]
    let checkImage: ImageCheck

    /// The most environment variables that all definitions may have together.
    private static let environmentCountMax = 48

    /// The definitions: the one, or the several, that the request gives.
    func definitions(problems: inout Problems) -> [TrainingJobDefinition] {
        let several = body["TrainingJobDefinitions"]?.array
        switch (body["TrainingJobDefinition"], several) {
        case (let one?, nil):
            return [single(one, problems: &problems)]
        case (nil, let several?):
            checkConfigHasNone(problems: &problems)
            checkEnvironments(several, problems: &problems)
            let definitions = several.enumerated().map { index, definition in
                member(definition, at: index, problems: &problems)
            }
            checkNames(definitions, problems: &problems)
            return definitions
        case (_?, _?), (nil, nil):
            problems.add(
                "Give exactly one of TrainingJobDefinition and TrainingJobDefinitions.")
            return []
        }
    }

    private var config: JSONValue? { body["HyperParameterTuningJobConfig"] }

    /// The definition of a tuning job that has one: what it searches for stands in the config, or,
    /// where it stands in the definition, there.
    private func single(
        _ definition: JSONValue, problems: inout Problems
    ) -> TrainingJobDefinition {
        let place = "TrainingJobDefinition"
        let objectives = (
            config?["HyperParameterTuningJobObjective"], definition["TuningObjective"]
        )
        if objectives.0 != nil, objectives.1 != nil, objectives.0 != objectives.1 {
            problems.add(
                "\(place).TuningObjective differs from HyperParameterTuningJobObjective; "
                    + "give one of them.")
        }
        let ranges = (config?["ParameterRanges"], definition["HyperParameterRanges"])
        if ranges.0 != nil, ranges.1 != nil, ranges.0 != ranges.1 {
            problems.add(
                "\(place).HyperParameterRanges differs from ParameterRanges; give one of them.")
        }
        return made(
            definition, at: place, objective: objectives.0 ?? objectives.1,
            objectivePlace: "HyperParameterTuningJobObjective", ranges: ranges.0 ?? ranges.1,
            rangesPlace: "ParameterRanges", problems: &problems)
    }

    /// One of several definitions: what it searches for is its own.
    private func member(
        _ definition: JSONValue, at index: Int, problems: inout Problems
    ) -> TrainingJobDefinition {
        let place = "TrainingJobDefinitions[\(index)]"
        if definition["DefinitionName"] == nil {
            problems.add("\(place) has no DefinitionName; several definitions need names.")
        }
        return made(
            definition, at: place, objective: definition["TuningObjective"],
            objectivePlace: "\(place).TuningObjective",
            ranges: definition["HyperParameterRanges"],
            rangesPlace: "\(place).HyperParameterRanges", problems: &problems)
    }

    private func made(
        _ definition: JSONValue, at place: String, objective: JSONValue?, objectivePlace: String,
        ranges: JSONValue?, rangesPlace: String, problems: inout Problems
    ) -> TrainingJobDefinition {
        let source = TrainingSource(
            definition["AlgorithmSpecification"], at: "\(place).AlgorithmSpecification",
            algorithms: algorithms, problems: &problems)
        let fixed = definition["StaticHyperParameters"]?.texts ?? [:]
        HyperparameterNameRules.check(fixed: fixed, ranges: ranges, at: place, problems: &problems)
        ChannelRules.check(definition, at: "\(place).", problems: &problems)
        TrainingRules.checkWait(definition, at: "\(place).", problems: &problems)
        let space = SearchSpaceRules.searchSpace(
            ranges, fixed: fixed, rules: source.rules, at: rangesPlace, problems: &problems)
        let objective = checkedObjective(
            objective, at: objectivePlace, source: source, problems: &problems)
        source.rules?.check(definition, at: "\(place).", problems: &problems)
        let result = TrainingJobDefinition(
            name: definition["DefinitionName"]?.string, searchSpace: space, objective: objective,
            staticHyperparameters: source.rules?.complete(
                fixed, space: space, problems: &problems) ?? fixed,
            image: source.image, metrics: source.metrics,
            stoppingCondition: TrainingRules.stoppingCondition(
                definition["StoppingCondition"], at: "\(place).StoppingCondition",
                problems: &problems),
            retryCountMax: TrainingRules.retryCountMax(definition),
            envelope: ResourceRules.envelope(definition, at: place, problems: &problems))
        if !result.image.isEmpty, let problem = checkImage(result, tags) {
            problems.add("\(place).AlgorithmSpecification.TrainingImage: \(problem)")
        }
        return result
    }

    private func checkedObjective(
        _ objective: JSONValue?, at place: String, source: TrainingSource,
        problems: inout Problems
    ) -> Objective? {
        guard let objective = objective.flatMap(Objective.init(wire:)) else {
            problems.add("\(place) is missing; name the metric to optimise and the direction.")
            return nil
        }
        source.rules?.check(objective, at: place, problems: &problems)
        if !source.metrics.contains(where: { $0.name == objective.metric }) {
            problems.add(
                "A metric is required for this hyperparameter tuning job objective. "
                    + "Provide a metric in the metric definitions.")
        }
        return objective
    }
}

// MARK: - Several definitions

extension DefinitionRules {
    private func checkConfigHasNone(problems: inout Problems) {
        for member in ["HyperParameterTuningJobObjective", "ParameterRanges"]
        where config?[member] != nil {
            problems.add(
                "With TrainingJobDefinitions, \(member) belongs into each definition; "
                    + "remove it from HyperParameterTuningJobConfig.")
        }
    }

    private func checkNames(_ definitions: [TrainingJobDefinition], problems: inout Problems) {
        var seen: Set<String> = []
        for name in definitions.compactMap(\.name) where !seen.insert(name).inserted {
            problems.add("DefinitionName '\(name)' is given twice; names must be unique.")
        }
    }

    private func checkEnvironments(_ definitions: [JSONValue], problems: inout Problems) {
        let count = definitions.reduce(0) { $0 + ($1["Environment"]?.object?.count ?? 0) }
        if count > Self.environmentCountMax {
            problems.add(
                "The Environments of all definitions may have \(Self.environmentCountMax) "
                    + "variables together, but there are \(count).")
        }
    }
}

extension Objective {
    /// Reads an objective of the wire.
    fileprivate init?(wire value: JSONValue) {
        guard let direction = value["Type"]?.string.flatMap(Direction.init),
            let metric = value["MetricName"]?.string
        else { return nil }
        self.init(direction, metric)
    }
}
