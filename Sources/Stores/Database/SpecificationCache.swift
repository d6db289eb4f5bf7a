import Synchronization
import Tuning

/// Keeps the specifications used last, which every description of a job needs and which never
/// change.
final class SpecificationCache: Sendable {
    /// The most specifications kept.
    static let countMax = 128

    private struct State {
        var entries: [TuningJob.ID: (specification: TuningJobSpecification, lastUse: Int)] = [:]
        var useCount = 0
    }

    private let state = Mutex(State())

    /// A specification, or `nil` when it is not kept.
    subscript(id: TuningJob.ID) -> TuningJobSpecification? {
        state.withLock { state in
            guard let specification = state.entries[id]?.specification else { return nil }
            state.useCount += 1
            state.entries[id]?.lastUse = state.useCount
            return specification
        }
    }

    /// Keeps a specification, in place of the one that was not used for longest.
    func keep(_ specification: TuningJobSpecification, of id: TuningJob.ID) {
        state.withLock { state in
            state.useCount += 1
            state.entries[id] = (specification, state.useCount)
            guard state.entries.count > Self.countMax else { return }
            let oldest = state.entries.min { $0.value.lastUse < $1.value.lastUse }
            if let oldest { state.entries[oldest.key] = nil }
        }
    }

    /// Forgets a specification.
    func forget(_ id: TuningJob.ID) {
        state.withLock { $0.entries[id] = nil }
    }
}
