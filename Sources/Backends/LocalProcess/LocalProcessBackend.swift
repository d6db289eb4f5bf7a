import Foundation
import Logging
import Tuning

/// Runs training jobs as processes of this machine, with the SageMaker container contract.
///
/// A process outlives the daemon, and is attached to again by a later one with the same data
/// directory. `AttemptDirectory` says how the two find each other.
public struct LocalProcessBackend: TrainingBackend {
    /// Where and how training jobs run.
    public struct Configuration: Sendable {
        /// Holds `training-jobs/NAME/` for every training job.
        public var dataDirectory: URL
        /// How many attempts may run at once.
        public var slotCount: Int
        /// The GPUs; each slot gets one, in turn, as `CUDA_VISIBLE_DEVICES`.
        public var gpus: [String]
        /// How long a program has after SIGTERM before it is killed.
        public var gracePeriod: Duration
        /// Command lines by image name, for images other than `exec:`.
        public var images: [String: String]
        /// Where commands run, and where their relative paths start.
        public var workingDirectory: URL
        /// What takes addresses other than `file://`, such as `s3://`; `nil` where nothing does.
        ///
        /// Then training jobs that read from there fail, and what they would save there stays in
        /// their own directories.
        public var transfer: (any DataTransfer)?
        /// How much data that was brought is kept for later training jobs, in bytes, beside what
        /// is in use; under `cache` in the data directory.
        public var cacheByteCountMax: Int
        /// How often checkpoints are saved while a program runs.
        public var checkpointInterval: Duration
        /// Gets what has no place in a training job's own record.
        public var logger: Logger

        /// Takes settings.
        ///
        /// - Parameters:
        ///   - dataDirectory: Where the folders of training jobs and the cache are.
        ///   - slotCount: As many as there are GPUs unless given, or else processors.
        ///   - gpus: The GPUs to share, as CUDA_VISIBLE_DEVICES names them.
        ///   - gracePeriod: The time between SIGTERM and SIGKILL.
        ///   - images: Command lines for image names.
        ///   - workingDirectory: The daemon's own unless given.
        ///   - transfer: What opens addresses that are not of this machine; `nil` where none does.
        ///   - cacheByteCountMax: 20 GiB unless given.
        ///   - checkpointInterval: A minute unless given.
        ///   - logger: Gets what has no place in a training job's own record.
        public init(
            dataDirectory: URL, slotCount: Int? = nil, gpus: [String] = [],
            gracePeriod: Duration = .seconds(120), images: [String: String] = [:],
            workingDirectory: URL? = nil, transfer: (any DataTransfer)? = nil,
            cacheByteCountMax: Int = 20 << 30, checkpointInterval: Duration = .seconds(60),
            logger: Logger = Logger(label: "local-process")
        ) {
            let processors = ProcessInfo.processInfo.activeProcessorCount
            let count = slotCount ?? (gpus.isEmpty ? processors : gpus.count)
            precondition(count >= 1, "\(count) slots")
            self.dataDirectory = dataDirectory.absoluteURL
            self.slotCount = count
            self.gpus = gpus
            self.gracePeriod = gracePeriod
            self.images = images
            let current = URL(filePath: FileManager.default.currentDirectoryPath)
            self.workingDirectory = (workingDirectory ?? current).absoluteURL
            precondition(cacheByteCountMax >= 0, "\(cacheByteCountMax) bytes")
            self.transfer = transfer
            self.cacheByteCountMax = cacheByteCountMax
            self.checkpointInterval = checkpointInterval
            self.logger = logger
        }

        /// What of it holds for whatever runs programs.
        var hosting: HostingSettings {
            HostingSettings(
                dataDirectory: dataDirectory, slotCount: slotCount, gracePeriod: gracePeriod,
                transfer: transfer, cacheByteCountMax: cacheByteCountMax,
                checkpointInterval: checkpointInterval, logger: logger)
        }
    }

    /// Where and how training jobs run.
    public let configuration: Configuration
    private let backend: HostedBackend

    /// Takes settings; nothing is read or written before the first attempt.
    public init(_ configuration: Configuration) {
        self.configuration = configuration
        backend = HostedBackend(LocalProcessHost(configuration))
    }

    /// How many attempts may run at once.
    public var slotCount: Int { configuration.slotCount }

    /// Runs an attempt to its end, or attaches to it.
    public func run(
        _ attempt: Attempt, in session: AttemptSession
    ) async throws -> Attempt.End {
        try await backend.run(attempt, in: session)
    }
}

// MARK: - Definitions

extension LocalProcessBackend {
    /// Whether a definition names a program this backend can run, right or wrong: an `exec:` image,
    /// one that the settings know, or script mode.
    public func runs(_ definition: TrainingJobDefinition) -> Bool {
        TrainingProgram.commandLine(of: definition.image, images: configuration.images) != nil
            || TrainingScript(definition.staticHyperparameters) != nil
    }

    /// What is wrong with the program a definition names, for the client; `nil` when nothing is.
    public func problem(with definition: TrainingJobDefinition) -> String? {
        let known = TrainingProgram.commandLine(
            of: definition.image, images: configuration.images)
        if known == nil, let script = TrainingScript(definition.staticHyperparameters) {
            return script.problem(in: configuration.hosting.storage)
        }
        var names = Set(definition.searchSpace.parameters.map(\.name))
        names.formUnion(definition.staticHyperparameters.keys)
        if definition.objective != nil {
            names.insert(TrainingJobDefinition.objectiveHyperparameter)
        }
        return problem(withImage: definition.image, hyperparameters: names)
    }

    /// What is wrong with an image that is to run with hyperparameters of these names, for the
    /// client; `nil` when nothing is.
    public func problem(
        withImage image: String, hyperparameters names: Set<Parameter.Name>
    ) -> String? {
        let line = TrainingProgram.commandLine(of: image, images: configuration.images)
        guard let line else { return TrainingProgram.problem(withImage: image) }
        do {
            _ = try TrainingCommandLine(line, hyperparameters: names)
            return nil
        } catch {
            return error.description
        }
    }

    /// The logs of an attempt: what the program wrote on standard output and standard error.
    public func logs(
        of attempt: Attempt.ID
    ) -> (standardOutput: URL, standardError: URL)? {
        backend.logs(of: attempt)
    }
}
