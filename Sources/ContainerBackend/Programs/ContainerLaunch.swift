import Backends
import Foundation
import Tuning

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The creation and the start of an attempt's container, once however often it is tried.
///
/// The engine gives a name to one container only. Whoever finds the name taken lets whoever took
/// it start the container, and does so itself only if that does not happen for a while.
struct ContainerLaunch {
    /// How long a container may be created and not started before somebody else starts it.
    private static let startPatience = Duration.seconds(5)
    /// How long to wait before the next look at it.
    private static let lookInterval = Duration.milliseconds(100)

    let program: ContainerProgram
    let order: ProgramOrder

    private var host: ContainerHost { program.host }

    /// Creates and starts it.
    ///
    /// - Returns: Why not, when the engine does not have the image.
    /// - Throws: `TrainingFailure` when the engine does not want to; `FileError`.
    func run() async throws -> ContainerProgram.ImageAbsence? {
        let name = try program.name()
        let body = try await body(name)
        while true {
            switch try await create(name, body) {
            case .noImage(let message):
                return ContainerProgram.ImageAbsence(message: message)
            case .nameIsTaken:
                switch try await standing(of: name) {
                case .started:
                    return nil
                case .gone:
                    try await host.engine.remove(name)
                    try await Task.sleep(for: Self.lookInterval)
                    continue
                case .left(let id) where id == program.idOfAskedStart:
                    if try await hasBegun(name) { return nil }
                    continue
                case .left:
                    break
                }
            case .created:
                break
            }
            // A stop is recorded before it is looked whether there is a container to be stopped.
            guard program.files.halt == nil else {
                try await host.engine.remove(name)
                return nil
            }
            if try await start(name) { return nil }
        }
    }

    private func create(
        _ name: String, _ body: JSONValue
    ) async throws -> ContainerEngine.Creation {
        do {
            return try await host.engine.create(name, body)
        } catch let error as EngineError {
            throw Self.failure("created", error)
        }
    }

    /// What has become of a container that somebody else has created.
    private enum Standing {
        case started
        /// For a while, nobody has started the container with this ID.
        case left(String)
        /// There is none, or not much of it.
        case gone
    }

    private func standing(of name: String) async throws -> Standing {
        let deadline = ContinuousClock.now + Self.startPatience
        while let details = try await host.engine.container(name) {
            if details.state == .removing { break }
            guard details.state == .created else {
                try await noteStart(of: name)
                return .started
            }
            if ContinuousClock.now >= deadline { return .left(details.id) }
            try await Task.sleep(for: Self.lookInterval)
        }
        return .gone
    }

    /// Whether a program has begun whose container looks as if it had not, although its start was
    /// asked for; if not, the container is removed.
    ///
    /// An engine that is killed while it starts a container may not know about it afterwards, and
    /// would start it a second time. One that has written something has begun for certain, and is
    /// then taken for lost. One that has not is ended before it is begun anew.
    private func hasBegun(_ name: String) async throws -> Bool {
        if try await host.engine.hasOutput(name) {
            try await noteStart(of: name)
            return true
        }
        try await host.engine.remove(name)
        return false
    }

    /// Starts the container; whether there is one.
    private func start(_ name: String) async throws -> Bool {
        guard let details = try await host.engine.container(name) else { return false }
        try admit(details.user)
        try program.recordAskedStart(of: details.id)
        do {
            try await host.engine.start(name)
        } catch let error as EngineError {
            try await host.engine.remove(name)
            throw Self.failure("started", error)
        }
        program.noteRunning()
        try await noteStart(of: name)
        return true
    }

    private func noteStart(of name: String) async throws {
        try program.recordStart(of: name)
        await host.roster.expire()
    }

    private func body(_ name: String) async throws -> JSONValue {
        var configuration = host.configuration
        configuration.user = try await user()
        let resources = host.resources(of: program.attempt)
        let gpus = try await gpus(resources.gpuCount, for: name)
        var labels = [
            ContainerHost.instanceLabel: try host.identity.value(),
            ContainerHost.attemptLabel: program.attempt.id.description,
        ]
        if !gpus.isEmpty { labels[ContainerHost.gpusLabel] = gpus.joined(separator: ",") }
        return ContainerOrder(
            attempt: program.attempt, training: order.training, channels: order.channels,
            checkpoints: try checkpoints, resources: resources, gpus: gpus, labels: labels,
            configuration: configuration
        ).body
    }

    private func gpus(_ count: Int, for name: String) async throws -> [String] {
        guard count > 0, let all = host.gpus.count else { return [] }
        guard count <= all else {
            throw TrainingFailure(
                .algorithm,
                "ClientError: The instance type needs \(count) GPUs, and the settings list \(all).")
        }
        let others = try await host.roster.programs()
            .filter { $0.value.state != .exited }
            .compactMapValues { $0.labels[ContainerHost.gpusLabel]?.split(separator: ",") }
        return host.gpus.take(count, for: name, others: others.mapValues { $0.map(String.init) })
    }

    /// The daemon's user where root in the container is the machine's root and not the daemon: so
    /// that what the program leaves behind can be deleted.
    private func user() async throws -> String? {
        if let user = host.configuration.user { return user }
        guard geteuid() != 0, try await !host.engine.isRootless() else { return nil }
        return "\(geteuid()):\(getegid())"
    }

    private var checkpoints: String {
        get throws { try order.training.checkpointDirectory(of: program.attempt.definition) }
    }

    /// Lets a user who is neither root nor the daemon read the configuration, whatever the daemon's
    /// own habits are, and write where programs do.
    private func admit(_ user: String) throws {
        let name = user.split(separator: ":").first.map(String.init) ?? ""
        guard !["", "root", "0", "\(geteuid())"].contains(name) else { return }
        let training = order.training
        let files = try FileManager.default.contentsOfDirectory(atPath: training.configuration)
            .map { "\(training.configuration)/\($0)" }
        let read = [training.input, training.configuration, training.inputData]
        let written = [training.model, training.output, training.outputData, try checkpoints]
        let rights = [(read, 0o755), (files, 0o644), (written, 0o777)] as [([String], mode_t)]
        for (paths, mode) in rights {
            for path in paths where chmod(path, mode) != 0 {
                throw FileError("open to \(name)", path)
            }
        }
    }

    /// What a refusal of the engine means for the training job: its own fault, unless the engine
    /// is out of order.
    private static func failure(_ action: String, _ error: EngineError) -> TrainingFailure {
        let mistakes = ["executable file", "no command", "no such file", "permission denied"]
        let message = error.message.lowercased()
        let isMistake =
            (400..<500).contains(error.status) || mistakes.contains { message.contains($0) }
        return isMistake
            ? TrainingFailure(
                .algorithm,
                "ClientError: The container could not be \(action): \(error.message)")
            : TrainingFailure(
                .internal,
                "InternalServerError: The container could not be \(action): \(error.message)")
    }
}
