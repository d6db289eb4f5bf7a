import Foundation
import Synchronization
import Tuning

/// What definitions of tuning jobs and training jobs have in common.
enum TrainingRules {
    /// The metrics of an algorithm specification; their expressions must compile.
    static func metrics(
        _ specification: JSONValue?, problems: inout Problems
    ) -> [MetricDefinition] {
        var definitions: [MetricDefinition] = []
        for element in specification?["MetricDefinitions"]?.array ?? [] {
            guard let name = element["Name"]?.string, let regex = element["Regex"]?.string else {
                continue
            }
            if !isExpression(regex) {
                problems.add(
                    "MetricDefinitions: the Regex '\(regex)' of metric '\(name)' is not a regular "
                        + "expression.")
            }
            definitions.append(MetricDefinition(name: name, regex: regex))
        }
        return definitions
    }

    /// Expressions that compile; most requests have the metrics of one before.
    private static let knownExpressions = Mutex<Set<String>>([])
    /// More known expressions than this are forgotten.
    private static let knownExpressionsMax = 1_000

    private static func isExpression(_ regex: String) -> Bool {
        if knownExpressions.withLock({ $0.contains(regex) }) { return true }
        guard (try? NSRegularExpression(pattern: regex)) != nil else { return false }
        knownExpressions.withLock { known in
            if known.count >= knownExpressionsMax { known.removeAll() }
            known.insert(regex)
        }
        return true
    }

    /// How long a training job may take.
    static func stoppingCondition(
        _ condition: JSONValue?, at place: String, problems: inout Problems
    ) -> StoppingCondition {
        func seconds(_ member: String) -> Duration? {
            condition?[member]?.integer.map { .seconds($0) }
        }
        let runtimeMax = seconds("MaxRuntimeInSeconds") ?? StoppingCondition().runtimeMax
        let waitMax = seconds("MaxWaitTimeInSeconds")
        if let waitMax, waitMax < runtimeMax {
            problems.add(
                "\(place): MaxWaitTimeInSeconds [\(waitMax.components.seconds)] must be at least "
                    + "MaxRuntimeInSeconds [\(runtimeMax.components.seconds)].")
        }
        return StoppingCondition(
            runtimeMax: runtimeMax, waitMax: waitMax,
            pendingMax: seconds("MaxPendingTimeInSeconds"))
    }

    /// Only managed spot training waits.
    static func checkWait(_ definition: JSONValue, at prefix: String, problems: inout Problems) {
        guard definition["StoppingCondition"]?["MaxWaitTimeInSeconds"] != nil,
            definition["EnableManagedSpotTraining"]?.bool != true
        else { return }
        problems.add(
            "\(prefix)StoppingCondition: MaxWaitTimeInSeconds is only for managed spot training; "
                + "leave it out, or set EnableManagedSpotTraining.")
    }

    /// How often a training job that failed by an internal error is tried again.
    static func retryCountMax(_ definition: JSONValue) -> Int {
        definition["RetryStrategy"]?["MaximumRetryAttempts"]?.integer ?? 0
    }
}
