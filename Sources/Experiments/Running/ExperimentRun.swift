import Logging
import Orchestration
import Stores
import Strategies
import Tuning

/// One run of an experiment, whatever the types of its parameters.
struct ExperimentRun: Sendable {
    /// What to find out, and where to keep it.
    let plan: ExperimentPlan
    /// Gets what has no place in a trial.
    let logger: Logger
    /// Gets what is stored, as it is stored.
    let onChange: @Sendable (TuningJobChange) -> Void
    /// Gives the result of one trial.
    let objective: ClosureBackend.Objective

    /// Runs the experiment to its end, or goes on with one that was interrupted.
    ///
    /// - Returns: The experiment as it ended, and its trials in the order of their numbers.
    /// - Throws: `ExperimentError`, `StoreError`, `CancellationError`.
    func perform() async throws -> (job: TuningJob, trials: [TrainingJob]) {
        let store = try plan.store()
        defer { try? store.close() }
        let backend = ClosureBackend(
            slotCount: specification.limits.parallelCountMax, objective: objective)
        let name = specification.name
        let orchestrator = Orchestrator(
            store: store, routes: BackendRoutes(backend), strategies: { try $0.strategy() },
            recovers: { $0.kind == .tuning && $0.name == name }, logger: logger)
        let job = try await withThrowingTaskGroup(of: TuningJob?.self) { group in
            group.addTask {
                try await orchestrator.run()
                return nil
            }
            group.addTask { try await follow(orchestrator) }
            defer { group.cancelAll() }
            while let ended = try await group.next() {
                if let ended { return ended }
            }
            throw CancellationError()
        }
        return (job, try await store.allTrials(of: job.id))
    }

    private var specification: TuningJobSpecification { plan.specification }

    /// Starts the experiment, or finds it, and follows it to its end.
    private func follow(_ orchestrator: Orchestrator) async throws -> TuningJob {
        let changes = orchestrator.changes.changes()
        let reader = orchestrator.reader
        var job: TuningJob
        if let stored = try await reader.tuningJob(named: specification.name, kind: .tuning) {
            let known = try await reader.specification(of: stored.id)
            guard known?.asksForTheSame(as: specification) == true else {
                throw ExperimentError.another(name: specification.name)
            }
            job = stored
        } else {
            job = try await orchestrator.submit(specification)
        }
        if job.status.isFinished { return job }
        for await change in changes where change.job.id == job.id {
            onChange(change)
            job = change.job
            if job.status.isFinished { return job }
        }
        throw CancellationError()
    }
}

extension TuningStoreReader {
    /// The trials of an experiment, in the order of their numbers.
    ///
    /// - Throws: `StoreError`.
    func allTrials(of id: TuningJob.ID) async throws -> [TrainingJob] {
        var query = TrainingJobQuery()
        query.tuningJob = id
        query.limit = 100
        var trials: [TrainingJob] = []
        repeat {
            let page = try await trainingJobs(query)
            trials += page.elements
            query.token = page.next
        } while query.token != nil
        return trials.sorted { $0.id.ordinal < $1.id.ordinal }
    }
}
