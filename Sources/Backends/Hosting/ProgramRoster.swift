/// All programs that an engine has of one daemon, asked for by one request for all of them.
///
/// The list is asked for again when somebody wants to know and it is too old. However much changes,
/// that is done neither more often than the settings say, nor most of the time.
package actor ProgramRoster<Program: Sendable> {
    /// How often the engine is asked.
    package struct Pace: Sendable {
        /// How old a list may be, unless the engine is slow.
        let ageMax: Duration
        /// How long after a request the next begins at the earliest, unless the engine is slow.
        let intervalMin: Duration
        /// How many times the duration of a request there are between the beginnings of two.
        let durationsMin: Int

        /// How many times the duration of a request a list may be old.
        fileprivate static var durationsMax: Int { 4 }

        /// Takes all three; at most four durations.
        package init(ageMax: Duration, intervalMin: Duration, durationsMin: Int) {
            self.ageMax = ageMax
            self.intervalMin = intervalMin
            self.durationsMin = durationsMin
        }
    }

    private struct List {
        let programs: [String: Program]
        let requestTime: ContinuousClock.Instant
        let duration: Duration
    }

    private let pace: Pace
    private let ask: @Sendable () async throws -> [String: Program]
    private var list: List?
    /// Since when lists that were asked for earlier are out of date.
    private var expiryTime: ContinuousClock.Instant?
    private var request: SharedWork<List>?
    /// When the engine was asked last, whether it answered or not.
    private var lastRequestTime: ContinuousClock.Instant?

    /// Takes what asks for all programs, by name.
    package init(_ pace: Pace, ask: @escaping @Sendable () async throws -> [String: Program]) {
        self.pace = pace
        self.ask = ask
    }

    /// All programs by name, as they were after a time and not long ago.
    ///
    /// - Throws: What asking throws, and `CancellationError`.
    package func programs(
        after time: ContinuousClock.Instant? = nil
    ) async throws -> [String: Program] {
        let limit = [time, expiryTime].compactMap(\.self).max()
        func isAfter(_ list: List) -> Bool { limit.map { $0 < list.requestTime } ?? true }
        while true {
            if let list, isFresh(list), isAfter(list) { return list.programs }
            let work = request ?? begin()
            do {
                let answer = try await work.value()
                if list.map({ $0.requestTime < answer.requestTime }) ?? true { list = answer }
                finish(work)
                // What was just asked for is as new as can be.
                if isAfter(answer) { return answer.programs }
            } catch {
                if !Task.isCancelled { finish(work) }
                throw error
            }
        }
    }

    /// Takes the list for out of date, because something has changed.
    package func expire() { expiryTime = .now }

    private func isFresh(_ list: List) -> Bool {
        let age = ContinuousClock.now - list.requestTime
        return age <= max(pace.ageMax, list.duration * Pace.durationsMax)
    }

    private func begin() -> SharedWork<List> {
        let pause = max(pace.intervalMin, (list?.duration ?? .zero) * pace.durationsMin)
        let start = max(lastRequestTime.map { $0 + pause } ?? .now, .now)
        lastRequestTime = start
        let work = SharedWork { [ask] in
            try await Task.sleep(until: start, clock: .continuous)
            let requestTime = ContinuousClock.now
            let programs = try await ask()
            return List(
                programs: programs, requestTime: requestTime,
                duration: ContinuousClock.now - requestTime)
        }
        request = work
        return work
    }

    private func finish(_ work: SharedWork<List>) {
        if request === work { request = nil }
    }
}
