import SageMakerAPI
import Tuning

// The operations on tags.

extension OperationDispatcher {
    func addTags(_ body: JSONValue) async throws -> JSONValue {
        let request = try AddTags(body: body)
        return try await withResource(request.resource) { resource in
            try request.check(against: try await reader.tags(of: resource) ?? [])
            return ListTags.answer(
                try await orchestrator.updateTags(
                    of: resource, adding: request.tags, removing: []))
        }
    }

    func listTags(_ body: JSONValue) async throws -> JSONValue {
        let request = try ListTags(body: body)
        return try await withResource(request.resource) { resource in
            guard let tags = try await reader.tags(of: resource) else {
                throw request.resource.notFound
            }
            return ListTags.answer(tags)
        }
    }

    func deleteTags(_ body: JSONValue) async throws -> JSONValue {
        let request = try DeleteTags(body: body)
        return try await withResource(request.resource) { resource in
            _ = try await orchestrator.updateTags(
                of: resource, adding: [], removing: request.keys)
            return [:]
        }
    }

    /// Works on what an ARN names.
    ///
    /// - Throws: `ValidationException` when there is none.
    private func withResource(
        _ arn: ResourceARN, _ work: (TaggedResource) async throws -> JSONValue
    ) async throws -> JSONValue {
        let resource =
            switch arn.kind {
            case .tuningJob: try await tuningJob(arn)
            case .trainingJob: try await trainingJob(arn)
            case .algorithm: try await algorithm(arn)
            }
        guard let resource else { throw arn.notFound }
        do {
            return try await work(resource)
        } catch StoreError.notFound {
            throw arn.notFound
        }
    }

    private func tuningJob(_ arn: ResourceARN) async throws -> TaggedResource? {
        let job = try await reader.tuningJob(named: arn.name, kind: .tuning)
        return job.flatMap { arn.isARN($0.arn) ? .tuningJob($0.id) : nil }
    }

    private func algorithm(_ arn: ResourceARN) async throws -> TaggedResource? {
        let algorithm = try await reader.algorithm(named: arn.name)
        return algorithm.flatMap { arn.isARN($0.arn) ? .algorithm($0.name) : nil }
    }

    /// Finds a training job by its ARN, where its name stands in lower case.
    private func trainingJob(_ arn: ResourceARN) async throws -> TaggedResource? {
        if let job = try await reader.trainingJob(named: arn.name) {
            return try await isARN(arn, of: job) ? .trainingJob(job.id) : nil
        }
        var query = TrainingJobQuery()
        query.nameContains = arn.name
        query.limit = 100
        repeat {
            let page = try await reader.trainingJobs(query)
            for job in page.elements where try await isARN(arn, of: job) {
                return .trainingJob(job.id)
            }
            query.token = page.next
        } while query.token != nil
        return nil
    }

    private func isARN(_ arn: ResourceARN, of job: TrainingJob) async throws -> Bool {
        let specification = try await specification(of: job.id.tuningJob)
        return arn.isARN(specification.arn(ofTrainingJob: job.name))
    }
}
