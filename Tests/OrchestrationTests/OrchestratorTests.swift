import Foundation
import Logging
import Testing
import Tuning
import TuningTesting

@testable import Orchestration

@Suite("Orchestrator", .timeLimit(.minutes(10)))
struct OrchestratorTests {
    /// Runs an orchestrator while a test uses it, then shuts it down as a crash would.
    static func withOrchestrator<Result>(
        _ store: any TuningStore, _ backend: any TrainingBackend,
        recovers: @escaping @Sendable (TuningJob) -> Bool = { _ in true },
        _ body: (Orchestrator) async throws -> Result
    ) async throws -> Result {
        let orchestrator = Orchestrator(
            store: store, routes: BackendRoutes(backend),
            strategies: { _ in CountingStrategy() }, recovers: recovers,
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await orchestrator.run() }
            defer { group.cancelAll() }
            return try await body(orchestrator)
        }
    }

    private func finished(
        _ id: TuningJob.ID, in store: any TuningStore
    ) async throws -> TuningJob {
        var last: TuningJob?
        try await waitUntil {
            last = try await store.tuningJob(id)
            return last?.status.isFinished == true
        }
        return try #require(last)
    }

    @Test("A tuning job runs to its end, and the store says what happened")
    func runs() async throws {
        let store: any TuningStore = InMemoryTuningStore()
        let backend = ScriptedBackend.instant()
        let job = try await Self.withOrchestrator(store, backend) { orchestrator in
            let job = try await orchestrator.submit(.testing(total: 20, parallel: 3))
            return try await finished(job.id, in: store)
        }
        #expect(job.status == .completed)
        #expect(job.trainingJobCounts.completed == 20)
        #expect(job.best == TuningJob.Best(ordinal: 0, cost: try #require(Cost(1))))
        #expect(backend.launches.count == 20)
        #expect(backend.launches.values.allSatisfy { $0 == 1 })
        #expect(backend.runningCountMax <= 3)
        let events = try await store.events(of: job.id, after: nil, limit: 1000)
        let scheduler = try SchedulerSimulation.scheduler(
            .testing(total: 20, parallel: 3), { CountingStrategy() }, events.map(\.event))
        #expect(scheduler.state.job.trainingJobCounts == job.trainingJobCounts)
    }

    @Test("A name is taken once, whatever its case")
    func names() async throws {
        let store: any TuningStore = InMemoryTuningStore()
        try await Self.withOrchestrator(store, ScriptedBackend.instant()) { orchestrator in
            _ = try await orchestrator.submit(.testing())
            await #expect(throws: StoreError.alreadyExists(name: "test")) {
                try await orchestrator.submit(.testing())
            }
        }
    }

    @Test("Stopping ends what runs, is durable when it is answered, and is harmless twice")
    func stops() async throws {
        let store: any TuningStore = InMemoryTuningStore()
        let backend = ScriptedBackend.endless()
        try await Self.withOrchestrator(store, backend) { orchestrator in
            let job = try await orchestrator.submit(.testing(total: 50, parallel: 3))
            try await waitUntil { backend.runningCount == 3 }
            try await orchestrator.stopTuningJob(job.id)
            #expect(try await store.tuningJob(job.id)?.status != .inProgress)
            try await orchestrator.stopTuningJob(job.id)
            let end = try await finished(job.id, in: store)
            #expect(end.status == .stopped)
            #expect(end.trainingJobCounts.stopped == 3)
            #expect(backend.runningCount == 0)
            try await orchestrator.stopTuningJob(job.id)
        }
    }

    @Test("Stopping one training job lets its tuning job go on")
    func stopsOne() async throws {
        let store: any TuningStore = InMemoryTuningStore()
        let backend = ScriptedBackend.endless()
        try await Self.withOrchestrator(store, backend) { orchestrator in
            let job = try await orchestrator.submit(.testing(total: 3, parallel: 1))
            for ordinal in 0..<3 {
                try await waitUntil { backend.launches.count == ordinal + 1 }
                let id = TrainingJob.ID(tuningJob: job.id, ordinal: ordinal)
                try await orchestrator.stopTrainingJob(id)
                try await waitUntil {
                    try await store.trainingJob(id)?.status == .stopped
                }
                await #expect(throws: OrchestratorError.self) {
                    try await orchestrator.stopTrainingJob(id)
                }
            }
            #expect(try await finished(job.id, in: store).trainingJobCounts.stopped == 3)
        }
    }

    @Test("After a crash running attempts are attached to from their last stored mark")
    func recovers() async throws {
        let store: any TuningStore = InMemoryTuningStore()
        // Reports ten values; which of them it still has to report, the mark says.
        let backend = ScriptedBackend { _, session in
            let first = session.mark.flatMap { Int($0.text) } ?? 0
            for step in first..<10 {
                let sample = MetricSample(time: Date(), values: ["loss": Double(step)])
                _ = try await session.report(.measured([sample], ReportMark("\(step + 1)")))
                try Task.checkCancellation()
            }
            return .completed
        }
        let specification = TuningJobSpecification.testing(total: 30, parallel: 4)
        let job = try await Self.withOrchestrator(store, backend) { orchestrator in
            let job = try await orchestrator.submit(specification)
            try await waitUntil { backend.launches.count > 3 }
            return job
        }
        var crashes = 0
        while try await store.tuningJob(job.id)?.status.isFinished == false {
            crashes += 1
            let seen = backend.launches.values.reduce(0, +)
            try await Self.withOrchestrator(store, backend) { _ in
                try await waitUntil {
                    let isFinished = try await store.tuningJob(job.id)?.status.isFinished
                    return backend.launches.values.reduce(0, +) > seen + 4 || isFinished == true
                }
            }
        }
        #expect(crashes > 0)
        let end = try await finished(job.id, in: store)
        #expect(end.trainingJobCounts.completed == 30)
        #expect(backend.launches.count == 30)
        let events = try await store.events(of: job.id, after: nil, limit: 10_000)
        var values: [Trial.ID: [Double]] = [:]
        for case .trial(let event) in events.map(\.event) {
            guard case .reported(let reports, _) = event.change else { continue }
            values[event.trial, default: []] += reports.compactMap { $0.values["loss"] }
        }
        for trial in 0..<30 {
            #expect(values[trial] == (0..<10).map(Double.init), "trial \(trial)")
        }
    }

    @Test("After a crash nothing new starts before what was running has its slots again")
    func recoversSlots() async throws {
        let store: any TuningStore = InMemoryTuningStore()
        let backend = ScriptedBackend.endless(slotCount: 3)
        try await Self.withOrchestrator(store, backend) { orchestrator in
            for index in 0..<20 {
                _ = try await orchestrator.submit(.testing(name: "job-\(index)", total: 5))
            }
            try await waitUntil { backend.runningCount == 3 }
        }
        for _ in 0..<5 {
            try await Self.withOrchestrator(store, backend) { _ in
                try await waitUntil { backend.runningCount == 3 }
            }
        }
        #expect(backend.runningCountMax == 3)
        #expect(backend.launches.count == 3)
    }

    @Test("A thousand tuning jobs share a few slots")
    func many() async throws {
        let store: any TuningStore = InMemoryTuningStore()
        let backend = ScriptedBackend.instant(slotCount: 5)
        try await Self.withOrchestrator(store, backend) { orchestrator in
            for index in 0..<1000 {
                _ = try await orchestrator.submit(.testing(name: "job-\(index)", total: 2))
            }
            await orchestrator.finishRunning()
        }
        #expect(backend.launches.count == 2000)
        #expect(backend.runningCountMax <= 5)
    }

    @Test("A training job on its own exists from the start and ends by itself")
    func single() async throws {
        let store: any TuningStore = InMemoryTuningStore()
        let backend = ScriptedBackend.instant()
        let specification = TuningJobSpecification(
            name: "alone", kind: .training,
            definitions: [
                TrainingJobDefinition(
                    searchSpace: .empty, objective: nil,
                    staticHyperparameters: ["x": "3"], image: "test")
            ],
            plan: .fullTraining(.single),
            limits: ResourceLimits(trainingJobCountMax: 1, parallelCountMax: 1))
        try await Self.withOrchestrator(store, backend) { orchestrator in
            let job = try await orchestrator.submit(specification)
            #expect(try await store.trainingJob(named: "alone") != nil)
            _ = try await finished(job.id, in: store)
        }
        let training = try #require(try await store.trainingJob(named: "alone"))
        #expect(training.status == .completed)
        #expect(training.finalMetrics["loss"]?.value == 3)
    }

    @Test("An interruption stops what runs; a later orchestrator starts it again")
    func interruption() async throws {
        let store: any TuningStore = InMemoryTuningStore()
        let endless = ScriptedBackend.endless()
        let job = try await Self.withOrchestrator(store, endless) { orchestrator in
            let job = try await orchestrator.submit(.testing(total: 4, parallel: 2))
            try await waitUntil { endless.runningCount == 2 }
            await orchestrator.interrupt()
            #expect(endless.runningCount == 0)
            return job
        }
        #expect(try await store.tuningJob(job.id)?.status == .inProgress)
        let instant = ScriptedBackend.instant()
        try await Self.withOrchestrator(store, instant) { _ in
            let end = try await finished(job.id, in: store)
            #expect(end.trainingJobCounts.completed == 4)
        }
        #expect(instant.launches.keys.map(\.number).sorted() == [1, 1, 2, 2])
    }

    @Test("A full disk holds a tuning job up, refuses requests, and loses nothing")
    func fullDisk() async throws {
        let memory = InMemoryTuningStore()
        let store: any TuningStore = memory
        let backend = ScriptedBackend.instant()
        try await Self.withOrchestrator(store, backend) { orchestrator in
            let job = try await orchestrator.submit(.testing(total: 50, parallel: 2))
            try await waitUntil { backend.launches.count > 5 }
            await memory.refuseAppends(.full(path: "memory"))
            try await waitUntil { await memory.refusedCount > 0 }
            await #expect(throws: StoreError.self) {
                try await orchestrator.stopTuningJob(job.id)
            }
            await memory.refuseAppends(nil)
            let end = try await finished(job.id, in: store)
            #expect(end.trainingJobCounts.completed == 50)
            #expect(backend.launches.values.allSatisfy { $0 == 1 })
        }
    }

    @Test("What is not over cannot be deleted")
    func deletion() async throws {
        let store: any TuningStore = InMemoryTuningStore()
        try await Self.withOrchestrator(store, ScriptedBackend.endless()) { orchestrator in
            let job = try await orchestrator.submit(.testing())
            await #expect(throws: OrchestratorError.self) {
                try await orchestrator.deleteTuningJob(job.id)
            }
            try await orchestrator.stopTuningJob(job.id)
            _ = try await finished(job.id, in: store)
            try await orchestrator.deleteTuningJob(job.id)
            #expect(try await store.tuningJob(named: "test", kind: .tuning) == nil)
        }
    }

    @Test("The run time limit completes a tuning job")
    func runtime() async throws {
        let store: any TuningStore = InMemoryTuningStore()
        try await Self.withOrchestrator(store, ScriptedBackend.endless()) { orchestrator in
            let job = try await orchestrator.submit(
                .testing(total: 5, runtimeMax: .milliseconds(50)))
            let end = try await finished(job.id, in: store)
            #expect(end.status == .completed)
        }
    }
}
