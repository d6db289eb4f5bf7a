import Backends
import Synchronization
import Tuning

/// All containers of one daemon, asked for by one request for all training jobs.
///
/// The list is asked for again when somebody wants to know and it is too old: half a second, or
/// four times as long as the engine takes to answer. However much changes, that is not done more
/// often than ten times a second, nor more than half of the time.
actor ContainerRoster {
    /// How old a list may be, unless the engine is slow.
    static let ageMax = Duration.milliseconds(500)
    /// How long after a request the next begins at the earliest, unless the engine is slow.
    static let intervalMin = Duration.milliseconds(100)
    /// How many times the duration of a request a list may be old.
    private static let durationsMax = 4

    private struct List {
        let containers: [String: ListedContainer]
        let requestTime: ContinuousClock.Instant
        let duration: Duration
    }

    private let ask: @Sendable () async throws -> [String: ListedContainer]
    private var list: List?
    /// The list is out of date.
    private var isExpired = false
    private var request: SharedWork<List>?

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
            if let list, !isExpired, isFresh(list), time.map({ $0 < list.requestTime }) ?? true {
                return list.containers
            }
            let work = request ?? begin()
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

    /// Takes the list for out of date, because something has changed.
    func expire() { isExpired = true }

    private func isFresh(_ list: List) -> Bool {
        let age = ContinuousClock.now - list.requestTime
        return age <= max(Self.ageMax, list.duration * Self.durationsMax)
    }

    private func begin() -> SharedWork<List> {
        isExpired = false
        let earliest = list.map { list in
            list.requestTime + max(Self.intervalMin, list.duration * 2)
        }
        let work = SharedWork { [ask] in
            if let earliest { try await Task.sleep(until: earliest, clock: .continuous) }
            let start = ContinuousClock.now
            let containers = try await ask()
            return List(
                containers: containers, requestTime: start, duration: ContinuousClock.now - start)
        }
        request = work
        return work
    }

    private func finish(_ work: SharedWork<List>) {
        if request === work { request = nil }
    }
}
