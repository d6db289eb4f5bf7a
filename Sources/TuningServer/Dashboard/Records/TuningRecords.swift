import Reports
import Tuning

/// The tuning jobs that were looked at lately, with all their training jobs.
///
/// Reading a long tuning job takes seconds, and going on from where it was read to takes no time.
/// Those who ask for the same one share the reading; it takes place off this actor, so that nobody
/// waits for a tuning job that others want.
actor TuningRecords {
    /// The most tuning jobs that are kept.
    static let countMax = 32
    /// The most points of learning curves and training jobs that are kept, in all; but one tuning
    /// job is kept, whatever its size. A point takes 16 bytes, a training job about 500.
    static let weightMax = 4_000_000

    private typealias Reading = Task<TuningRecord, any Error>

    private struct Entry {
        var record: TuningRecord?
        var weight = 0
        /// Reads now; what is stored meanwhile may escape it.
        var running: Reading?
        /// Reads when that is over.
        var waiting: Reading?
        var lastUse = 0
    }

    private let reader: any TuningStoreReader
    private var entries: [TuningJob.ID: Entry] = [:]
    private var useCount = 0

    init(_ reader: any TuningStoreReader) {
        self.reader = reader
    }

    /// A tuning job with all that was stored of it before the call.
    ///
    /// - Throws: `StoreError`; `TransitionError` when what is stored is damaged.
    func record(of id: TuningJob.ID) async throws -> TuningRecord {
        try await reading(of: id).value
    }

    /// The same, if it can be had in time; if not, it is ready for those who ask later.
    func record(of id: TuningJob.ID, within time: Duration) async -> TuningRecord? {
        let reading = reading(of: id)
        let (answers, answer) = AsyncStream.makeStream(
            of: TuningRecord?.self, bufferingPolicy: .bufferingOldest(1))
        // Neither outlives its end: the reading goes on anyway, and the timer is cancelled.
        Task { answer.yield(try? await reading.value) }
        let timer = Task {
            try await Task.sleep(for: time)
            answer.yield(nil)
        }
        defer { timer.cancel() }
        for await first in answers { return first }
        return nil
    }

    /// What reads everything that is stored by now.
    private func reading(of id: TuningJob.ID) -> Reading {
        var entry = entries[id] ?? Entry()
        useCount += 1
        entry.lastUse = useCount
        let reading: Reading
        if let waiting = entry.waiting {
            reading = waiting
        } else {
            reading = Task { [running = entry.running] in
                _ = try? await running?.value
                return try await self.read(id)
            }
            entry.waiting = reading
        }
        entries[id] = entry
        return reading
    }

    private func read(_ id: TuningJob.ID) async throws -> TuningRecord {
        var entry = entries[id] ?? Entry()
        // Held by nobody else, what is known can be changed in place.
        let known = entry.record
        entry.record = nil
        (entry.running, entry.waiting) = (entry.waiting, nil)
        entries[id] = entry
        defer { entries[id]?.running = nil }
        do {
            let record = try await Self.update(known, id, from: reader)
            entries[id]?.record = record
            entries[id]?.weight = record.trials.reduce(0) { $0 + 32 + $1.curve.points.count }
            evict(sparing: id)
            return record
        } catch {
            if entries[id]?.waiting == nil { entries[id] = nil }
            throw error
        }
    }

    private nonisolated static func update(
        _ record: consuming TuningRecord?, _ id: TuningJob.ID, from reader: any TuningStoreReader
    ) async throws -> TuningRecord {
        guard var record else { return try await TuningRecord(id, from: reader) }
        try await record.update(from: reader)
        return record
    }

    /// Lets go of those that were not looked at for longest.
    private func evict(sparing id: TuningJob.ID) {
        var weight = entries.values.reduce(0) { $0 + $1.weight }
        for (other, entry) in entries.sorted(by: { $0.value.lastUse < $1.value.lastUse }) {
            guard weight > Self.weightMax || entries.count > Self.countMax else { return }
            guard other != id, entry.running == nil, entry.waiting == nil else { continue }
            entries[other] = nil
            weight -= entry.weight
        }
    }
}
