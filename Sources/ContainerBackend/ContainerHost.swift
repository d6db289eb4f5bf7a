import Backends
import Foundation
import Synchronization
import Tuning

/// A container engine, as what runs programs.
struct ContainerHost: ProgramHost {
    /// The labels of containers: the data directory they belong to, the attempt, and its GPUs.
    static let instanceLabel = "tuner.instance"
    static let attemptLabel = "tuner.attempt"
    static let gpusLabel = "tuner.gpus"

    let configuration: ContainerBackend.Configuration
    let engine: ContainerEngine
    let images: ImageStore
    let identity: DataIdentity
    let roster: ProgramRoster<ListedContainer>
    let gpus: GPUPool
    let removals: ContainerRemovals

    init(_ configuration: ContainerBackend.Configuration, _ engine: ContainerEngine) {
        self.configuration = configuration
        self.engine = engine
        images = ImageStore(
            engine: engine,
            credentials: RegistryCredentials(path: configuration.credentialsPath))
        let identity = DataIdentity(of: configuration.hosting.dataDirectory.path)
        self.identity = identity
        roster = ProgramRoster(
            .init(ageMax: .milliseconds(500), intervalMin: .milliseconds(100), durationsMin: 2)
        ) {
            try await engine.containers(
                labelled: "\(Self.instanceLabel)=\(try identity.value())")
        }
        gpus = GPUPool(configuration.gpus)
        removals = ContainerRemovals(
            in: configuration.hosting.dataDirectory.path, of: engine,
            logger: configuration.hosting.logger)
    }

    var settings: HostingSettings { configuration.hosting }

    /// The list of all containers answers most looks.
    var lookIntervals: ClosedRange<Duration> { .milliseconds(50) ... .seconds(1) }

    /// A container has a file system of its own.
    var followsLinks: Bool { false }

    /// The image knows, in script mode too.
    func trainingProgram(of attempt: Attempt) throws(TrainingFailure) -> TrainingProgram? { nil }

    func program(
        of attempt: Attempt, in training: TrainingDirectory
    ) throws(TrainingFailure) -> any HostedProgram {
        if let problem = ContainerBackend.problem(withImage: attempt.definition.image) {
            throw TrainingFailure(.algorithm, "ClientError: \(problem)")
        }
        return ContainerProgram(of: attempt, in: training, host: self)
    }

    func ping() async throws {
        _ = try await engine.version()
        await removals.resume()
    }

    /// What a training job's container may use.
    func resources(of attempt: Attempt) -> ContainerResources {
        configuration.instances.resources(for: attempt.definition)
            ?? configuration.otherInstances
    }
}

/// What tells the containers of one data directory from those of others: a random text in a file
/// of it.
final class DataIdentity: Sendable {
    private let path: String
    private let known = Mutex<String?>(nil)

    /// Names the file `container-instance` in a data directory.
    init(of directory: String) { path = directory + "/container-instance" }

    /// The text; made when it is first asked for.
    ///
    /// - Throws: `FileError`.
    func value() throws(FileError) -> String {
        if let value = known.withLock({ $0 }) { return value }
        if contents(of: path) == nil {
            try makeDirectory((path as NSString).deletingLastPathComponent)
            try writeDurably(UUID().uuidString.lowercased(), to: path, replaces: false)
        }
        guard let value = contents(of: path), !value.isEmpty else {
            throw FileError("read", path)
        }
        known.withLock { $0 = value }
        return value
    }
}

/// The GPUs that containers share.
final class GPUPool: Sendable {
    private let all: [String]
    /// Those of containers that the list of all may not show yet.
    private let taken = Mutex<[String: [String]]>([:])

    /// Takes their names.
    init(_ names: [String]) { all = names }

    /// How many there are to choose from; `nil` when the engine chooses.
    var count: Int? { all.isEmpty ? nil : all.count }

    /// Takes some for a container, those that the fewest others have.
    ///
    /// - Parameter others: What other containers have, by container.
    func take(
        _ count: Int, for container: String, others: [String: [String]]
    ) -> [String] {
        taken.withLock { taken in
            let used = taken.merging(others) { _, listed in listed }
                .filter { $0.key != container }.values.joined()
            let uses = Dictionary(used.map { ($0, 1) }, uniquingKeysWith: +)
            let ranked = all.enumerated().sorted {
                (uses[$0.element] ?? 0, $0.offset) < (uses[$1.element] ?? 0, $1.offset)
            }
            let chosen = ranked.prefix(count).map(\.element)
            taken[container] = chosen
            return chosen
        }
    }

    /// Gives back what a container had.
    func release(_ container: String) {
        taken.withLock { $0[container] = nil }
    }
}
