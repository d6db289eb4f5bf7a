import Foundation
import Logging
import Tuning

extension SlurmBackend {
    /// Where and how training jobs run.
    public struct Configuration: Sendable {
        /// Holds `training-jobs/NAME/` for every training job; all nodes have it at this path.
        public var dataDirectory: URL
        /// How many attempts may be in Slurm's queue or run at once.
        public var slotCount: Int
        /// What to ask Slurm for, by instance type; the first that fits counts, and a training job
        /// that none fits is refused.
        public var instances: [SlurmInstance]
        /// How long a program has after SIGTERM before it is killed.
        public var gracePeriod: Duration
        /// Command lines by image name, for images other than `exec:`.
        public var images: [String: String]
        /// Where commands run, and where their relative paths start, on the nodes.
        public var workingDirectory: URL
        /// What programs have in their environment beside what Slurm, the container contract and
        /// the request put there; `PATH` above all.
        public var environment: [String: String]
        /// Lines of shell before each program, such as `module load cuda`.
        public var setup: String
        /// Where Slurm's commands are, here and on the nodes; empty for the `PATH`.
        public var commandDirectory: String
        /// How long one of them may take.
        public var commandTimeLimit: Duration
        /// The least time between two questions for all jobs. Starts and ends are seen in files, so
        /// longer ones delay news of the queue and of jobs that Slurm ended, and nothing else.
        public var statusInterval: Duration
        /// Whether Slurm may put a job back into its queue, when it is preempted or its node fails;
        /// else that is an internal failure, after which another attempt may follow.
        public var allowsRequeue: Bool
        /// How late a file that a node wrote may be seen here.
        public var fileDelayMax: Duration
        /// The network interface between nodes, for programs on several.
        public var networkInterface: String
        /// What takes addresses other than `file://`, such as `s3://`; `nil` where nothing does.
        public var transfer: (any DataTransfer)?
        /// How much data that was brought is kept for later training jobs, in bytes, beside what
        /// is in use; under `cache` in the data directory.
        public var cacheByteCountMax: Int
        /// How often checkpoints are saved while a program runs.
        public var checkpointInterval: Duration
        /// Gets what has no place in a training job's own record.
        public var logger: Logger

        /// What programs have in their environment unless something else is given.
        public static let standardEnvironment = ["PATH": "/usr/local/bin:/usr/bin:/bin"]

        /// Takes settings. Unless they are given, `instances` leaves all to Slurm's own defaults,
        /// for every type, and `workingDirectory` is the daemon's own.
        public init(
            dataDirectory: URL, slotCount: Int = 100,
            instances: [SlurmInstance] = [SlurmInstance()],
            gracePeriod: Duration = .seconds(120), images: [String: String] = [:],
            workingDirectory: URL? = nil,
            environment: [String: String] = standardEnvironment, setup: String = "",
            commandDirectory: String = "", commandTimeLimit: Duration = .seconds(60),
            statusInterval: Duration = .seconds(1), allowsRequeue: Bool = true,
            fileDelayMax: Duration = .seconds(60),
            networkInterface: String = "eth0", transfer: (any DataTransfer)? = nil,
            cacheByteCountMax: Int = 20 << 30, checkpointInterval: Duration = .seconds(60),
            logger: Logger = Logger(label: "slurm")
        ) {
            precondition(slotCount >= 1, "\(slotCount) slots")
            let current = URL(filePath: FileManager.default.currentDirectoryPath)
            self.dataDirectory = dataDirectory.absoluteURL
            self.slotCount = slotCount
            self.instances = instances
            self.gracePeriod = gracePeriod
            self.images = images
            self.workingDirectory = (workingDirectory ?? current).absoluteURL
            self.environment = environment
            self.setup = setup
            self.commandDirectory = commandDirectory
            self.commandTimeLimit = commandTimeLimit
            self.statusInterval = statusInterval
            self.allowsRequeue = allowsRequeue
            self.fileDelayMax = fileDelayMax
            self.networkInterface = networkInterface
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
}
