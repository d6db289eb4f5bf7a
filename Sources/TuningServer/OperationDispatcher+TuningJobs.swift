import Orchestration
import SageMakerAPI
import Tuning

// The operations on tuning jobs.

extension OperationDispatcher {
    func createTuningJob(_ body: JSONValue, _ scope: RequestScope) async throws -> JSONValue {
        let request = try CreateHyperParameterTuningJob(body: body)
        let specification = try request.validated(
            scope: scope, algorithms: try await reader.algorithms(request.algorithms),
            parents: try await reader.parents(named: request.parentNames),
            checkImage: checkImage)
        do {
            return CreateHyperParameterTuningJob.answer(
                try await quotas.admit(specification, reader) {
                    try await orchestrator.submit(specification)
                })
        } catch StoreError.alreadyExists {
            throw APIError.tuningJobExists(specification.name)
        }
    }

    func describeTuningJob(_ body: JSONValue) async throws -> JSONValue {
        let job = try await tuningJob(named: TuningJobReference(body: body).name)
        let specification = try await specification(of: job.id)
        return DescribeHyperParameterTuningJob.answer(
            job, specification: specification, best: try await bestTrainingJob(of: job),
            parentBest: try await parentBest(of: job, specification),
            review: try await earlyStoppingReviews.review(of: job, reader), now: now())
    }

    /// The training job of a parent that is better than all of a tuning job's own; `nil` when there
    /// is none, or it was deleted.
    private func parentBest(
        of job: TuningJob, _ specification: TuningJobSpecification
    ) async throws -> (job: TrainingJob, specification: TuningJobSpecification)? {
        guard let best = specification.warmStart?.better(than: job.best),
            let training = try await reader.trainingJob(
                TrainingJob.ID(tuningJob: best.tuningJob, ordinal: best.ordinal)),
            let parent = try await reader.specification(of: best.tuningJob)
        else { return nil }
        return (training, parent)
    }

    /// The training job with the best objective; `nil` when there is none, or it was deleted.
    func bestTrainingJob(of job: TuningJob) async throws -> TrainingJob? {
        guard let ordinal = job.best?.ordinal else { return nil }
        let id = TrainingJob.ID(tuningJob: job.id, ordinal: ordinal)
        if let known = bestTrainingJobs[id] { return known }
        let best = try await reader.trainingJob(id)
        if let best { bestTrainingJobs.keep(best) }
        return best
    }

    func listTuningJobs(_ body: JSONValue) async throws -> JSONValue {
        guard let query = try ListHyperParameterTuningJobs(body: body).query else {
            return ListHyperParameterTuningJobs.answer(Page(elements: [], next: nil))
        }
        return ListHyperParameterTuningJobs.answer(try await reader.tuningJobs(query))
    }

    func listTrainingJobsOfTuningJob(_ body: JSONValue) async throws -> JSONValue {
        let request = try ListTrainingJobsForHyperParameterTuningJob(body: body)
        let job = try await tuningJob(named: request.name)
        var page = Page<TrainingJob>(elements: [], next: nil)
        if let query = request.query(of: job.id) { page = try await reader.trainingJobs(query) }
        return ListTrainingJobsForHyperParameterTuningJob.answer(
            page, specification: try await specification(of: job.id))
    }

    func stopTuningJob(_ body: JSONValue) async throws -> JSONValue {
        let name = try TuningJobReference(body: body).name
        do {
            try await orchestrator.stopTuningJob(try await tuningJob(named: name).id)
        } catch StoreError.notFound {
            throw APIError.noTuningJob(name)
        }
        return [:]
    }

    func deleteTuningJob(_ body: JSONValue) async throws -> JSONValue {
        let name = try TuningJobReference(body: body).name
        do {
            try await orchestrator.deleteTuningJob(try await tuningJob(named: name).id)
        } catch StoreError.notFound {
            throw APIError.noTuningJob(name)
        } catch OrchestratorError.notFinished(_, let status) {
            throw APIError.tuningJobInUse(name, status: status)
        }
        return [:]
    }
}
