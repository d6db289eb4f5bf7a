import Foundation
import Logging
import ServiceLifecycle
import Tuning

/// Makes the strategy for one definition of a tuning job.
public typealias StrategyProvider =
    @Sendable (TuningPlan, SearchSpace) throws -> any SearchStrategy

/// Runs every tuning job of this daemon: recovers them at start, accepts new ones, stops them on
/// request.
public actor Orchestrator: Service {
    /// Reads what is stored.
    public nonisolated let reader: any TuningStoreReader

    public init(
        store: any TuningStore, routes: BackendRoutes, strategies: @escaping StrategyProvider,
        logger: Logger
    ) {
        reader = store
    }

    /// Stores a new job and starts it; once this returns, the job survives a crash.
    ///
    /// - Throws: `StoreError.alreadyExists`; `RoutingError` when no backend runs its image;
    ///   `OrchestratorError.shuttingDown`.
    public func submit(_ specification: TuningJobSpecification) async throws -> TuningJob {
        fatalError("not written yet")
    }

    /// Asks a tuning job to stop, with all its training jobs; harmless when it is over.
    ///
    /// - Throws: `StoreError.notFound`.
    public func stopTuningJob(_ id: TuningJob.ID) async throws {
        fatalError("not written yet")
    }

    /// Asks one training job to stop; its tuning job goes on.
    ///
    /// - Throws: `OrchestratorError.finished` when it is over.
    public func stopTrainingJob(_ id: TrainingJob.ID) async throws {
        fatalError("not written yet")
    }

    /// Deletes the entry of a tuning job that is over; its training jobs stay.
    ///
    /// - Throws: `OrchestratorError.notFinished`, `StoreError.notFound`.
    public func deleteTuningJob(_ id: TuningJob.ID) async throws {
        fatalError("not written yet")
    }

    /// Deletes a training job that is over.
    ///
    /// - Throws: `OrchestratorError.notFinished`, `StoreError.notFound`.
    public func deleteTrainingJob(_ id: TrainingJob.ID) async throws {
        fatalError("not written yet")
    }

    /// Adds and removes tags of a job; returns the tags afterwards.
    public func updateTags(
        of resource: TaggedResource, adding: [Tag], removing: [String]
    ) async throws -> [Tag] {
        fatalError("not written yet")
    }

    /// Recovers unfinished jobs and runs until graceful shutdown; attempts are then left to be
    /// attached to again.
    public func run() async throws {
        fatalError("not written yet")
    }
}

/// Why the orchestrator refused a request.
public enum OrchestratorError: Error, Hashable, Sendable {
    case notFinished(name: String, status: String)
    case finished(name: String, status: String)
    case shuttingDown
}
