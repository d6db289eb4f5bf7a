import Backends
import EngineHTTP
import Foundation
import Tuning

/// Runs training jobs as containers of an engine that speaks Docker's API, with the SageMaker
/// container contract.
///
/// A container outlives the daemon, and is attached to again by a later one with the same data
/// directory.
package struct ContainerBackend: TrainingBackend {
    /// When a container is removed that is over.
    package enum Removal: String, Hashable, CaseIterable, Sendable {
        case always
        /// Those that ended with success.
        case completed
        case never
    }

    /// When images are asked for at their registries.
    package enum PullPolicy: String, Hashable, CaseIterable, Sendable {
        /// When the engine does not have them.
        case missing
        case always
        case never
    }

    /// Where and how containers run.
    package struct Configuration: Sendable {
        /// What holds for whatever runs programs.
        package var hosting: HostingSettings
        /// The path of the socket the engine listens on.
        package var socket: String
        /// When images are pulled.
        package var pull = PullPolicy.missing
        /// When containers are removed.
        package var removal = Removal.always
        /// What a container may use, by the instance type of its training job.
        package var instances = InstanceMap<ContainerResources>()
        /// What it may use when its instance type is not among them.
        package var otherInstances = ContainerResources()
        /// The GPUs to choose from, as the engine names them; empty for any.
        package var gpus: [String] = []
        /// The user programs run as, such as `1000:1000`; the image's unless given.
        package var user: String?
        /// The network, such as `host`; the engine's own unless given.
        package var network: String?
        /// Directories and files of this machine that every container sees.
        package var mounts: [ContainerMount] = []
        /// Variables that every container gets unless its training job says otherwise.
        package var environment: [String: String] = [:]
        /// How much memory processes may share, in bytes; the engine's own limit unless given.
        package var sharedMemoryBytes: Int?
        /// Whether a small init process passes signals on to the program.
        package var runsInit = false
        /// More members of `HostConfig` in the engine's API; they count more than all others.
        package var hostOptions: [String: JSONValue] = [:]
        /// What `docker login` has stored.
        package var credentialsPath = NSHomeDirectory() + "/.docker/config.json"

        /// Takes what cannot be left out.
        package init(hosting: HostingSettings, socket: String) {
            self.hosting = hosting
            self.socket = socket
        }
    }

    private let backend: HostedBackend

    /// Takes settings; nothing is asked of the engine before the first attempt.
    package init(_ configuration: Configuration) {
        self.init(configuration, transport: EngineConnection(socket: configuration.socket))
    }

    /// Takes what is asked in the engine's place.
    init(_ configuration: Configuration, transport: any EngineTransport) {
        backend = HostedBackend(ContainerHost(configuration, ContainerEngine(transport)))
    }

    /// How many attempts may run at once.
    package var slotCount: Int { backend.slotCount }

    /// Runs an attempt to its end, or attaches to it.
    package func run(
        _ attempt: Attempt, in session: AttemptSession
    ) async throws -> Attempt.End {
        try await backend.run(attempt, in: session)
    }

    /// Whether the engine answered when it was last asked.
    package var health: BackendHealth { backend.health }

    /// Asks the engine whether it is there.
    package func checkedHealth() async -> BackendHealth { await backend.checkedHealth() }

    /// The logs of an attempt: what the program wrote on standard output and standard error.
    package func logs(of attempt: Attempt.ID) -> (standardOutput: URL, standardError: URL)? {
        backend.logs(of: attempt)
    }

    /// What is wrong with a definition as a container's, for the client; `nil` when nothing is.
    package static func problem(with definition: TrainingJobDefinition) -> String? {
        problem(withImage: definition.image)
            ?? definition.problem(onOneNodeOf: "The container backend")
    }

    /// What is wrong with an image as a container's, for the client; `nil` when nothing is.
    package static func problem(withImage image: String) -> String? {
        let pattern = /[a-zA-Z0-9][a-zA-Z0-9._:\/-]*(@sha256:[0-9a-f]{64})?/
        guard image.wholeMatch(of: pattern) == nil || image.hasPrefix("exec:") else { return nil }
        return "Image '\(image)' is no name of a container image; write REGISTRY/REPOSITORY:TAG."
    }
}

/// A directory or file of this machine that a container sees.
package struct ContainerMount: Hashable, Sendable {
    /// Its path here.
    package let source: String
    /// Its path in the container.
    package let target: String
    /// Whether it cannot be written.
    package let isReadOnly: Bool

    /// Mounts something.
    package init(_ source: String, at target: String, isReadOnly: Bool = false) {
        self.source = source
        self.target = target
        self.isReadOnly = isReadOnly
    }
}

extension ContainerBackend {
    /// The first socket among the places where engines listen: that of `DOCKER_HOST`, Docker's,
    /// that of the user's Podman, and Podman's; `nil` when there is none.
    package static func usualSocket(
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) -> String? {
        let given = environment["DOCKER_HOST"]
        if let given, given.hasPrefix("unix://") { return String(given.dropFirst(7)) }
        let own = environment["XDG_RUNTIME_DIR"].map { "\($0)/podman/podman.sock" }
        let places = ["/var/run/docker.sock", own, "/run/podman/podman.sock"]
        return places.compactMap(\.self).first { fileExists($0) }
    }
}
