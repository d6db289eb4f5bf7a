/// How much of the machine a container may use; what is not given is not limited.
package struct ContainerResources: Hashable, Sendable {
    /// Processors, in whole or in part.
    package var cpus: Double?
    /// Memory, in bytes; swap space is not given beside it.
    package var memoryBytes: Int?
    /// GPUs.
    package var gpuCount: Int

    /// Takes limits.
    package init(cpus: Double? = nil, memoryBytes: Int? = nil, gpuCount: Int = 0) {
        self.cpus = cpus
        self.memoryBytes = memoryBytes
        self.gpuCount = gpuCount
    }
}
