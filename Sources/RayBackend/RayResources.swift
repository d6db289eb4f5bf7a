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
}
