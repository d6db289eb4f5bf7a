import SageMakerAPI
import Tuning

/// The request for a tuning job that does what an experiment asks for.
struct TuningJobRequest {
    /// What the experiment asks for.
    let specification: TuningJobSpecification
    /// Which way is better.
    let objective: Objective
    /// What runs for every trial.
    let program: TrainingProgram

    /// The request of `CreateHyperParameterTuningJob`.
    var body: JSONValue {
        var members: [String: JSONValue] = [
            "HyperParameterTuningJobName": .string(specification.name),
            "HyperParameterTuningJobConfig": .object(configuration),
            "TrainingJobDefinition": program.definition(),
        ]
        if case .grid(let levels) = specification.plan.method, let standard = levels.standard {
            members["Tags"] = [
                ["Key": .string(GridLevelsTag.key), "Value": .string("\(standard)")]
            ]
        }
        return .object(members)
    }

    private var configuration: [String: JSONValue] {
        var limits: [String: JSONValue] = [
            "MaxParallelTrainingJobs": .integer(specification.limits.parallelCountMax)
        ]
        limits["MaxNumberOfTrainingJobs"] = trialCountMax.map { .integer($0) }
        var configuration: [String: JSONValue] = [
            "Strategy": .string(specification.plan.label),
            "HyperParameterTuningJobObjective": [
                "Type": .string(objective.direction.rawValue),
                "MetricName": .string(program.metric.name),
            ],
            "ResourceLimits": .object(limits),
            "ParameterRanges": ranges,
        ]
        configuration["RandomSeed"] = specification.seed.map { .integer(Int(clamping: $0)) }
        if let target = specification.completionCriteria.targetCost {
            configuration["TuningJobCompletionCriteria"] = [
                "TargetObjectiveMetricValue": .number(objective.value(of: target))
            ]
        }
        switch specification.plan {
        case .fullTraining: break
        case .medianStopping: configuration["TrainingJobEarlyStoppingType"] = "Auto"
        case .hyperband(let plan):
            configuration["StrategyConfig"] = [
                "HyperbandStrategyConfig": [
                    "MinResource": .integer(plan.resourceMin.units),
                    "MaxResource": .integer(plan.resourceMax.units),
                ]
            ]
        }
        return configuration
    }

    /// How many trials there are; of a grid not more than it has, which the API does not take.
    private var trialCountMax: Int? {
        guard case .grid(let levels) = specification.plan.method,
            let grid = try? Grid(specification.definitions[0].searchSpace, levels: levels)
        else { return specification.limits.trainingJobCountMax }
        return min(grid.combinationCount, specification.limits.trainingJobCountMax ?? .max)
    }

    private var ranges: JSONValue {
        var continuous: [JSONValue] = []
        var integers: [JSONValue] = []
        var categories: [JSONValue] = []
        for parameter in specification.definitions[0].searchSpace.parameters {
            let name = JSONValue.string(parameter.name)
            switch parameter.domain {
            case .continuous(let range):
                continuous.append([
                    "Name": name, "MinValue": .string("\(range.lower)"),
                    "MaxValue": .string("\(range.upper)"),
                    "ScalingType": .string(range.scaling.rawValue),
                ])
            case .integer(let range):
                integers.append([
                    "Name": name, "MinValue": .string("\(range.lower)"),
                    "MaxValue": .string("\(range.upper)"),
                    "ScalingType": .string(range.scaling.rawValue),
                ])
            case .categorical(let values):
                categories.append([
                    "Name": name, "Values": .array(values.values.map { .string($0) }),
                ])
            }
        }
        return [
            "ContinuousParameterRanges": .array(continuous),
            "IntegerParameterRanges": .array(integers),
            "CategoricalParameterRanges": .array(categories),
        ]
    }
}
