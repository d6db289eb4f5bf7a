import Backends
import Foundation
import Logging
import SlurmREST
import Tuning

extension Settings {
    /// How training jobs run on a cluster that Slurm manages.
    struct Slurm: Codable, Equatable {
        /// Training jobs in the queue and running at the same time.
        var slots = 100
        /// What to ask for, by instance type; the first that fits counts.
        var instances = [Instance()]
        /// Seconds between SIGTERM and SIGKILL.
        var gracePeriodSeconds = 120
        /// Command lines for image names.
        var images: [String: String] = [:]
        /// Where commands run on the nodes; empty for where the daemon runs.
        var workingDirectory = ""
        /// What programs have in their environment.
        var environment = SlurmBackend.Configuration.standardEnvironment
        /// Lines of shell before each program.
        var setup = ""
        /// Where Slurm's commands are; empty for the PATH.
        var commandDirectory = ""
        /// Seconds that one of them, or a request, may take.
        var commandTimeoutSeconds = 60
        /// The least seconds between two questions for all jobs.
        var statusIntervalSeconds = 1
        /// Whether Slurm may put jobs back into its queue.
        var requeue = true
        /// Seconds until a file that a node wrote is seen here.
        var fileDelaySeconds = 60
        /// The network interface between nodes.
        var networkInterface = "eth0"
        /// How Slurm is asked, where not by its commands.
        var rest = REST()

        /// Slurm's REST service, slurmrestd.
        struct REST: Codable, Equatable {
            /// `unix:/PATH` or `http://HOST:PORT`; empty for Slurm's commands.
            var address = ""
            /// The user's name; empty where the token or the socket says it.
            var user = ""
            /// The file with the token; empty where none is needed.
            var tokenFile = ""
            /// Such as `v0.0.38`; empty for the newest that both sides know.
            var version = ""
        }

        /// What a training job of an instance type asks for; empty or 0 for what Slurm gives.
        struct Instance: Codable, Equatable {
            /// The instance types; `*` and `?` stand for others.
            var type = "*"
            /// As `sbatch` has them.
            var partition = ""
            var account = ""
            var qos = ""
            var constraint = ""
            /// On each node.
            var cpus = 0
            var memory = ""
            var gpus = ""
            /// The most to ask for.
            var timeLimitMinutes = 0
            /// Further options of `sbatch`.
            var options: [String] = []
        }
    }
}

// MARK: - Reading

extension Settings.Slurm.Instance {
    /// An instance as it is given, with all members.
    static func checked(_ given: InstanceSettings) throws(SettingsError) -> JSONValue {
        let standard: [String: JSONValue] = [
            "partition": "", "account": "", "qos": "", "constraint": "", "cpus": 0, "memory": "",
            "gpus": "", "timeLimitMinutes": 0, "options": [],
        ]
        try given.check(members: standard.keys.sorted() + ["memoryGibibytes"])
        var members = given.members
        if let memory = members.removeValue(forKey: "memoryGibibytes") {
            guard let gibibytes = memory.number, gibibytes > 0, gibibytes < 1e9 else {
                throw SettingsError("\(given.place).memoryGibibytes must be a number above zero")
            }
            guard members["memory"] == nil else {
                throw SettingsError("\(given.place): give memory or memoryGibibytes, not both")
            }
            members["memory"] = .string("\(Int((gibibytes * 1024).rounded(.up)))M")
        }
        // One GPU or so is a number, as is a memory without its unit.
        for name in ["gpus", "memory"] {
            if let number = members[name]?.integer { members[name] = .string("\(number)") }
        }
        members["type"] = .string(given.type)
        return try Settings.merged(
            .object(standard.merging(["type": "*"]) { first, _ in first }),
            with: .object(members), at: ["slurm", "instances", given.type])
    }
}

extension Settings.Slurm {
    /// Checks what types do not.
    func check() throws(SettingsError) {
        let numbers = [
            ("slots", slots, 1), ("gracePeriodSeconds", gracePeriodSeconds, 0),
            ("commandTimeoutSeconds", commandTimeoutSeconds, 1),
            ("statusIntervalSeconds", statusIntervalSeconds, 1),
            ("fileDelaySeconds", fileDelaySeconds, 0),
        ]
        for (name, number, least) in numbers where number < least {
            throw SettingsError("slurm.\(name) \(number) must be at least \(least)")
        }
        for instance in instances {
            let place = "slurm.instances '\(instance.type)'"
            guard instance.cpus >= 0, instance.timeLimitMinutes >= 0 else {
                throw SettingsError("\(place): cpus and timeLimitMinutes must not be negative")
            }
            guard instance.options.allSatisfy({ $0.hasPrefix("-") }) else {
                throw SettingsError("\(place): options must begin with '-', such as --exclusive")
            }
            if !rest.address.isEmpty, let problem = instance.resources.problemWithREST {
                throw SettingsError("\(place): \(problem)")
            }
        }
        try rest.check()
    }

    /// Makes the backend.
    func backend(
        directory: DataDirectory, transfer: (any DataTransfer)?, cacheByteCountMax: Int,
        logger: Logger
    ) -> SlurmBackend {
        let configuration = SlurmBackend.Configuration(
            dataDirectory: directory.url, slotCount: slots,
            instances: instances.map(\.resources),
            gracePeriod: .seconds(gracePeriodSeconds), images: images,
            workingDirectory: workingDirectory.isEmpty
                ? nil : URL(filePath: workingDirectory),
            environment: environment, setup: setup, commandDirectory: commandDirectory,
            commandTimeLimit: .seconds(commandTimeoutSeconds),
            statusInterval: .seconds(statusIntervalSeconds), allowsRequeue: requeue,
            fileDelayMax: .seconds(fileDelaySeconds), networkInterface: networkInterface,
            transfer: transfer, cacheByteCountMax: cacheByteCountMax, logger: logger)
        guard let controller = rest.controller(timeLimit: configuration.commandTimeLimit) else {
            return SlurmBackend(configuration)
        }
        return SlurmBackend(configuration, controller: controller)
    }
}

extension Settings.Slurm.Instance {
    fileprivate var resources: SlurmInstance {
        SlurmInstance(
            type: type, partition: partition, account: account, qos: qos, constraint: constraint,
            cpus: cpus, memory: memory, gpus: gpus,
            timeLimit: timeLimitMinutes == 0 ? nil : .seconds(60 * timeLimitMinutes),
            options: options)
    }
}

// MARK: - REST

extension Settings.Slurm.REST {
    /// Checks what types do not.
    fileprivate func check() throws(SettingsError) {
        if address.isEmpty {
            guard self == Self() else {
                throw SettingsError(
                    "slurm.rest.address is empty; give unix:/PATH or http://HOST:PORT, or leave out"
                        + " slurm.rest for Slurm's commands")
            }
            return
        }
        guard RESTAddress(address) != nil else {
            throw SettingsError(
                "slurm.rest.address '\(address)' must be like unix:/PATH or http://HOST:PORT")
        }
        guard version.isEmpty || RESTVersion(version) != nil else {
            let names = RESTVersion.known.map(\.description).joined(separator: ", ")
            throw SettingsError("slurm.rest.version '\(version)' must be one of \(names)")
        }
    }

    /// Who asks the service; `nil` where commands are used.
    fileprivate func controller(timeLimit: Duration) -> RESTController? {
        RESTAddress(address).map { address in
            RESTController(
                address: address, identity: RESTIdentity(user: user, tokenFile: tokenFile),
                version: RESTVersion(version), timeLimit: timeLimit)
        }
    }
}
