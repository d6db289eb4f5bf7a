import Tuning

/// What a tuning job and the parents it wants to learn from must have in common.
struct WarmStartRules {
    private let config: JSONValue
    private let kind: WarmStart.Kind
    private let parents: KnownParents

    /// Reads a `WarmStartConfig` whose shape has been checked; `nil` without one.
    init?(_ config: JSONValue?, parents: KnownParents) {
        guard let config, let type = config["WarmStartType"]?.string,
            let kind = WarmStart.Kind(rawValue: type)
        else { return nil }
        self.config = config
        self.kind = kind
        self.parents = parents
    }

    /// The names of the parents that a config names, in order.
    static func parentNames(_ config: JSONValue?) -> [TuningJob.Name] {
        (config?["ParentHyperParameterTuningJobs"]?.array ?? [])
            .compactMap { $0["HyperParameterTuningJobName"]?.string }
    }

    /// Learns from the parents, or notes why that cannot be.
    func warmStart(
        of definitions: [TrainingJobDefinition], problems: inout Problems
    ) -> WarmStart? {
        guard definitions.count == 1, let definition = definitions.first else {
            problems.add("WarmStartConfig is only for a single TrainingJobDefinition.")
            return nil
        }
        let names = Self.parentNames(config)
        if names.count < config["ParentHyperParameterTuningJobs"]?.array?.count ?? 0 {
            problems.add(
                "WarmStartConfig: there is no tuning job without a name; give each of "
                    + "ParentHyperParameterTuningJobs its HyperParameterTuningJobName.")
        }
        var known: [ParentTuningJob] = []
        var seen: Set<String> = []
        for name in names {
            guard seen.insert(name.lowercased()).inserted else {
                problems.add("WarmStartConfig: parent '\(name)' is given twice.")
                continue
            }
            guard let parent = parents[name] else {
                problems.add("WarmStartConfig: there is no tuning job '\(name)'.")
                continue
            }
            check(parent, definition, problems: &problems)
            known.append(parent)
        }
        return WarmStart(
            kind: kind, priors: PriorTrials(definition, kind: kind).trials(of: known),
            best: Self.best(of: known))
    }

    private static func best(of parents: [ParentTuningJob]) -> WarmStart.Best? {
        parents.compactMap { parent in
            parent.job.best.map {
                WarmStart.Best(tuningJob: parent.job.id, ordinal: $0.ordinal, cost: $0.cost)
            }
        }
        .min { $0.cost < $1.cost }
    }
}

// MARK: - What must be the same

extension WarmStartRules {
    private func check(
        _ parent: ParentTuningJob, _ definition: TrainingJobDefinition, problems: inout Problems
    ) {
        let place = "WarmStartConfig: parent '\(parent.job.name)'"
        guard parent.job.status.isFinished else {
            problems.add(
                "\(place) is in status \(parent.job.status.rawValue); wait until it is over.")
            return
        }
        let others = parent.specification.definitions
        guard others.count == 1, let other = others.first else {
            problems.add("\(place) has several TrainingJobDefinitions; it cannot be a parent.")
            return
        }
        if definition.objective != other.objective {
            problems.add(
                "\(place) has the objective \(other.objective.text), not "
                    + "\(definition.objective.text); they must be the same.")
        }
        checkNames(definition, other, at: place, problems: &problems)
        checkTypes(definition, other, at: place, problems: &problems)
        if kind == .identicalDataAndAlgorithm {
            checkIdentical(definition, other, at: place, problems: &problems)
        }
    }

    /// Hyperparameters may change between static and searched; together they stay the same.
    private func checkNames(
        _ definition: TrainingJobDefinition, _ other: TrainingJobDefinition, at place: String,
        problems: inout Problems
    ) {
        let (own, its) = (definition.hyperparameterNames, other.hyperparameterNames)
        guard own != its else { return }
        var differences: [String] = []
        for (names, whose) in [
            (own.subtracting(its), "only this tuning job has"),
            (its.subtracting(own), "only the parent has"),
        ] where !names.isEmpty {
            differences.append("\(whose) [\(names.sorted().joined(separator: ", "))]")
        }
        problems.add(
            "\(place) has other hyperparameters, static and searched together: "
                + "\(differences.joined(separator: "; ")).")
    }

    private func checkTypes(
        _ definition: TrainingJobDefinition, _ other: TrainingJobDefinition, at place: String,
        problems: inout Problems
    ) {
        for parameter in definition.searchSpace.parameters {
            let its = other.searchSpace.parameters.first { $0.name == parameter.name }
            guard let its, its.domain.typeName != parameter.domain.typeName else { continue }
            problems.add(
                "\(place) searches hyperparameter '\(parameter.name)' as \(its.domain.typeName), "
                    + "not as \(parameter.domain.typeName); the type must not change.")
        }
    }

    private func checkIdentical(
        _ definition: TrainingJobDefinition, _ other: TrainingJobDefinition, at place: String,
        problems: inout Problems
    ) {
        var differences: [String] = []
        if definition.image != other.image {
            differences.append("AlgorithmSpecification (TrainingImage or AlgorithmName)")
        }
        let inputs = [definition, other].map { $0.envelope["InputDataConfig"] ?? [] }
        if inputs[0] != inputs[1] { differences.append("InputDataConfig") }
        guard !differences.isEmpty else { return }
        problems.add(
            "\(place): with IdenticalDataAndAlgorithm, these must be the same: "
                + "\(differences.joined(separator: ", ")). Use TransferLearning where they differ.")
    }
}

extension TrainingJobDefinition {
    /// The names of all hyperparameters but the one that every training job of a tuning job has.
    fileprivate var hyperparameterNames: Set<Parameter.Name> {
        Set(staticHyperparameters.keys).union(searchSpace.parameters.map(\.name))
            .subtracting([Self.objectiveHyperparameter])
    }
}

extension Objective? {
    fileprivate var text: String {
        self.map { "\($0.direction.rawValue) \($0.metric)" } ?? "of no metric"
    }
}

extension ParameterDomain {
    /// The kind of range, as messages name it.
    fileprivate var typeName: String {
        switch self {
        case .continuous: "Continuous"
        case .integer: "Integer"
        case .categorical: "Categorical"
        }
    }
}
