import Backends
import EngineHTTP
import Foundation
import Tuning

/// Runs training jobs as jobs of a Ray cluster.
///
/// What an image or a source stands for is what local training jobs run, as the entry point of a
/// Ray job. A job outlives the daemon, and is attached to again by a later one with the same data
/// directory.
///
/// Without a shared directory, the program works in a directory of its node that is removed when it
/// is over: its source is sent there and its output is read, but it gets no input channels, and
/// neither its model nor its checkpoints come back. With one, everything is as on this machine.
package struct RayBackend: TrainingBackend {
    /// When Ray is told to forget a job that is over.
    package enum Removal: String, Hashable, CaseIterable, Sendable {
        case always
        /// Those that ended with success.
        case completed
        case never
    }

    /// Where and how jobs run.
    package struct Configuration: Sendable {
        /// What holds for whatever runs programs.
        package var hosting: HostingSettings
        /// The address of the cluster's dashboard, such as `http://127.0.0.1:8265`.
        package var address: URL
        /// Headers of every request, such as `Authorization`.
        package var headers: [String: String] = [:]
        /// The PEM file of the certificates to trust; the system's unless given.
        package var caFile: String?
        /// Whether all nodes have the data directory at the same path.
        package var isDirectoryShared = false
        /// Where programs have their directories on the nodes, unless the data directory is shared.
        package var workDirectory = "/tmp/tuner"
        /// Command lines by image name, for images other than `exec:`.
        package var images: [String: String] = [:]
        /// What the entry point of a job occupies, by the instance type of its training job.
        package var instances = InstanceMap<RayResources>()
        /// What it occupies when its instance type is not among them.
        package var otherInstances = RayResources()
        /// More members of every job's runtime environment; they count more than all others.
        package var runtimeEnvironment: [String: JSONValue] = [:]
        /// When Ray is told to forget jobs.
        package var removal = Removal.always

        /// Takes what cannot be left out.
        package init(hosting: HostingSettings, address: URL) {
            self.hosting = hosting
            self.address = address
        }
    }

    /// Where and how jobs run.
    package let configuration: Configuration
    private let backend: HostedBackend

    /// Takes settings; nothing is asked of the cluster before the first attempt.
    ///
    /// - Throws: `CertificateError` for a file without certificates.
    package init(_ configuration: Configuration) throws(CertificateError) {
        let (address, headers) = (configuration.address, configuration.headers)
        let connection =
            if let caFile = configuration.caFile {
                try EngineConnection(address: address, headers: headers, caFile: caFile)
            } else {
                EngineConnection(address: address, headers: headers)
            }
        self.init(configuration, transport: connection)
    }

    /// Takes what is asked in the cluster's place.
    init(_ configuration: Configuration, transport: any EngineTransport) {
        self.configuration = configuration
        backend = HostedBackend(RayHost(configuration, RayCluster(transport)))
    }

    /// How many attempts may run at once.
    package var slotCount: Int { backend.slotCount }

    /// Runs an attempt to its end, or attaches to it.
    package func run(
        _ attempt: Attempt, in session: AttemptSession
    ) async throws -> Attempt.End {
        try await backend.run(attempt, in: session)
    }

    /// Whether the cluster answered when it was last asked.
    package var health: BackendHealth { backend.health }

    /// Asks the cluster whether it is there.
    package func checkedHealth() async -> BackendHealth { await backend.checkedHealth() }

    /// The log of an attempt, which has what the program wrote on standard output and standard
    /// error, and what Ray says of the job; nothing comes in the second file.
    package func logs(of attempt: Attempt.ID) -> (standardOutput: URL, standardError: URL)? {
        backend.logs(of: attempt)
    }
}

// MARK: - Definitions

extension RayBackend.Configuration {
    /// What is wrong with a definition as a Ray job's, for the client; `nil` when nothing is.
    package func problem(with definition: TrainingJobDefinition) -> String? {
        definition.problem(onOneNodeOf: "The Ray backend")
            ?? sharingProblem(with: definition)
            ?? TrainingProgram.problem(with: definition, images: images, storage: hosting.storage)
    }

    /// What of a definition needs a shared directory that is not there.
    func sharingProblem(with definition: TrainingJobDefinition) -> String? {
        guard !isDirectoryShared else { return nil }
        let end = "; put the data directory on a file system that all nodes have, and say so in the"
        if definition.envelope["InputDataConfig"]?.array?.isEmpty == false {
            return "InputDataConfig: the Ray cluster cannot read the channels brought to this"
                + " machine\(end) settings with sharedDirectory."
        }
        if definition.envelope["CheckpointConfig"] != nil {
            return "CheckpointConfig: checkpoints would not come back from the Ray cluster"
                + "\(end) settings with sharedDirectory."
        }
        return nil
    }

    /// What the entry point of a training job occupies.
    func resources(of attempt: Attempt) -> RayResources {
        instances.resources(for: attempt.definition) ?? otherInstances
    }
}
