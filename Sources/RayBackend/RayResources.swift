#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// What the entry point of a Ray job occupies of its node.
package struct RayResources: Hashable, Sendable {
    /// Processors, in whole or in part.
    package var cpus: Double
    /// GPUs, in whole or in part.
    package var gpus: Double
    /// Memory, in bytes; not counted unless given.
    package var memoryBytes: Int?
    /// Resources of the cluster's own, by name.
    package var custom: [String: Double]

    /// Takes amounts.
    ///
    /// - Parameter cpus: One unless given: without any, Ray would run every job on the head node.
    package init(
        cpus: Double = 1, gpus: Double = 0, memoryBytes: Int? = nil, custom: [String: Double] = [:]
    ) {
        self.cpus = cpus
        self.gpus = gpus
        self.memoryBytes = memoryBytes
        self.custom = custom
    }

    /// The amounts for an instance type: those under its own name, or else under the longest
    /// pattern that fits; `nil` when none does.
    static func of(_ type: String, in instances: [String: RayResources]) -> RayResources? {
        if let own = instances[type] { return own }
        return instances.filter { fnmatch($0.key, type, 0) == 0 }
            .max { ($0.key.count, $1.key) < ($1.key.count, $0.key) }?.value
    }
}
