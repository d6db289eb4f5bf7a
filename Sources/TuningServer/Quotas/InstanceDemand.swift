import Tuning

/// The instances that a job uses at the same time, of the types that are limited.
struct InstanceDemand: Hashable, Sendable {
    /// What is limited: on-demand and spot instances apart.
    struct Quota: Hashable, Sendable {
        let instanceType: String
        let isSpot: Bool

        /// What the service calls it.
        var name: String { "\(instanceType) for \(isSpot ? "spot " : "")training job usage" }
    }

    /// How many instances, by quota.
    private(set) var counts: [Quota: Int] = [:]

    /// What a job uses; where several definitions share its parallel training jobs, the most that
    /// any of them needs.
    init(of specification: TuningJobSpecification, limitedBy limits: [String: Int]) {
        let limit = specification.limits
        let jobCount = min(limit.parallelCountMax, limit.trainingJobCountMax ?? .max)
        for definition in specification.definitions {
            let isSpot = definition.envelope["EnableManagedSpotTraining"]?.bool ?? false
            for (type, count) in Self.instances(of: definition) where limits[type] != nil {
                let quota = Quota(instanceType: type, isSpot: isSpot)
                let (needed, overflows) = count.multipliedReportingOverflow(by: jobCount)
                counts[quota] = max(counts[quota] ?? 0, overflows ? .max / 2 : needed)
            }
        }
    }

    /// The instances of one training job, by type.
    private static func instances(of definition: TrainingJobDefinition) -> [String: Int] {
        var counts: [String: Int] = [:]
        for instances in definition.instances {
            guard let type = instances.type else { continue }
            counts[type, default: 0] += instances.count
        }
        return counts
    }
}
