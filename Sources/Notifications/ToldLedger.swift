import Foundation
import Synchronization
import Tuning

/// Which ends of jobs were told, in a file that outlives the process.
///
/// That a job has ended is in the store, before anybody is told; that it was told is here, after.
/// What is in the store and not here is still to be told, whatever happened between. Lines of JSON:
/// `{"target":KEY,"since":SECONDS}` and `{"delivery":ID,"ended":SECONDS}`, seconds since 2001.
final class ToldLedger: Sendable {
    /// How long after its end a job may still be told by a later process.
    static let horizon: TimeInterval = 7 * 86_400

    private struct State {
        var told: Set<String> = []
        var since: [String: Date] = [:]
    }

    private let file: URL
    private let state: Mutex<State>

    /// Opens the file of a data directory, or begins it; drops what nobody will ask for.
    ///
    /// - Parameters:
    ///   - targets: The targets there are now; those that are new are told what ends from `now` on.
    ///   - now: The time that jobs end by.
    /// - Throws: When the file cannot be written.
    init(directory: URL, targets: [NotificationTarget], now: Date) throws {
        file = directory.appending(path: "notifications.jsonl")
        var told: [String: Date] = [:]
        var since: [String: Date] = [:]
        for line in (try? Data(contentsOf: file))?.split(separator: UInt8(ascii: "\n")) ?? [] {
            // The last line may be cut off: then the process ended while it wrote it.
            guard let value = try? JSONValue(parsing: Array(line)) else { continue }
            if let target = value["target"]?.string, let seconds = value["since"]?.number {
                since[target] = Date(timeIntervalSinceReferenceDate: seconds)
            } else if let id = value["delivery"]?.string, let seconds = value["ended"]?.number {
                told[id] = Date(timeIntervalSinceReferenceDate: seconds)
            }
        }
        let kept = told.filter { now.timeIntervalSince($0.value) <= Self.horizon }
        let known = Dictionary(
            uniqueKeysWithValues: targets.map { ($0.key, since[$0.key] ?? now) })
        state = Mutex(State(told: Set(kept.keys), since: known))
        let lines =
            known.sorted { $0.key < $1.key }.flatMap { Self.line(target: $0, since: $1) }
            + kept.sorted { $0.key < $1.key }.flatMap { Self.line(delivery: $0, ended: $1) }
        try Data(lines).write(to: file, options: .atomic)
    }

    /// Forgets everything: who is told nothing now is not told later what ends meanwhile.
    static func remove(from directory: URL) {
        try? FileManager.default.removeItem(
            at: directory.appending(path: "notifications.jsonl"))
    }

    /// Since when a target is told; `nil` for one that is not.
    func beginning(of target: NotificationTarget) -> Date? {
        state.withLock { $0.since[target.key] }
    }

    /// Whether something was told, or given up.
    func isTold(_ delivery: String) -> Bool {
        state.withLock { $0.told.contains(delivery) }
    }

    /// Notes that something was told, or given up; durable once this returns.
    ///
    /// - Parameter end: When the job ended.
    /// - Throws: When it could not be written; then a later process tells it again.
    func note(_ delivery: String, end: Date) throws {
        try state.withLock { state in
            state.told.insert(delivery)
            let handle = try FileHandle(forWritingTo: file)
            defer { try? handle.close() }
            try handle.seekToEnd()
            try handle.write(contentsOf: Data(Self.line(delivery: delivery, ended: end)))
            try handle.synchronize()
        }
    }

    private static func line(target: String, since: Date) -> [UInt8] {
        let value: JSONValue = [
            "target": .string(target), "since": .number(since.timeIntervalSinceReferenceDate),
        ]
        return value.encoded + [UInt8(ascii: "\n")]
    }

    private static func line(delivery: String, ended: Date) -> [UInt8] {
        let value: JSONValue = [
            "delivery": .string(delivery), "ended": .number(ended.timeIntervalSinceReferenceDate),
        ]
        return value.encoded + [UInt8(ascii: "\n")]
    }
}
