import Backends
import Tuning

/// All jobs of a cluster, asked for by one request for all training jobs.
///
/// The list is asked for when somebody wants to know and it is too old, and at most once a second;
/// less often where the cluster takes long to answer.
actor JobRoster {
    /// How long after a request the next one may come.
    static let interval = Duration.seconds(1)
    /// How many times the duration of a request there are between two.
    private static let durationCount = 4

    private struct List {
        let jobs: [String: RayJob]
        let requestTime: ContinuousClock.Instant
        let duration: Duration
    }

    private let ask: @Sendable () async throws -> [String: RayJob]
    private var list: List?
    private var request: SharedWork<List>?
    private var nextRequestTime = ContinuousClock.now

    /// Takes what asks for all jobs.
    init(ask: @escaping @Sendable () async throws -> [String: RayJob]) { self.ask = ask }

    /// All jobs, as they were after a time and not long ago.
    ///
    /// - Throws: What asking throws, and `CancellationError`.
    func jobs(after time: ContinuousClock.Instant) async throws -> [String: RayJob] {
        while true {
            if let list, time < list.requestTime, ContinuousClock.now < nextRequestTime {
                return list.jobs
            }
            let work = request ?? begin()
            do {
                let answer = try await work.value()
                finish(work, with: answer)
                // What was just asked for is as new as can be.
                if time < answer.requestTime { return answer.jobs }
            } catch {
                if !Task.isCancelled { finish(work, with: nil) }
                throw error
            }
        }
    }

    private func begin() -> SharedWork<List> {
        let start = max(ContinuousClock.now, nextRequestTime)
        nextRequestTime = start + Self.interval
        let work = SharedWork { [ask] in
            try await Task.sleep(until: start, clock: .continuous)
            let requestTime = ContinuousClock.now
            let jobs = try await ask()
            return List(
                jobs: jobs, requestTime: requestTime,
                duration: ContinuousClock.now - requestTime)
        }
        request = work
        return work
    }

    private func finish(_ work: SharedWork<List>, with answer: List?) {
        guard request === work else { return }
        request = nil
        guard let answer else { return }
        list = answer
        nextRequestTime = max(
            nextRequestTime, answer.requestTime + answer.duration * Self.durationCount)
    }
}
