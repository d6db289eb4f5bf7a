import Synchronization
import Tuning

/// All containers of one daemon, asked for by one request for all training jobs.
///
/// The list is asked for again when somebody wants to know and it is too old: half a second, or
/// four times as long as the engine takes to answer.
actor ContainerRoster {
    /// How old a list may be, unless the engine is slow.
    static let ageMax = Duration.milliseconds(500)
    /// How many times the duration of a request a list may be old.
    private static let durationsMax = 4

    private struct List {
        let containers: [String: ListedContainer]
        let requestTime: ContinuousClock.Instant
        let duration: Duration
    }

    private let ask: @Sendable () async throws -> [String: ListedContainer]
    private var list: List?
    private var request: (work: SharedWork<List>, time: ContinuousClock.Instant)?

    /// Takes what asks for all containers.
    init(ask: @escaping @Sendable () async throws -> [String: ListedContainer]) {
        self.ask = ask
    }

    /// All containers, as they were after a time and not long ago.
    ///
    /// - Throws: What asking throws, and `CancellationError`.
    func containers(
        after time: ContinuousClock.Instant? = nil
    ) async throws -> [String: ListedContainer] {
        while true {
            if let list, isFresh(list), time.map({ $0 < list.requestTime }) ?? true {
                return list.containers
            }
            let (work, _) = request ?? begin()
            do {
                let answer = try await work.value()
                if list.map({ $0.requestTime < answer.requestTime }) ?? true { list = answer }
                finish(work)
            } catch {
                if !Task.isCancelled { finish(work) }
                throw error
            }
        }
    }

    /// Forgets the list, because something has changed.
    func expire() { list = nil }

    private func isFresh(_ list: List) -> Bool {
        let age = ContinuousClock.now - list.requestTime
        return age <= max(Self.ageMax, list.duration * Self.durationsMax)
    }

    private func begin() -> (work: SharedWork<List>, time: ContinuousClock.Instant) {
        let start = ContinuousClock.now
        let work = SharedWork { [ask] in
            let containers = try await ask()
            return List(
                containers: containers, requestTime: start, duration: ContinuousClock.now - start)
        }
        request = (work, start)
        return (work, start)
    }

    private func finish(_ work: SharedWork<List>) {
        if request?.work === work { request = nil }
    }
}
