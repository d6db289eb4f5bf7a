import Foundation
import Hummingbird
import Orchestration
import ServiceLifecycle
import Synchronization
import Tuning

/// Tells pages which jobs have changed, as server-sent events.
///
/// A message is `{"jobs": [NAME, ...], "trainingJobs": [NAME, ...], "isPartial": false}`, at most
/// one a second for each page; where more names changed than a message holds, `isPartial` is true
/// and everything may have. A page that connects, also for a second time, reads everything first.
final class EventStreams: Sendable {
    /// The most pages that are told at the same time.
    static let countMax = 128
    /// The most names of either kind in a message.
    static let nameCountMax = 50
    /// The shortest time between messages.
    static let interval = Duration.seconds(1)
    /// How often a comment is sent when nothing changes; then those who went away are noticed.
    static let heartbeat = Duration.seconds(15)

    private let changes: ChangeFeed
    private let count = Mutex(0)

    init(_ changes: ChangeFeed) {
        self.changes = changes
    }

    /// Whether there is room for another page.
    var hasRoom: Bool { count.withLock { $0 < Self.countMax } }

    /// How many pages are told now.
    var connectionCount: Int { count.withLock { $0 } }

    /// What a page is sent, until it goes away, the service shuts down, or it may not listen any
    /// more.
    ///
    /// - Parameters:
    ///   - id: The tuning job; all of them unless given.
    ///   - isAllowed: Asked again before each message.
    func body(of id: TuningJob.ID?, isAllowed: @escaping @Sendable () -> Bool) -> ResponseBody {
        ResponseBody { [self] writer in
            let hasPlace = count.withLock { count in
                guard count < Self.countMax else { return false }
                count += 1
                return true
            }
            defer { if hasPlace { count.withLock { $0 -= 1 } } }
            if hasPlace { try await write(to: &writer, changesOf: id, isAllowed) }
            try await writer.finish(nil)
        }
    }

    private func write(
        to writer: inout any ResponseBodyWriter, changesOf id: TuningJob.ID?,
        _ isAllowed: @Sendable () -> Bool
    ) async throws {
        let news = News()
        let stream = changes.changes(of: id, buffering: .bufferingNewest(1_000))
        let (signals, signal) = AsyncStream.makeStream(
            of: Void.self, bufferingPolicy: .bufferingNewest(1))
        try await withThrowingTaskGroup(of: Void.self) { group in
            defer { group.cancelAll() }
            group.addTask {
                for await change in stream.cancelOnGracefulShutdown() {
                    news.add(change)
                    signal.yield()
                }
                signal.finish()
            }
            group.addTask {
                while !Task.isCancelled {
                    try await Task.sleep(for: Self.interval)
                    signal.yield()
                }
            }
            try await writer.write(ByteBuffer(string: "retry: 2000\n: connected\n\n"))
            var last = ContinuousClock.now - Self.interval
            for await _ in signals {
                guard isAllowed() else { return }
                let now = ContinuousClock.now
                guard now - last >= Self.interval else { continue }
                if let message = news.take() {
                    try await writer.write(ByteBuffer(string: "data: \(message)\n\n"))
                    last = now
                } else if now - last >= Self.heartbeat {
                    try await writer.write(ByteBuffer(string: ": \n\n"))
                    last = now
                }
            }
        }
    }
}

/// The names that changed since the last message.
private final class News: Sendable {
    private struct State {
        var jobs: Set<String> = []
        var trainingJobs: Set<String> = []
        var isPartial = false
    }

    private let state = Mutex(State())

    func add(_ change: TuningJobChange) {
        state.withLock { state in
            for (name, set) in [(change.job.name, \State.jobs)]
                + change.trainingJobs.values.map({ ($0.name, \State.trainingJobs) })
            {
                if state[keyPath: set].count < EventStreams.nameCountMax {
                    state[keyPath: set].insert(name)
                } else if !state[keyPath: set].contains(name) {
                    state.isPartial = true
                }
            }
        }
    }

    /// The next message; `nil` when nothing has changed.
    func take() -> String? {
        let state = state.withLock { state in
            defer { state = State() }
            return state
        }
        guard !state.jobs.isEmpty else { return nil }
        let message: JSONValue = [
            "jobs": .array(state.jobs.sorted().map { .string($0) }),
            "trainingJobs": .array(state.trainingJobs.sorted().map { .string($0) }),
            "isPartial": .bool(state.isPartial),
        ]
        return message.encodedText
    }
}
