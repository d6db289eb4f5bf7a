import SageMakerAPI
import Synchronization
import Tuning

/// How many instances training jobs may use at the same time, by type, as an account of the service
/// has it.
///
/// A training job uses its instances from its creation to its end; a tuning job those of as many
/// training jobs as it may run in parallel.
package final class InstanceQuotas: Sendable {
    /// A job that is not over, or is about to be stored.
    private struct Use {
        let demand: InstanceDemand
        /// `nil` until it is stored.
        var job: TuningJob.ID?
    }

    private struct State {
        var uses: [String: Use] = [:]
        /// Whether the jobs of an earlier process are known.
        var isComplete = false
    }

    private let limits: [String: Int]
    private let state = Mutex(State())

    /// Takes the limits, by instance type; other types have none.
    package init(limits: [String: Int] = [:]) {
        self.limits = limits
    }

    /// Submits a job if there is room for it.
    ///
    /// A name that is taken is left to `submit` to refuse, whatever room there is.
    ///
    /// - Throws: `ResourceLimitExceeded`; what `submit` throws.
    func admit(
        _ specification: TuningJobSpecification, _ reader: any TuningStoreReader,
        submit: () async throws -> TuningJob
    ) async throws -> TuningJob {
        let demand = InstanceDemand(of: specification, limitedBy: limits)
        guard !demand.counts.isEmpty,
            try await reader.tuningJob(named: specification.name, kind: specification.kind) == nil
        else { return try await submit() }
        try await complete(from: reader)
        try await forgetFinished(reader)
        let key = specification.quotaKey
        guard try reserve(demand, for: key) else { return try await submit() }
        do {
            let job = try await submit()
            state.withLock { $0.uses[key]?.job = job.id }
            return job
        } catch {
            state.withLock { $0.uses[key] = nil }
            throw error
        }
    }

    /// Takes note of what is to be used; `false` when a job of the name is being submitted already.
    private func reserve(_ demand: InstanceDemand, for key: String) throws(APIError) -> Bool {
        try state.withLock { state throws(APIError) in
            guard state.uses[key] == nil else { return false }
            for (quota, count) in demand.counts.sorted(by: { $0.key.name < $1.key.name }) {
                let used = state.uses.values.reduce(0) { $0 + ($1.demand.counts[quota] ?? 0) }
                let limit = limits[quota.instanceType] ?? .max
                guard used + count <= limit else {
                    throw .limitExceeded(quota.name, limit: limit, used: used, asked: count)
                }
            }
            state.uses[key] = Use(demand: demand)
            return true
        }
    }

    /// Finds the unfinished jobs of an earlier process.
    private func complete(from reader: any TuningStoreReader) async throws {
        guard !state.withLock({ $0.isComplete }) else { return }
        var found: [String: Use] = [:]
        for job in try await reader.unfinishedTuningJobs() {
            guard let specification = try await reader.specification(of: job.id) else { continue }
            let demand = InstanceDemand(of: specification, limitedBy: limits)
            found[specification.quotaKey] = Use(demand: demand, job: job.id)
        }
        state.withLock { state in
            guard !state.isComplete else { return }
            state.uses.merge(found) { known, _ in known }
            state.isComplete = true
        }
    }

    private func forgetFinished(_ reader: any TuningStoreReader) async throws {
        let uses = state.withLock { $0.uses }
        for (key, use) in uses {
            guard let id = use.job else { continue }
            if try await reader.tuningJob(id)?.status.isFinished ?? true {
                state.withLock { state in
                    // The name may have been taken again meanwhile.
                    if state.uses[key]?.job == id { state.uses[key] = nil }
                }
            }
        }
    }
}

extension TuningJobSpecification {
    fileprivate var quotaKey: String { "\(kind.rawValue)/\(name.lowercased())" }
}

extension APIError {
    /// There are not as many instances as asked for, in the service's words.
    fileprivate static func limitExceeded(
        _ quota: String, limit: Int, used: Int, asked: Int
    ) -> APIError {
        APIError(
            "ResourceLimitExceeded",
            "The account-level service limit '\(quota)' is \(limit) Instances, with current "
                + "utilization of \(used) Instances and a request delta of \(asked) Instances. "
                + "Please contact AWS support to request an increase for this limit.")
    }
}
