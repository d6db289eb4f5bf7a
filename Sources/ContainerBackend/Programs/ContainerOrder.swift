import Backends
import Foundation
import Tuning

/// What the engine is told to make a container of.
struct ContainerOrder {
    /// What runs without an entry point or arguments of the request's, as in the service.
    private static let standardArguments: JSONValue = ["train"]
    /// The name by which a container knows itself.
    private static let host = "algo-1"

    let attempt: Attempt
    let training: TrainingDirectory
    let channels: [TrainingChannel]
    /// The checkpoints' directory on this machine.
    let checkpoints: String
    let resources: ContainerResources
    /// The GPUs by name; empty for as many as it may use, whichever.
    let gpus: [String]
    let labels: [String: String]
    let configuration: ContainerBackend.Configuration

    /// The request's body.
    var body: JSONValue {
        var members: [String: JSONValue] = [
            "Image": .string(attempt.definition.image),
            "Hostname": .string(Self.host),
            "Env": .array(
                environment.sorted { $0.key < $1.key }.map { .string("\($0.key)=\($0.value)") }),
            "Labels": .object(labels.mapValues { .string($0) }),
            "HostConfig": .object(
                hostConfiguration.merging(configuration.hostOptions) { _, option in option }),
        ]
        let algorithm = attempt.definition.envelope["AlgorithmSpecification"]
        let (entryPoint, arguments) = (
            algorithm?["ContainerEntrypoint"], algorithm?["ContainerArguments"]
        )
        if let entryPoint { members["Entrypoint"] = entryPoint }
        members["Cmd"] = arguments ?? (entryPoint == nil ? Self.standardArguments : [])
        if let user = configuration.user { members["User"] = .string(user) }
        return .object(members)
    }

    private var environment: [String: String] {
        ContainerEnvironment(
            attempt: attempt, directory: .container, channels: channels, script: nil, gpu: nil,
            gpuCount: resources.gpuCount,
            processorCount: resources.cpus.map { max(1, Int($0)) }
                ?? ProcessInfo.processInfo.activeProcessorCount
        ).variables(inherited: configuration.environment)
    }

    private var hostConfiguration: [String: JSONValue] {
        var members: [String: JSONValue] = [
            "Mounts": .array(mounts.map(\.json)),
            "ExtraHosts": [.string("\(Self.host):127.0.0.1")],
        ]
        if let cpus = resources.cpus { members["NanoCpus"] = .integer(Int(cpus * 1e9)) }
        if let bytes = resources.memoryBytes {
            members["Memory"] = .integer(bytes)
            members["MemorySwap"] = .integer(bytes)
        }
        if let bytes = configuration.sharedMemoryBytes { members["ShmSize"] = .integer(bytes) }
        if configuration.runsInit { members["Init"] = true }
        if let network { members["NetworkMode"] = .string(network) }
        if resources.gpuCount > 0 { members["DeviceRequests"] = [gpuRequest] }
        return members
    }

    private var network: String? {
        attempt.definition.envelope["EnableNetworkIsolation"]?.bool == true
            ? "none" : configuration.network
    }

    private var gpuRequest: JSONValue {
        var members: [String: JSONValue] = ["Driver": "nvidia", "Capabilities": [["gpu"]]]
        if gpus.isEmpty {
            members["Count"] = .integer(resources.gpuCount)
        } else {
            members["DeviceIDs"] = .array(gpus.map { .string($0) })
        }
        return .object(members)
    }

    /// What the service's containers have in `/opt/ml`, each by itself: what an image has beside
    /// it, such as `/opt/ml/code`, stays.
    private var mounts: [ContainerMount] {
        let inside = TrainingDirectory.container
        var mounts = [
            ContainerMount(training.input, at: inside.input),
            ContainerMount(training.model, at: inside.model),
            ContainerMount(training.output, at: inside.output),
            ContainerMount(
                checkpoints, at: inside.path + checkpoints.dropFirst(training.path.count)),
        ]
        for channel in channels {
            guard let source = channel.linkedPath else { continue }
            var isDirectory = ObjCBool(false)
            _ = FileManager.default.fileExists(atPath: source, isDirectory: &isDirectory)
            let place = "\(inside.inputData)/\(channel.name)"
            let name = (source as NSString).lastPathComponent
            mounts.append(
                ContainerMount(
                    source, at: isDirectory.boolValue ? place : "\(place)/\(name)",
                    isReadOnly: true))
        }
        return mounts + configuration.mounts
    }
}

extension ContainerMount {
    /// The mount as the engine's API has it.
    fileprivate var json: JSONValue {
        [
            "Type": "bind", "Source": .string(source), "Target": .string(target),
            "ReadOnly": .bool(isReadOnly),
        ]
    }
}
