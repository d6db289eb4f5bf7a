import Backends
import Foundation
import Logging
import Orchestration
import Stores
import Strategies
import Tuning

/// Instant simulated training jobs through scheduler and store, with a durable commit before every
/// step: how many a second, and how much memory each leaves behind.
struct JobThroughput {
    var jobCount = 10_000
    var parallelCount = 100

    func run() async throws {
        let directory = FileManager.default.temporaryDirectory
            .appending(path: "tuner-speed-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: directory) }
        let store = try SQLiteTuningStore(directory: directory, access: .readWrite)
        // A first, small tuning job brings code and caches into memory.
        _ = try await tune(jobCount / 10, in: store, name: "warm-up")
        let (measurement, job) = try await tune(jobCount, in: store, name: "measured")
        precondition(job.status == .completed, "\(job)")
        precondition(job.trainingJobCounts.completed == jobCount, "\(job.trainingJobCounts)")
        let rate = Double(jobCount) / measurement.wallSeconds
        print(
            """
            jobs: \(jobCount) instant training jobs, \(parallelCount) in parallel, \
            synchronous=FULL
              \(Int(rate)) jobs/s, \
            \(Int(measurement.processorSeconds / Double(jobCount) * 1e6)) us of processor time a job
              \(measurement.residentBytesGrown / jobCount) bytes of resident memory a finished job
            """)
    }

    private func tune(
        _ count: Int, in store: SQLiteTuningStore, name: String
    ) async throws -> (Measurement, TuningJob) {
        let specification = try TuningJobSpecification.simulated(
            name: name, count: count, parallel: parallelCount)
        let orchestrator = Orchestrator(
            store: store, routes: BackendRoutes(SimulatedBackend(slotCount: parallelCount)),
            strategies: { try $0.strategy() },
            logger: Logger(label: "speed", factory: { _ in SwiftLogNoOpLogHandler() }))
        let running = Task { try await orchestrator.run() }
        defer { running.cancel() }
        var finished: TuningJob?
        let measurement = try await Measurement.of {
            let job = try await orchestrator.submit(specification)
            await orchestrator.finishRunning()
            finished = try await store.tuningJob(job.id)
        }
        guard let finished else { preconditionFailure("the tuning job is gone") }
        return (measurement, finished)
    }
}

extension TuningJobSpecification {
    /// A random search over two parameters of a simulated training job.
    static func simulated(
        name: String, count: Int, parallel: Int, image: String = "mock:branin?epochs=1"
    ) throws -> TuningJobSpecification {
        let space = try SearchSpace([
            .continuous("x1", min: "-5", max: "10"), .continuous("x2", min: "0", max: "15"),
        ])
        return TuningJobSpecification(
            name: name,
            definitions: [
                TrainingJobDefinition(
                    searchSpace: space, objective: Objective(.minimize, "loss"), image: image,
                    metrics: [MetricDefinition(name: "loss", regex: "loss=(.*)")])
            ],
            plan: .fullTraining(.random),
            limits: ResourceLimits(trainingJobCountMax: count, parallelCountMax: parallel), seed: 1)
    }
}
