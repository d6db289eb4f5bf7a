import Tuning

/// A property of a record that is searched or sorted by, such as `TrainingJobStatus`,
/// `ResourceConfig.InstanceType`, `Metrics.accuracy`, `HyperParameters.lr` or `Tags.team`.
struct SearchProperty: Hashable, Sendable {
    /// What kind of values a property has.
    enum Kind: Hashable, Sendable {
        case text
        case number
        case timestamp
        case boolean
        /// Text, which is a number where it looks like one.
        case hyperparameter
    }

    /// The name as it was given.
    let name: String
    /// What kind of values it has.
    let kind: Kind
    private let place: Place

    private enum Place: Hashable {
        case metric(String)
        case hyperparameter(String)
        case tag(String)
        case path([Substring])
    }

    /// Takes a name.
    init(_ name: String) {
        self.name = name
        let parts = name.split(
            separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        let rest = parts.count == 2 ? String(parts[1]) : ""
        switch parts.first {
        case "Metrics" where !rest.isEmpty: (place, kind) = (.metric(rest), .number)
        case "HyperParameters" where !rest.isEmpty:
            (place, kind) = (.hyperparameter(rest), .hyperparameter)
        case "Tags" where !rest.isEmpty: (place, kind) = (.tag(rest), .text)
        default:
            let path = name.split(separator: ".", omittingEmptySubsequences: false)
            place = .path(path)
            // The names of environment variables say nothing about their values.
            kind = path.first == "Environment" ? .text : Kind(ofMember: String(path.last ?? ""))
        }
    }

    /// The member of a record it lies in.
    var member: String {
        switch place {
        case .metric: "FinalMetricDataList"
        case .hyperparameter: "HyperParameters"
        case .tag: "Tags"
        case .path(let path): String(path.first ?? "")
        }
    }

    /// The same property, named from within a list.
    func within(_ list: SearchProperty) -> SearchProperty {
        guard name.hasPrefix(list.name + ".") else { return self }
        return SearchProperty(path: name.dropFirst(list.name.count + 1), kind: kind)
    }

    private init(path: Substring, kind: Kind) {
        name = String(path)
        self.kind = kind
        place = .path(path.split(separator: ".", omittingEmptySubsequences: false))
    }

    /// The values that a record has for it: none, one, or one for each element of a list.
    func values(in record: JSONValue) -> [JSONValue] {
        switch place {
        case .metric(let name):
            Self.entries(record["FinalMetricDataList"], "MetricName", name, "Value")
        case .hyperparameter(let name):
            record["HyperParameters"]?[name].map { [$0] } ?? []
        case .tag(let key):
            Self.entries(record["Tags"], "Key", key, "Value")
        case .path(let path):
            Self.values(at: path[...], in: record)
        }
    }

    /// The elements of the list that the property is; the value itself where it is no list.
    func elements(in record: JSONValue) -> [JSONValue] {
        values(in: record).flatMap { $0.array ?? [$0] }
    }

    private static func entries(
        _ list: JSONValue?, _ nameMember: String, _ name: String, _ valueMember: String
    ) -> [JSONValue] {
        (list?.array ?? []).filter { $0[nameMember]?.string == name }
            .compactMap { $0[valueMember] }
    }

    private static func values(at path: ArraySlice<Substring>, in value: JSONValue) -> [JSONValue] {
        guard let first = path.first else { return [value] }
        if let elements = value.array { return elements.flatMap { values(at: path, in: $0) } }
        // The names of variables may have dots.
        if path.count > 1, let value = value[path.joined(separator: ".")] { return [value] }
        return value[String(first)].map { values(at: path.dropFirst(), in: $0) } ?? []
    }
}

// MARK: - Kinds

extension SearchProperty.Kind {
    /// What kind of values a member of a description has, at whatever depth.
    fileprivate init(ofMember name: String) {
        if Self.timestamps.contains(name) {
            self = .timestamp
        } else if Self.numbers.contains(name) || name.hasSuffix("InSeconds") {
            self = .number
        } else if name.hasPrefix("Enable") || name == "DisableProfiler" {
            self = .boolean
        } else {
            self = .text
        }
    }

    private static let timestamps: Set = [
        "CreationTime", "LastModifiedTime", "TrainingStartTime", "TrainingEndTime",
        "HyperParameterTuningEndTime", "StartTime", "EndTime", "Timestamp",
        "ConvergenceDetectedTime",
    ]

    private static let numbers: Set = [
        "InstanceCount", "VolumeSizeInGB", "MaximumRetryAttempts", "MaxNumberOfTrainingJobs",
        "MaxParallelTrainingJobs", "Completed", "InProgress", "RetryableError",
        "NonRetryableError", "Stopped", "Succeeded", "Pending", "Failed", "RandomSeed", "Seed",
        "TargetObjectiveMetricValue", "MaxNumberOfTrainingJobsNotImproving", "MinResource",
        "MaxResource", "NumberOfTrainingJobsObjectiveNotImproving",
        "ProfilingIntervalInMilliseconds", "Value",
    ]
}
