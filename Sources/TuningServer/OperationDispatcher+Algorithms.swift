import Foundation
import Orchestration
import SageMakerAPI
import Tuning

// The operations on algorithms.

extension OperationDispatcher {
    func createAlgorithm(_ body: JSONValue, _ scope: RequestScope) async throws -> JSONValue {
        let result = try CreateAlgorithm(body: body)
            .validated(scope: scope, now: now(), checkImage: checkImage)
        let algorithm = result.algorithm
        do {
            try await orchestrator.submit(
                algorithm, tags: result.tags, validation: result.validation)
        } catch StoreError.alreadyExists(let name) where name != algorithm.name {
            throw APIError.validation(
                "The training job \(name) that would validate the algorithm exists already.")
        } catch StoreError.alreadyExists {
            throw APIError.algorithmExists(arn: algorithm.arn)
        }
        return CreateAlgorithm.answer(algorithm)
    }

    func describeAlgorithm(_ body: JSONValue, _ scope: RequestScope) async throws -> JSONValue {
        let reference = try AlgorithmReference(describing: body)
        let algorithm = try await algorithm(reference, scope)
        return DescribeAlgorithm.answer(try await validated(algorithm))
    }

    func listAlgorithms(_ body: JSONValue) async throws -> JSONValue {
        var page = try await reader.algorithms(ListAlgorithms(body: body).query)
        for index in page.elements.indices {
            page.elements[index] = try await validated(page.elements[index])
        }
        return ListAlgorithms.answer(page)
    }

    func deleteAlgorithm(_ body: JSONValue, _ scope: RequestScope) async throws -> JSONValue {
        let reference = try AlgorithmReference(deleting: body)
        let algorithm = try await algorithm(reference, scope)
        if let job = try await unfinishedJob(using: algorithm) {
            throw APIError.algorithmInUse(algorithm.name, by: job.name)
        }
        do {
            try await orchestrator.deleteAlgorithm(named: algorithm.name)
        } catch StoreError.notFound {
            throw APIError.noAlgorithm(arn: algorithm.arn)
        }
        return [:]
    }

    /// The algorithm that a request names.
    ///
    /// - Throws: `ValidationException`, as the service does.
    private func algorithm(
        _ reference: AlgorithmReference, _ scope: RequestScope
    ) async throws -> Algorithm {
        guard let algorithm = try await reader.algorithms([reference])[reference] else {
            throw APIError.noAlgorithm(arn: reference.arn(in: scope))
        }
        return algorithm
    }

    /// The algorithm as the training job that validates it makes it.
    private func validated(_ algorithm: Algorithm) async throws -> Algorithm {
        guard !algorithm.status.isSettled, let name = algorithm.validationJob else {
            return algorithm
        }
        if let job = try await reader.trainingJob(named: name) {
            return algorithm.validated(by: job)
        }
        // Deleted in between: then the algorithm was stored as the job had left it.
        return try await reader.algorithm(named: algorithm.name) ?? algorithm
    }

    /// A job that is not over and was made from an algorithm.
    private func unfinishedJob(using algorithm: Algorithm) async throws -> TuningJob? {
        for job in try await reader.unfinishedTuningJobs() {
            let definitions = try await reader.specification(of: job.id)?.definitions ?? []
            let isUsing = definitions.contains { definition in
                definition.envelope["AlgorithmSpecification"]?.algorithm?.refers(to: algorithm)
                    ?? false
            }
            if isUsing { return job }
        }
        return nil
    }
}

extension TuningStoreReader {
    /// Those of some algorithms that are stored, by what names them.
    package func algorithms(
        _ references: Set<AlgorithmReference>
    ) async throws -> KnownAlgorithms {
        var known: KnownAlgorithms = [:]
        for reference in references {
            guard let algorithm = try await algorithm(named: reference.name),
                reference.refers(to: algorithm)
            else { continue }
            known[reference] = algorithm
        }
        return known
    }
}
