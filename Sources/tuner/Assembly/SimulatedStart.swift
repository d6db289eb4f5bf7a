import Foundation
import Tuning

/// Where simulated time starts: now, or where an earlier service on the same data left off.
///
/// Simulated time runs ahead of real time; jobs that are made after a restart must not be older
/// than those made before.
struct SimulatedStart {
    private let reader: any TuningStoreReader

    /// How much later time is tried to go on, at first; twice as much each time it is not enough.
    private static let firstStep: TimeInterval = 60
    /// How many training jobs are read at once.
    private static let pageLength = 100

    private init(_ reader: any TuningStoreReader) {
        self.reader = reader
    }

    /// When simulated time starts in a data directory.
    ///
    /// - Throws: `StoreError` when what is stored cannot be read.
    static func date(for settings: Settings, in directory: DataDirectory) async throws -> Date {
        let now = Date()
        guard settings.isMock, settings.mock.isTimeSimulated, directory.hasStore else {
            return now
        }
        let reader = try Assembly(reading: directory).orchestrator.reader
        return try await SimulatedStart(reader).date(from: now)
    }

    private func date(from now: Date) async throws -> Date {
        var date = max(now, try await lastReport ?? now)
        var step = Self.firstStep
        while try await isSomethingModified(after: date) {
            date += step
            step *= 2
        }
        return date
    }

    /// Whether the status of any job changed later than a date.
    private func isSomethingModified(after date: Date) async throws -> Bool {
        var training = TrainingJobQuery()
        (training.modified.after, training.limit) = (date, 1)
        var tuning = TuningJobQuery()
        (tuning.modified.after, tuning.limit) = (date, 1)
        let (jobs, tuned) = try await (reader.trainingJobs(training), reader.tuningJobs(tuning))
        return !jobs.elements.isEmpty || !tuned.elements.isEmpty
    }

    /// When a training job that is not over last reported a metric.
    private var lastReport: Date? {
        get async throws {
            var last: Date?
            for status in [TrainingJob.Status.inProgress, .stopping] {
                var query = TrainingJobQuery()
                (query.status, query.limit) = (status, Self.pageLength)
                repeat {
                    let page = try await reader.trainingJobs(query)
                    let times = page.elements.flatMap { $0.finalMetrics.values.map(\.time) }
                    last = (times + [last].compactMap { $0 }).max()
                    query.token = page.next
                } while query.token != nil
            }
            return last
        }
    }
}
