import Foundation
import Logging
import Tuning

/// Runs training jobs on a cluster that Slurm manages, one job of Slurm for each attempt, with the
/// SageMaker container contract in a directory that all nodes share.
///
/// A job outlives the daemon, and is attached to again by a later one with the same data directory.
/// `AttemptDirectory` says how the two find each other.
///
/// A job that Slurm puts back into the queue, after it was preempted for one, runs again from the
/// start: what it printed before stays in its logs and counts, and what it prints again counts
/// again, as with a training job on spot instances. So a program that is put back should go on
/// from its checkpoints; for one that cannot, `allowsRequeue` makes another attempt of it.
///
/// A training job with an InstanceCount above one is a job on as many nodes, where `srun` starts
/// the program once on each. `SM_HOSTS` and `SM_CURRENT_HOST` hold the nodes' own names, which MPI
/// and torchrun can reach, in place of SageMaker's `algo-1`; all share one directory, and metrics
/// are read from what the first prints.
public struct SlurmBackend: TrainingBackend {
    /// Where and how training jobs run.
    public let configuration: Configuration
    private let backend: HostedBackend

    /// Takes settings; nothing is asked of Slurm before the first attempt.
    public init(_ configuration: Configuration) {
        self.init(
            configuration,
            controller: SlurmCommandLine(
                SlurmProcesses(
                    directory: configuration.commandDirectory,
                    timeLimit: configuration.commandTimeLimit,
                    environment: configuration.environment)))
    }

    /// Takes settings, and who is asked in place of Slurm's commands.
    package init(_ configuration: Configuration, controller: any SlurmController) {
        self.configuration = configuration
        backend = HostedBackend(SlurmHost(configuration, controller: controller))
    }

    /// How many attempts may be in Slurm's queue or run at once.
    public var slotCount: Int { configuration.slotCount }

    /// Runs an attempt to its end, or attaches to it.
    public func run(
        _ attempt: Attempt, in session: AttemptSession
    ) async throws -> Attempt.End {
        try await backend.run(attempt, in: session)
    }

    /// The logs of an attempt: what the program wrote on standard output and standard error, on
    /// the first node.
    public func logs(
        of attempt: Attempt.ID
    ) -> (standardOutput: URL, standardError: URL)? {
        backend.logs(of: attempt)
    }

    /// Whether Slurm's controller answered when it was last asked for anything.
    public var health: BackendHealth { backend.health }

    /// Asks Slurm's controller whether it is there.
    public func checkedHealth() async -> BackendHealth { await backend.checkedHealth() }
}

// MARK: - Definitions

extension SlurmBackend {
    /// What is wrong with a definition's program or instance type, for the client; `nil` when
    /// nothing is.
    public func problem(with definition: TrainingJobDefinition) -> String? {
        let demand = SlurmDemand(definition)
        return demand.problem(among: configuration.instances)
            ?? TrainingProgram.problem(
                with: definition, images: configuration.images,
                storage: configuration.hosting.storage)
    }
}
