import Tuning

/// What a job of a training job that asks for an instance type asks Slurm for.
///
/// What is empty or zero is left to Slurm.
public struct SlurmInstance: Hashable, Sendable {
    /// The instance types: `*` and `?` stand for other characters.
    public var type: String
    /// The partition.
    public var partition: String
    /// The account that pays.
    public var account: String
    /// The quality of service.
    public var qos: String
    /// The features that nodes must have.
    public var constraint: String
    /// Processors on each node.
    public var cpus: Int
    /// Memory on each node, such as `16G`.
    public var memory: String
    /// GPUs on each node: how many, or their type too, such as `a100:2`.
    public var gpus: String
    /// The longest time a job asks for; without it, what the training job may take and the grace
    /// period after that.
    public var timeLimit: Duration?
    /// Further options of `sbatch`.
    public var options: [String]

    /// Describes what to ask for.
    public init(
        type: String = "*", partition: String = "", account: String = "", qos: String = "",
        constraint: String = "", cpus: Int = 0, memory: String = "", gpus: String = "",
        timeLimit: Duration? = nil, options: [String] = []
    ) {
        self.type = type
        self.partition = partition
        self.account = account
        self.qos = qos
        self.constraint = constraint
        self.cpus = cpus
        self.memory = memory
        self.gpus = gpus
        self.timeLimit = timeLimit
        self.options = options
    }

    /// Whether it is for an instance type; a training job that names none is anybody's.
    func fits(_ type: String?) -> Bool {
        NamePattern(self.type).fits(type ?? "")
    }

    /// How many GPUs a program sees.
    var gpuCount: Int {
        gpus.split(separator: ",").map { Int($0.split(separator: ":").last ?? "") ?? 1 }
            .reduce(0, +)
    }
}

/// What a definition asks for in the API's words.
struct SlurmDemand: Hashable {
    /// The type of the first instance.
    let instanceType: String?
    /// How many nodes.
    let nodeCount: Int

    /// Reads a definition.
    init(_ definition: TrainingJobDefinition) {
        instanceType = definition.instanceType
        nodeCount = definition.instanceCount
    }

    /// The instance of the settings, the first that fits.
    func instance(of instances: [SlurmInstance]) -> SlurmInstance? {
        instances.first { $0.fits(instanceType) }
    }

    /// Why there is none, for the client.
    func problem(among instances: [SlurmInstance]) -> String? {
        guard instance(of: instances) == nil else { return nil }
        let types = instances.map(\.type).joined(separator: ", ")
        let name = instanceType.map { "Instance type '\($0)'" } ?? "No instance type"
        return "\(name) is not mapped to resources of Slurm; the settings map "
            + (types.isEmpty ? "none" : types) + ". Add it, or '*' for all others."
    }
}
