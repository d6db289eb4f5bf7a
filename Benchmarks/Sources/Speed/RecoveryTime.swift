import Backends
import Foundation
import Logging
import Orchestration
import Stores
import Strategies
import Tuning

/// A tuning job with many finished and some running training jobs: how long a new process takes
/// from opening the store until it has taken it up again.
struct RecoveryTime {
    var finishedCount = 10_000
    var runningCount = 100

    func run() async throws {
        let directory = FileManager.default.temporaryDirectory
            .appending(path: "tuner-speed-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: directory) }
        let id = try await prepare(directory)
        let logger = Logger(label: "speed", factory: { _ in SwiftLogNoOpLogHandler() })
        let measurement = try await Measurement.of {
            let store = try SQLiteTuningStore(directory: directory, access: .readWrite)
            let orchestrator = Orchestrator(
                store: store, routes: BackendRoutes(SimulatedBackend(slotCount: runningCount)),
                strategies: { try $0.strategy() },
                logger: logger)
            let running = Task { try await orchestrator.run() }
            // A stop is answered once the job's events have been replayed.
            try await orchestrator.stopTuningJob(id)
            running.cancel()
        }
        print(
            """
            recovery: \(finishedCount) finished and \(runningCount) running training jobs
              \(String(format: "%.3f", measurement.wallSeconds)) s until a request was taken, \
            \(String(format: "%.3f", measurement.processorSeconds)) s of processor time
            """)
    }

    /// Runs the first training jobs to their end and leaves the rest hanging, as a crash would.
    private func prepare(_ directory: URL) async throws -> TuningJob.ID {
        let store = try SQLiteTuningStore(directory: directory, access: .readWrite)
        let backend = HangingBackend(
            base: SimulatedBackend(slotCount: runningCount), finishedCount: finishedCount)
        let orchestrator = Orchestrator(
            store: store, routes: BackendRoutes(backend),
            strategies: { try $0.strategy() },
            logger: Logger(label: "speed", factory: { _ in SwiftLogNoOpLogHandler() }))
        let running = Task { try await orchestrator.run() }
        let job = try await orchestrator.submit(
            .simulated(
                name: "recovery", count: finishedCount + runningCount, parallel: runningCount))
        while try await store.tuningJob(job.id)?.trainingJobCounts.completed != finishedCount {
            try await Task.sleep(for: .milliseconds(20))
        }
        running.cancel()
        _ = try? await running.value
        return job.id
    }
}

/// Passes on the first attempts, and lets the others run for ever.
private actor HangingBackend: TrainingBackend {
    nonisolated let slotCount: Int
    private let base: SimulatedBackend
    private var left: Int

    init(base: SimulatedBackend, finishedCount: Int) {
        slotCount = base.slotCount
        self.base = base
        left = finishedCount
    }

    func run(_ attempt: Attempt, in session: AttemptSession) async throws -> Attempt.End {
        left -= 1
        if left >= 0 { return try await base.run(attempt, in: session) }
        if let reason = await session.stop.wait() { return .stopped(reason) }
        throw CancellationError()
    }
}
