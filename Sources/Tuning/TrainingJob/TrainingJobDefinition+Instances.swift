// MARK: - Instances

extension TrainingJobDefinition {
    /// Instances of one type that a training job asks for.
    public struct Instances: Hashable, Sendable {
        /// The type, such as `ml.m5.large`; `nil` where none is named.
        public let type: String?
        /// How many.
        public let count: Int

        init(_ given: JSONValue) {
            type = given["InstanceType"]?.string
            count = given["InstanceCount"]?.integer ?? 1
        }
    }

    /// The instances asked for, by group; of several configurations to choose from, the first
    /// counts.
    public var instances: [Instances] {
        let resources =
            envelope["HyperParameterTuningResourceConfig"] ?? envelope["ResourceConfig"]
        guard let resources else { return [] }
        let configuration = resources["InstanceConfigs"]?.array?.first.map { [$0] }
        let groups = configuration ?? resources["InstanceGroups"]?.array ?? [resources]
        return groups.map(Instances.init)
    }

    /// The type of the first instance asked for; `nil` where none is.
    public var instanceType: String? { instances.first?.type }

    /// How many instances work together on one training job.
    public var instanceCount: Int { max(1, instances.map(\.count).reduce(0, Self.sum)) }

    private static func sum(_ one: Int, _ other: Int) -> Int {
        let (sum, overflows) = one.addingReportingOverflow(other)
        return overflows ? .max : sum
    }
}
