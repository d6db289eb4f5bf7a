import Backends
import Foundation
import Logging
import RayBackend
import Tuning

extension Settings {
    /// The Ray cluster that runs training jobs where the backend is `ray`.
    struct Ray: Codable, Equatable {
        /// The address of the cluster's dashboard.
        var address = "http://127.0.0.1:8265"
        /// Headers of every request, such as `Authorization`.
        var headers: [String: String] = [:]
        /// The PEM file of the certificates to trust; empty for the system's.
        var caFile = ""
        /// Training jobs at the same time; the cluster lets wait what it has no room for.
        var slots = 16
        /// Seconds between SIGTERM and SIGKILL.
        var gracePeriodSeconds = 120
        /// Whether all nodes have the data directory at the same path.
        var sharedDirectory = false
        /// Where programs have their directories on the nodes otherwise.
        var workDirectory = "/tmp/tuner"
        /// Command lines by image name, for images other than `exec:`.
        var images: [String: String] = [:]
        /// What a training job occupies, by instance type; the first that fits counts.
        var instances: [Instance] = []
        /// More of every job's runtime environment.
        var runtimeEnvironment: [String: JSONValue] = [:]
        /// When the cluster forgets jobs that are over: always, completed or never.
        var remove = RayBackend.Removal.always.rawValue
    }
}

extension Settings.Ray {
    /// What a training job occupies.
    struct Instance: Codable, Equatable {
        /// The instance types; `*` and `?` stand for others.
        var type: String
        /// Processors, in whole or in part; one unless given.
        var cpus: Double?
        /// GPUs, likewise; none unless given.
        var gpus: Double?
        /// Memory, in GiB; not counted unless given.
        var memoryGibibytes: Double?
        /// Resources of the cluster's own, by name.
        var resources: [String: Double]?

        /// An instance type's amounts as they are given.
        static func checked(_ given: InstanceSettings) throws(SettingsError) -> JSONValue {
            try given.check(members: ["cpus", "gpus", "memoryGibibytes", "resources"])
            for (name, value) in given.members {
                if name == "resources" {
                    guard let amounts = value.object, amounts.values.allSatisfy({ isAmount($0) })
                    else {
                        throw SettingsError("\(given.place).resources must map names to numbers")
                    }
                } else if !isAmount(value) {
                    throw SettingsError("\(given.place).\(name) must be a number, zero or more")
                }
            }
            return given.json
        }

        private static func isAmount(_ value: JSONValue) -> Bool { (value.number ?? -1) >= 0 }

        fileprivate var amounts: RayResources {
            RayResources(
                cpus: cpus ?? 1, gpus: gpus ?? 0,
                memoryBytes: memoryGibibytes.map { Int($0 * Double(1 << 30)) },
                custom: resources ?? [:])
        }
    }

    /// Checks what types do not.
    func check() throws(SettingsError) {
        guard url != nil else {
            throw SettingsError("ray.address '\(address)' must be like http://HOST:PORT")
        }
        guard slots >= 1 else { throw SettingsError("ray.slots \(slots) must be at least 1") }
        guard gracePeriodSeconds >= 0 else {
            throw SettingsError(
                "ray.gracePeriodSeconds \(gracePeriodSeconds) must not be negative")
        }
        guard workDirectory.hasPrefix("/") else {
            throw SettingsError("ray.workDirectory '\(workDirectory)' must begin with '/'")
        }
        guard RayBackend.Removal(rawValue: remove) != nil else {
            throw SettingsError("ray.remove '\(remove)' must be always, completed or never")
        }
    }

    /// The address; `nil` when it is none.
    private var url: URL? {
        guard let url = URL(string: address), url.host() != nil,
            ["http", "https"].contains(url.scheme)
        else { return nil }
        return url
    }

    /// What the backend is to know.
    func configuration(
        _ settings: Settings, directory: URL, logger: Logger
    ) -> RayBackend.Configuration {
        guard let url else { preconditionFailure("the address \(address) was not checked") }
        var configuration = RayBackend.Configuration(
            hosting: HostingSettings(
                dataDirectory: directory, slotCount: slots,
                gracePeriod: .seconds(gracePeriodSeconds), transfer: settings.transfer(),
                cacheByteCountMax: settings.s3.cacheGigabytes * 1_000_000_000, logger: logger),
            address: url)
        configuration.headers = headers
        configuration.caFile = caFile.isEmpty ? nil : caFile
        configuration.isDirectoryShared = sharedDirectory
        configuration.workDirectory = workDirectory
        configuration.images = images
        configuration.instances = InstanceMap(instances.map { ($0.type, $0.amounts) })
        configuration.runtimeEnvironment = runtimeEnvironment
        configuration.removal = RayBackend.Removal(rawValue: remove) ?? configuration.removal
        return configuration
    }

    /// Makes the backend.
    ///
    /// - Throws: `CommandFailure` when the certificates cannot be used.
    func backend(
        _ settings: Settings, directory: URL, logger: Logger
    ) throws(CommandFailure) -> RayBackend {
        do {
            return try RayBackend(
                configuration(settings, directory: directory, logger: logger))
        } catch {
            throw CommandFailure("ray.caFile: \(error)")
        }
    }
}
