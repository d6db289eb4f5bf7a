import Backends
import ContainerBackend
import Foundation
import Logging
import Tuning

extension Settings {
    /// How containers run where the backend is `container`.
    struct Container: Codable, Equatable {
        /// The engine's socket; empty for the first of the usual ones that is there.
        var socket = ""
        /// Training jobs at the same time; 0 means one a processor.
        var slots = 0
        /// Seconds between SIGTERM and SIGKILL.
        var gracePeriodSeconds = 120
        /// When images are pulled: missing, always or never.
        var pull = ContainerBackend.PullPolicy.missing.rawValue
        /// When containers that are over are removed: always, completed or never.
        var remove = ContainerBackend.Removal.always.rawValue
        /// What a container may use, by instance type; the first that fits counts.
        var instances: [Instance] = []
        /// The GPUs to share, as the engine names them.
        var gpus: [String] = []
        /// The user programs run as; empty for the image's.
        var user = ""
        /// The network; empty for the engine's own.
        var network = ""
        /// What every container sees of this machine: SOURCE:TARGET or SOURCE:TARGET:ro.
        var mounts: [String] = []
        /// Variables that every container gets.
        var environment: [String: String] = [:]
        /// Memory that processes may share, in MiB; 0 for the engine's own limit.
        var sharedMemoryMebibytes = 0
        /// Whether an init process passes signals on.
        var runsInit = false
        /// More of `HostConfig` in the engine's API.
        var hostOptions: [String: JSONValue] = [:]
    }
}

extension Settings.Container {
    /// What a container may use.
    struct Instance: Codable, Equatable {
        /// The instance types; `*` and `?` stand for others.
        var type: String
        /// Processors.
        var cpus: Double?
        /// Memory, in GiB.
        var memoryGibibytes: Double?
        /// GPUs.
        var gpus: Int?

        /// An instance type's limits as they are given.
        static func checked(_ given: InstanceSettings) throws(SettingsError) -> JSONValue {
            try given.check(members: ["cpus", "memoryGibibytes", "gpus"])
            for (name, value) in given.members {
                let isRight =
                    name == "gpus"
                    ? (value.integer ?? -1) >= 0 : value.number.map { $0 > 0 } ?? false
                guard isRight else {
                    throw SettingsError(
                        name == "gpus"
                            ? "\(given.place).gpus must be a whole number, zero or more"
                            : "\(given.place).\(name) must be a number above zero")
                }
            }
            return given.json
        }

        fileprivate var resources: ContainerResources {
            ContainerResources(
                cpus: cpus, memoryBytes: memoryGibibytes.map { Int($0 * Double(1 << 30)) },
                gpuCount: gpus ?? 0)
        }
    }

    /// Checks what types do not.
    func check() throws(SettingsError) {
        let numbers = [
            ("slots", slots), ("gracePeriodSeconds", gracePeriodSeconds),
            ("sharedMemoryMebibytes", sharedMemoryMebibytes),
        ]
        for (name, number) in numbers where number < 0 {
            throw SettingsError("container.\(name) \(number) must not be negative")
        }
        guard ContainerBackend.PullPolicy(rawValue: pull) != nil else {
            throw SettingsError("container.pull '\(pull)' must be missing, always or never")
        }
        guard ContainerBackend.Removal(rawValue: remove) != nil else {
            throw SettingsError("container.remove '\(remove)' must be always, completed or never")
        }
        for text in mounts where Self.mount(text) == nil {
            throw SettingsError(
                "container.mounts: '\(text)' must be /SOURCE:/TARGET or /SOURCE:/TARGET:ro")
        }
    }

    private static func mount(_ text: String) -> ContainerMount? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard (2...3).contains(parts.count), parts.count == 2 || parts[2] == "ro",
            parts[0].hasPrefix("/"), parts[1].hasPrefix("/")
        else { return nil }
        return ContainerMount(parts[0], at: parts[1], isReadOnly: parts.count == 3)
    }

    /// Makes the backend.
    func backend(_ settings: Settings, directory: URL, logger: Logger) -> ContainerBackend {
        let hosting = HostingSettings(
            dataDirectory: directory,
            slotCount: slots == 0 ? ProcessInfo.processInfo.activeProcessorCount : slots,
            gracePeriod: .seconds(gracePeriodSeconds), transfer: settings.transfer(),
            cacheByteCountMax: settings.s3.cacheGigabytes * 1_000_000_000, logger: logger)
        let usual = socket.isEmpty ? ContainerBackend.usualSocket() : socket
        var configuration = ContainerBackend.Configuration(
            hosting: hosting, socket: usual ?? "/var/run/docker.sock")
        configuration.pull = ContainerBackend.PullPolicy(rawValue: pull) ?? configuration.pull
        configuration.removal =
            ContainerBackend.Removal(rawValue: remove) ?? configuration.removal
        configuration.instances = InstanceMap(instances.map { ($0.type, $0.resources) })
        configuration.gpus = gpus
        configuration.user = user.isEmpty ? nil : user
        configuration.network = network.isEmpty ? nil : network
        configuration.mounts = mounts.compactMap(Self.mount)
        configuration.environment = environment
        configuration.sharedMemoryBytes =
            sharedMemoryMebibytes == 0 ? nil : sharedMemoryMebibytes << 20
        configuration.runsInit = runsInit
        configuration.hostOptions = hostOptions
        return ContainerBackend(configuration)
    }
}
