import Tuning

/// A tuning job that another one wants to learn from, with its finished training jobs.
package struct ParentTuningJob: Sendable {
    let job: TuningJob
    let specification: TuningJobSpecification
    let trainingJobs: [TrainingJob]

    /// Puts together a parent.
    package init(
        job: TuningJob, specification: TuningJobSpecification, trainingJobs: [TrainingJob]
    ) {
        self.job = job
        self.specification = specification
        self.trainingJobs = trainingJobs
    }
}

/// The parents that a request names, by the names as they were given; those there are.
package typealias KnownParents = [TuningJob.Name: ParentTuningJob]

extension TuningStoreReader {
    /// The tuning jobs with names, as parents; a name that no tuning job has is left out.
    package func parents(named names: [TuningJob.Name]) async throws -> KnownParents {
        var parents: KnownParents = [:]
        for name in names {
            guard let job = try await tuningJob(named: name, kind: .tuning),
                let specification = try await specification(of: job.id)
            else { continue }
            var query = TrainingJobQuery()
            query.tuningJob = job.id
            query.limit = 1_000
            var trainingJobs: [TrainingJob] = []
            repeat {
                let page = try await self.trainingJobs(query)
                trainingJobs += page.elements.filter(\.status.isFinished)
                query.token = page.next
            } while query.token != nil
            parents[name] = ParentTuningJob(
                job: job, specification: specification, trainingJobs: trainingJobs)
        }
        return parents
    }
}
