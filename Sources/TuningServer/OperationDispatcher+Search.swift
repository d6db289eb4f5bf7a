import SageMakerAPI
import Tuning

// Search: every job is described and compared, a page of the store at a time; nothing but the page
// of the answer is kept.

extension OperationDispatcher {
    /// How many jobs are read at a time.
    private static let scanCount = 500

    func search(_ body: JSONValue) async throws -> JSONValue {
        let request = try Search(body: body)
        guard request.isLocal else {
            return request.answer(request.ranking(of: Never.self), records: [])
        }
        switch request.resource {
        case .trainingJob: return try await searchTrainingJobs(request)
        case .tuningJob: return try await searchTuningJobs(request)
        }
    }

    private func searchTrainingJobs(_ request: Search) async throws -> JSONValue {
        var ranking = request.ranking(of: TrainingJob.self)
        var query = TrainingJobQuery()
        (query.sortKey, query.limit) = (.name, Self.scanCount)
        repeat {
            let page = try await reader.trainingJobs(query)
            for job in page.elements {
                if let record = try await record(of: job, for: request) {
                    request.add(job, record: record, to: &ranking)
                }
            }
            query.token = page.next
        } while query.token != nil
        var records: [JSONValue] = []
        for job in ranking.elements {
            if let record = try await record(of: job, for: nil) { records.append(record) }
        }
        return request.answer(ranking, records: records)
    }

    private func searchTuningJobs(_ request: Search) async throws -> JSONValue {
        var ranking = request.ranking(of: JSONValue.self)
        var query = TuningJobQuery()
        query.limit = Self.scanCount
        repeat {
            let page = try await reader.tuningJobs(query)
            for job in page.elements {
                if let record = try await record(of: job) {
                    request.add(record, record: record, to: &ranking)
                }
            }
            query.token = page.next
        } while query.token != nil
        return request.answer(ranking, records: ranking.elements)
    }

    /// A training job as searches see it; `nil` when it was deleted meanwhile.
    ///
    /// - Parameter request: Says whether what has to be read apart is looked at; `nil` reads all.
    private func record(of job: TrainingJob, for request: Search?) async throws -> JSONValue? {
        guard let specification = try await reader.specification(of: job.id.tuningJob) else {
            return nil
        }
        var amendment: [String: JSONValue] = [:]
        if request?.looks(at: ["ResourceConfig", "ProfilerConfig"]) ?? true {
            amendment = try await reader.amendment(of: job.id)
        }
        let record = DescribeTrainingJob.answer(
            job, specification: specification, amendment: amendment)
        guard request?.looks(at: ["Tags"]) ?? true else { return record }
        let tags = try await reader.tags(of: .trainingJob(job.id)) ?? []
        return Search.record(record, tags: tags)
    }

    private func record(of job: TuningJob) async throws -> JSONValue? {
        guard let specification = try await reader.specification(of: job.id),
            let tags = try await reader.tags(of: .tuningJob(job.id))
        else { return nil }
        let record = DescribeHyperParameterTuningJob.answer(
            job, specification: specification, best: try await bestTrainingJob(of: job),
            now: now())
        return Search.record(record, tags: tags)
    }
}
