import Orchestration
import SageMakerAPI
import Tuning

// The operations on training jobs, those of tuning jobs among them.

extension OperationDispatcher {
    func createTrainingJob(_ body: JSONValue, _ scope: RequestScope) async throws -> JSONValue {
        let request = try CreateTrainingJob(body: body)
        let specification = try request.validated(
            scope: scope, algorithms: try await reader.algorithms(request.algorithms),
            checkImage: checkImage)
        do {
            _ = try await quotas.admit(specification, reader) {
                try await orchestrator.submit(specification)
            }
            return CreateTrainingJob.answer(specification)
        } catch StoreError.alreadyExists {
            throw APIError.trainingJobExists(
                arn: specification.arn(ofTrainingJob: specification.name))
        }
    }

    func describeTrainingJob(_ body: JSONValue) async throws -> JSONValue {
        let job = try await trainingJob(named: TrainingJobReference(body: body).name)
        return DescribeTrainingJob.answer(
            job, specification: try await specification(of: job.id.tuningJob),
            amendment: try await reader.amendment(of: job.id))
    }

    func updateTrainingJob(_ body: JSONValue) async throws -> JSONValue {
        let request = try UpdateTrainingJob(body: body)
        let job = try await trainingJob(named: request.name)
        let changes = try request.changes(of: job)
        do {
            if !changes.isEmpty { try await orchestrator.amend(job.id, setting: changes) }
        } catch StoreError.notFound {
            throw APIError.noTrainingJob
        }
        return UpdateTrainingJob.answer(
            job, specification: try await specification(of: job.id.tuningJob))
    }

    func listTrainingJobs(_ body: JSONValue) async throws -> JSONValue {
        let request = try ListTrainingJobs(body: body)
        guard let query = request.query else {
            return request.answer(Page(elements: [], next: nil), specifications: [:])
        }
        let page = try await reader.trainingJobs(query)
        var specifications: [TuningJob.ID: TuningJobSpecification] = [:]
        for id in Set(page.elements.map(\.id.tuningJob)) {
            specifications[id] = try await specification(of: id)
        }
        return request.answer(page, specifications: specifications)
    }

    func stopTrainingJob(_ body: JSONValue) async throws -> JSONValue {
        let job = try await trainingJob(named: TrainingJobReference(body: body).name)
        do {
            try await orchestrator.stopTrainingJob(job.id)
        } catch StoreError.notFound {
            throw APIError.noTrainingJob
        } catch OrchestratorError.finished(_, let status) {
            throw APIError.trainingJobOver(status: status)
        }
        return [:]
    }

    func deleteTrainingJob(_ body: JSONValue) async throws -> JSONValue {
        let job = try await trainingJob(named: TrainingJobReference(body: body).name)
        do {
            try await orchestrator.deleteTrainingJob(job.id)
            bestTrainingJobs.forget(job.id)
        } catch StoreError.notFound {
            throw APIError.noTrainingJob
        } catch OrchestratorError.notFinished(_, let status) {
            throw APIError.trainingJobInUse(job.name, status: status)
        }
        return [:]
    }
}
