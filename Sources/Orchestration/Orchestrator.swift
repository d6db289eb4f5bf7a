import Foundation
import Logging
import Metrics
import ServiceLifecycle
import Synchronization
import Tuning

/// Makes the strategy for one definition of a tuning job.
public typealias StrategyProvider = @Sendable (StrategyTask) throws -> any SearchStrategy

/// Runs every tuning job of this daemon: recovers them at start, accepts new ones, stops them on
/// request.
public actor Orchestrator: Service {
    /// Reads what is stored.
    public nonisolated let reader: any TuningStoreReader

    /// Tells what is stored from now on.
    public nonisolated let changes = ChangeFeed()

    /// Makes the strategies of tuning jobs.
    nonisolated let strategies: StrategyProvider

    private let store: any TuningStore
    private let environment: TuningJobRunner.Environment
    private let recovers: @Sendable (TuningJob) -> Bool
    private var runners: [TuningJob.ID: TuningJobRunner] = [:]
    private var phase = Phase.idle
    private var recoveryWaiters: [CheckedContinuation<Void, Never>] = []
    private var restWaiters: [CheckedContinuation<Void, Never>] = []
    private let starts = AsyncStream.makeStream(of: TuningJobRunner.self)

    private enum Phase {
        case idle
        case running
        case over
    }

    /// Puts together what running jobs needs; nothing runs before `run()`.
    ///
    /// - Parameters:
    ///   - store: Where everything is kept; nobody else may write to it.
    ///   - routes: The backends.
    ///   - strategies: Makes strategies.
    ///   - recovers: Which of the unfinished jobs go on; the others are left as they are.
    ///   - time: What tells the time and waits.
    ///   - logger: Gets what has no place in a job.
    ///   - metrics: Takes counts and times; they are dropped unless given.
    public init(
        store: any TuningStore, routes: BackendRoutes, strategies: @escaping StrategyProvider,
        recovers: @escaping @Sendable (TuningJob) -> Bool = { _ in true },
        time: TimeSource = .real, logger: Logger,
        metrics: any MetricsFactory = NOOPMetricsHandler.instance
    ) {
        reader = store
        self.recovers = recovers
        self.strategies = strategies
        self.store = store
        environment = TuningJobRunner.Environment(
            store: store, routes: routes,
            pools: routes.backends.mapValues { SlotPool(slotCount: $0.slotCount) },
            strategies: strategies, time: time, changes: changes, logger: logger,
            metrics: OrchestrationMetrics(metrics, backends: routes.backends.keys))
    }

    /// Recovers unfinished jobs and runs until graceful shutdown; attempts are then left to be
    /// attached to again.
    ///
    /// - Throws: `StoreError` when the unfinished jobs cannot be read.
    public func run() async throws {
        precondition(phase == .idle, "an orchestrator runs once")
        recover(try await store.unfinishedTuningJobs().filter(recovers))
        phase = .running
        for waiter in recoveryWaiters { waiter.resume() }
        recoveryWaiters = []
        let arrivals = starts.stream
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                for await runner in arrivals {
                    group.addTask { await self.run(runner) }
                }
                group.cancelAll()
            }
        }
        phase = .over
    }

    /// Who has the slots of each backend, by its name.
    public nonisolated var slotCounts: [String: SlotCount] {
        environment.pools.mapValues(\.count)
    }

    /// Starts runners for jobs of an earlier process; no slot is given to anything new before their
    /// running attempts have taken theirs.
    private func recover(_ jobs: [TuningJob]) {
        guard !jobs.isEmpty else { return }
        let pools = environment.pools.values
        for pool in pools { pool.hold() }
        let missing = Mutex(jobs.count)
        for job in jobs {
            start(job) {
                let isLast = missing.withLock { count in
                    count -= 1
                    return count == 0
                }
                if isLast { for pool in pools { pool.resume() } }
            }
        }
    }

    private func run(_ runner: TuningJobRunner) async {
        await runner.run()
        runners[runner.id] = nil
        if runners.isEmpty {
            for waiter in restWaiters { waiter.resume() }
            restWaiters = []
        }
    }

    /// Takes no more jobs and returns when those that run are over.
    public func finishRunning() async {
        await waitForRecovery()
        phase = .over
        guard !runners.isEmpty else { return }
        await withCheckedContinuation { restWaiters.append($0) }
    }

    /// Stops what runs without ending any tuning job, and returns when nothing runs any more.
    ///
    /// A later orchestrator on the same store goes on: the stopped training jobs get a new attempt.
    public func interrupt() async {
        guard phase == .running else { return }
        phase = .over
        for runner in runners.values { runner.interrupt() }
        guard !runners.isEmpty else { return }
        await withCheckedContinuation { restWaiters.append($0) }
    }

    private func start(_ job: TuningJob, onAttached: @escaping @Sendable () -> Void = {}) {
        guard runners[job.id] == nil else { return onAttached() }
        let runner = TuningJobRunner(job, environment, onAttached: onAttached)
        runners[job.id] = runner
        starts.continuation.yield(runner)
    }

    /// Waits until the unfinished jobs have runners that take requests.
    private func waitForRecovery() async {
        guard phase == .idle else { return }
        await withCheckedContinuation { recoveryWaiters.append($0) }
    }
}

// MARK: - Requests

extension Orchestrator {
    /// Stores a new job and starts it; once this returns, the job survives a crash.
    ///
    /// - Throws: `StoreError.alreadyExists`; `RoutingError` when no backend runs its image;
    ///   `OrchestratorError.shuttingDown`.
    public func submit(_ specification: TuningJobSpecification) async throws -> TuningJob {
        let new = try await beginning(specification)
        try await store.create(new.change, specification: new.specification)
        changes.publish(new.change)
        start(new.change.job)
        return new.change.job
    }

    /// Stores a new algorithm and starts the training job that validates it.
    ///
    /// Both are stored in one commit, so that no crash leaves an algorithm that waits for nothing.
    ///
    /// - Parameters:
    ///   - algorithm: The algorithm.
    ///   - tags: Its tags.
    ///   - validation: The training job that validates it; named as the algorithm says.
    /// - Throws: As `submit(_:)`.
    public func submit(
        _ algorithm: Algorithm, tags: [Tag], validation: TuningJobSpecification?
    ) async throws {
        precondition(
            algorithm.validationJob == validation?.name,
            "algorithm \(algorithm.name) is not validated by \(validation?.name ?? "nothing")")
        var new: NewTuningJob?
        if let validation { new = try await beginning(validation) }
        try await store.create(algorithm, tags: tags, validation: new)
        if let new {
            changes.publish(new.change)
            start(new.change.job)
        }
    }

    private func beginning(
        _ specification: TuningJobSpecification
    ) async throws -> NewTuningJob {
        await waitForRecovery()
        guard phase == .running else { throw OrchestratorError.shuttingDown }
        let specification = try environment.routes.routed(specification)
        var random = SystemRandomNumberGenerator()
        var state = TuningJobState(
            id: .random(using: &random), specification: specification,
            creationTime: environment.time.now())
        return NewTuningJob(
            try state.beginning(at: environment.time.now()), specification: specification)
    }

    /// Asks a tuning job to stop, with all its training jobs; harmless when it is over.
    ///
    /// Once this returns, the request survives a crash.
    ///
    /// - Throws: `StoreError.notFound`.
    public func stopTuningJob(_ id: TuningJob.ID) async throws {
        await waitForRecovery()
        guard let job = try await store.tuningJob(id) else {
            throw StoreError.notFound(name: "\(id.rawValue)")
        }
        guard !job.status.isFinished else { return }
        try await request(.stopRequested, of: id) {
            try await self.store.tuningJob(id)?.status.isFinished ?? true
        }
    }

    /// Asks one training job to stop; its tuning job goes on.
    ///
    /// Once this returns, the request survives a crash.
    ///
    /// - Throws: `OrchestratorError.finished` when it is over; `StoreError.notFound`.
    public func stopTrainingJob(_ id: TrainingJob.ID) async throws {
        await waitForRecovery()
        guard let training = try await store.trainingJob(id) else {
            throw StoreError.notFound(name: "\(id.ordinal)")
        }
        guard !training.status.isFinished else {
            throw OrchestratorError.finished(
                name: training.name, status: training.status.rawValue)
        }
        try await request(.stopTrialRequested(id.ordinal), of: id.tuningJob) {
            try await self.store.trainingJob(id)?.status.isFinished ?? true
        }
    }

    /// Hands a request to a runner; one that came to its end meanwhile has nothing left to do.
    private func request(
        _ input: Scheduler.Input, of id: TuningJob.ID, isOver: () async throws -> Bool
    ) async throws {
        do {
            guard let runner = runners[id] else { throw CancellationError() }
            try await runner.request(input)
        } catch is CancellationError {
            guard try await isOver() else { throw OrchestratorError.shuttingDown }
        }
    }

    /// Deletes the entry of a tuning job that is over; its training jobs stay.
    ///
    /// - Throws: `OrchestratorError.notFinished`, `StoreError.notFound`.
    public func deleteTuningJob(_ id: TuningJob.ID) async throws {
        guard let job = try await store.tuningJob(id) else {
            throw StoreError.notFound(name: "\(id.rawValue)")
        }
        guard job.status.isFinished else {
            throw OrchestratorError.notFinished(name: job.name, status: job.status.rawValue)
        }
        try await store.deleteTuningJob(id)
    }

    /// Deletes a training job that is over; where an algorithm stood by it is kept.
    ///
    /// - Throws: `OrchestratorError.notFinished`, `StoreError.notFound`.
    public func deleteTrainingJob(_ id: TrainingJob.ID) async throws {
        guard let training = try await store.trainingJob(id) else {
            throw StoreError.notFound(name: "\(id.ordinal)")
        }
        guard training.status.isFinished else {
            throw OrchestratorError.notFinished(
                name: training.name, status: training.status.rawValue)
        }
        // Where the algorithm stands is known from this job alone; once it is gone, from here.
        if let algorithm = try await store.algorithm(validatedBy: training.name) {
            try await store.update(algorithm.validated(by: training))
        }
        try await store.deleteTrainingJob(id)
    }

    /// Deletes an algorithm; training jobs that were made from it stay.
    ///
    /// - Throws: `StoreError.notFound`.
    public func deleteAlgorithm(named name: Algorithm.Name) async throws {
        try await store.deleteAlgorithm(named: name)
    }

    /// Changes the definition of one training job, as descriptions show it.
    ///
    /// - Throws: `StoreError.notFound`.
    public func amend(
        _ id: TrainingJob.ID, setting members: [String: JSONValue]
    ) async throws {
        try await store.amend(id, setting: members)
    }

    /// Adds and removes tags of a resource; returns the tags afterwards.
    ///
    /// - Throws: `StoreError.notFound`.
    public func updateTags(
        of resource: TaggedResource, adding: [Tag], removing: [String]
    ) async throws -> [Tag] {
        try await store.updateTags(of: resource, adding: adding, removing: removing)
    }
}

extension TuningJobState {
    /// What is stored when a job is accepted: a training job created on its own exists from the
    /// start; those of a tuning job come as they are suggested.
    fileprivate mutating func beginning(at time: Date) throws -> TuningJobChange {
        guard specification.kind == .training else { return TuningJobChange(job: job) }
        let nothing = try SearchSpace.empty.hyperparameters([:])
        let event = TuningEvent.trial(
            TrialEvent(
                trial: 0, time: time,
                change: .created(nothing, Decision(rule: "given"), definition: 0)))
        let training = try apply(event)
        return TuningJobChange(
            job: job, events: [event], trainingJobs: training.map { [0: $0] } ?? [:])
    }
}

/// Why the orchestrator refused a request.
public enum OrchestratorError: Error, Hashable, Sendable {
    /// It must be over first.
    case notFinished(name: String, status: String)
    /// It is over already.
    case finished(name: String, status: String)
    /// The daemon takes no more requests.
    case shuttingDown
}

extension OrchestratorError: CustomStringConvertible {
    /// What is wrong and what would be right.
    public var description: String {
        switch self {
        case .notFinished(let name, let status):
            "'\(name)' is in status \(status); stop it and wait until it is over."
        case .finished(let name, let status):
            "'\(name)' is over already, in status \(status)."
        case .shuttingDown:
            "The service is shutting down; try again when it is back."
        }
    }
}
