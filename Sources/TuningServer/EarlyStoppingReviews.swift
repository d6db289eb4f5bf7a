import Synchronization
import Tuning

/// What early stopping did to the tuning jobs that were described lately.
///
/// A review reads all events of a tuning job; of one that is over, once is enough.
final class EarlyStoppingReviews: Sendable {
    /// With more than this it starts anew: simple, and rare.
    private static let countMax = 1_000
    /// How many events are read at once.
    private static let pageLength = 5_000

    private let known = Mutex<[TuningJob.ID: EarlyStoppingReview]>([:])

    /// The review of a tuning job; `nil` while it runs.
    func review(
        of job: TuningJob, _ reader: any TuningStoreReader
    ) async throws -> EarlyStoppingReview? {
        guard job.status.isFinished else { return nil }
        if let known = known.withLock({ $0[job.id] }) { return known }
        var events: [TuningEvent] = []
        var position: EventPosition?
        while true {
            let page = try await reader.events(
                of: job.id, after: position, limit: Self.pageLength)
            events += page.map(\.event)
            guard let last = page.last, page.count == Self.pageLength else { break }
            position = last.position
        }
        let review = EarlyStoppingReview(events)
        known.withLock { known in
            if known.count >= Self.countMax { known = [:] }
            known[job.id] = review
        }
        return review
    }
}
