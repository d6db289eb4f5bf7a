import Foundation
import Testing
import Tuning

extension StoreConformance {
    func checkCreation(_ store: any TuningStore) async throws {
        var sample = SampleJob("digits", number: 7, tags: [.init(key: "team", value: "")])
        let change = try sample.change([.sampleCreation(0)])
        try await store.create(change, specification: sample.state.specification)

        let job = sample.state.job
        #expect(try await store.tuningJob(job.id) == job)
        #expect(try await store.tuningJob(named: "DIGITS", kind: .tuning) == job)
        #expect(try await store.tuningJob(named: "digits", kind: .training) == nil)
        #expect(try await store.specification(of: job.id) == sample.state.specification)
        #expect(
            try await store.events(of: job.id, after: nil, limit: 10).map(\.event)
                == change.events)
        #expect(
            try await store.trainingJob(TrainingJob.ID(tuningJob: job.id, ordinal: 0))
                == change.trainingJobs[0])
    }

    func checkNames(_ store: any TuningStore) async throws {
        let first = SampleJob("Digits", number: 1)
        try await first.create(in: store)
        var second = SampleJob("dIGITS", number: 2)
        let change = try second.change([.sampleCreation(0)])
        await #expect(throws: StoreError.alreadyExists(name: "dIGITS")) {
            try await store.create(change, specification: second.state.specification)
        }
        let sameID = SampleJob("other", number: 1)
        await #expect(throws: StoreError.alreadyExists(name: "other")) {
            try await sameID.create(in: store)
        }
        #expect(try await store.tuningJob(second.id) == nil)
        #expect(try await store.specification(of: second.id) == nil)
        #expect(try await store.events(of: second.id, after: nil, limit: 10).isEmpty)
        #expect(try await store.trainingJobs(TrainingJobQuery()).elements.isEmpty)
        #expect(try await store.tuningJobs(TuningJobQuery()).elements == [first.state.job])
    }

    func checkTrainingKind(_ store: any TuningStore) async throws {
        try await SampleJob("digits", number: 1).create(in: store)
        var alone = SampleJob("digits", number: 2, kind: .training)
        try await alone.create(in: store)
        #expect(
            try await store.tuningJob(named: "digits", kind: .training) == alone.state.job)
        #expect(try await store.tuningJobs(TuningJobQuery()).elements.map(\.id.rawValue) == [1])
        try await alone.append([.sampleCreation(0)], to: store)
        #expect(try await store.trainingJob(named: "digits")?.id.tuningJob == alone.id)

        let again = SampleJob("digits", number: 3, kind: .training)
        await #expect(throws: StoreError.alreadyExists(name: "digits")) {
            try await again.create(in: store)
        }
        var parent = SampleJob("parent", number: 4)
        try await parent.create(in: store)
        let change = try parent.change([.sampleCreation(0)])
        try await store.append(change)
        let child = try #require(change.trainingJobs[0])
        await #expect(throws: StoreError.alreadyExists(name: child.name)) {
            try await SampleJob(child.name, number: 5, kind: .training).create(in: store)
        }
    }

    func checkMissing(_ store: any TuningStore) async throws {
        var sample = SampleJob("digits", number: 9)
        let training = TrainingJob.ID(tuningJob: sample.id, ordinal: 0)
        #expect(try await store.tuningJob(sample.id) == nil)
        #expect(try await store.tuningJob(named: "digits", kind: .tuning) == nil)
        #expect(try await store.specification(of: sample.id) == nil)
        #expect(try await store.trainingJob(training) == nil)
        #expect(try await store.trainingJob(named: "digits") == nil)
        #expect(try await store.tags(of: .tuningJob(sample.id)) == nil)
        #expect(try await store.tags(of: .trainingJob(training)) == nil)
        #expect(try await store.events(of: sample.id, after: nil, limit: 1).isEmpty)

        let change = try sample.change([.sampleCreation(0)])
        await expectNotFound { try await store.append(change) }
        await expectNotFound { try await store.deleteTuningJob(sample.id) }
        await expectNotFound { try await store.deleteTrainingJob(training) }
        await expectNotFound {
            _ = try await store.updateTags(
                of: .trainingJob(training), adding: [.init(key: "a", value: "b")], removing: [])
        }
        #expect(try await store.trainingJobs(TrainingJobQuery()).elements.isEmpty)
    }

    /// Expects a writer to refuse what is not there.
    func expectNotFound(_ write: () async throws -> Void) async {
        do {
            try await write()
            Issue.record("nothing was thrown")
        } catch {
            #expect((error as? StoreError)?.code == "not_found")
        }
    }

    func checkOrdinals(_ store: any TuningStore) async throws {
        var first = SampleJob("first", number: 1)
        try await first.create(in: store)
        let stored = try first.change([.sampleCreation(0)])
        try await store.append(stored)
        var other = SampleJob("other", number: 2)
        try await other.create(in: store)
        let foreign = try #require(other.change([.sampleCreation(0)]).trainingJobs[0])
        let renamed = TrainingJob(
            id: TrainingJob.ID(tuningJob: first.id, ordinal: 0), name: "renamed", definition: 0,
            tuned: foreign.tuned, decision: foreign.decision, creationTime: foreign.creationTime)
        let taken = TrainingJob(
            id: TrainingJob.ID(tuningJob: first.id, ordinal: 1),
            name: try #require(stored.trainingJobs[0]).name, definition: 0,
            tuned: foreign.tuned, decision: foreign.decision, creationTime: foreign.creationTime)
        for job in [renamed, taken] {
            var change = stored
            change.trainingJobs = [job.id.ordinal: job]
            await #expect(throws: StoreError.alreadyExists(name: job.name)) {
                try await store.append(change)
            }
        }
        #expect(try await store.trainingJobs(TrainingJobQuery()).elements.count == 1)
        #expect(try await store.events(of: first.id, after: nil, limit: 10).count == 1)
    }

    func checkLife(_ store: any TuningStore) async throws {
        var sample = SampleJob("digits", number: .max)
        try await sample.create(in: store)
        for event in Self.richLife {
            let change = try sample.change([event])
            try await store.append(change)
            #expect(try await store.tuningJob(sample.id) == sample.state.job)
            for (ordinal, job) in change.trainingJobs {
                let id = TrainingJob.ID(tuningJob: sample.id, ordinal: ordinal)
                #expect(try await store.trainingJob(id) == job)
                #expect(try await store.trainingJob(named: job.name) == job)
            }
        }
        #expect(sample.state.job.status == .failed)
    }

    func checkEvents(_ store: any TuningStore) async throws {
        let sample = SampleJob("digits", number: 3)
        try await sample.create(in: store)
        var events = Self.richLife
        events.append(.sample(3, .started(attempt: 2, .upTo(Resource(9)))))
        events.append(.sample(3, .paused(Checkpoint(location: "file:///tmp/ü \"x\"\\\n\0"))))
        events.append(.sample(3, .stopRequested(.earlyStopping)))
        events.append(.sample(3, .stopRequested(.earlyStopping, message: "ü \"worse\"")))
        events.append(.converged(SampleJob.start.addingTimeInterval(0.7)))
        events.append(.sample(3, .entered(.pending, message: "")))
        events.append(.sample(3, .reported([], ReportMark(""))))
        events.append(.finished(.stopped, .distantPast))
        events.append(.finished(.completed, .distantFuture))
        try await store.append(TuningJobChange(job: sample.state.job, events: events))
        let stored = try await store.events(of: sample.id, after: nil, limit: 100)
        #expect(stored.map(\.event) == events)
    }

    func checkDeletion(_ store: any TuningStore) async throws {
        var sample = SampleJob("digits", number: 1, tags: [.init(key: "a", value: "1")])
        try await sample.create(in: store)
        try await sample.append(.sampleLife(0, value: 1) + .sampleLife(1, value: 2), to: store)
        try await store.deleteTuningJob(sample.id)

        #expect(try await store.tuningJob(named: "digits", kind: .tuning) == nil)
        #expect(try await store.tuningJobs(TuningJobQuery()).elements.isEmpty)
        #expect(try await store.tags(of: .tuningJob(sample.id)) == nil)
        #expect(try await store.tuningJob(sample.id) == sample.state.job)
        #expect(try await store.specification(of: sample.id) == sample.state.specification)
        #expect(try await store.trainingJobs(TrainingJobQuery()).elements.count == 2)
        await expectNotFound { try await store.deleteTuningJob(sample.id) }

        let successor = SampleJob("Digits", number: 2)
        try await successor.create(in: store)
        #expect(
            try await store.tuningJob(named: "digits", kind: .tuning) == successor.state.job)

        try await store.deleteTrainingJob(TrainingJob.ID(tuningJob: sample.id, ordinal: 0))
        #expect(try await store.events(of: sample.id, after: nil, limit: 100).count == 10)
        try await store.deleteTrainingJob(TrainingJob.ID(tuningJob: sample.id, ordinal: 1))
        #expect(try await store.tuningJob(sample.id) == nil)
        #expect(try await store.specification(of: sample.id) == nil)
        #expect(try await store.events(of: sample.id, after: nil, limit: 100).isEmpty)

        let empty = SampleJob("empty", number: 3)
        try await empty.create(in: store)
        try await store.deleteTuningJob(empty.id)
        #expect(try await store.tuningJob(empty.id) == nil)
    }

    func checkTrainingDeletion(_ store: any TuningStore) async throws {
        var sample = SampleJob("digits", number: 1)
        try await sample.create(in: store)
        try await sample.append(.sampleLife(0, value: 1), to: store)
        let id = TrainingJob.ID(tuningJob: sample.id, ordinal: 0)
        let name = sample.state.specification.trainingJobName(ordinal: 0, of: sample.id)
        try await store.deleteTrainingJob(id)
        #expect(try await store.trainingJob(id) == nil)
        #expect(try await store.tags(of: .trainingJob(id)) == nil)
        await expectNotFound { try await store.deleteTrainingJob(id) }
        #expect(try await store.tuningJob(sample.id) == sample.state.job)
        #expect(try await store.events(of: sample.id, after: nil, limit: 10).count == 5)

        var alone = SampleJob(name, number: 2, kind: .training)
        try await alone.create(in: store)
        try await alone.append([.sampleCreation(0)], to: store)
        try await store.deleteTrainingJob(TrainingJob.ID(tuningJob: alone.id, ordinal: 0))
        #expect(try await store.tuningJob(alone.id) == nil)
        #expect(try await store.specification(of: alone.id) == nil)
        #expect(try await store.tuningJob(named: name, kind: .training) == nil)
        #expect(try await store.unfinishedTuningJobs() == [sample.state.job])
        try await SampleJob(name, number: 3, kind: .training).create(in: store)
    }

    /// A tuning job's events, with every kind of change that can happen, and odd texts.
    private static var richLife: [TuningEvent] {
        let reports = (1...3).map { number in
            MetricReport.sample(["accuracy": Double(number) / 7, "": -0.0], number: number)
        }
        let failure = TrainingFailure(.internal, "lost \u{1F4A5} \"quoted\" \\ \u{7} e\u{301}")
        let rest: [TuningEvent] = [
            .sampleCreation(1, after: 0.1),
            .sample(1, .started(attempt: 1, .toTheEnd), after: 1),
            .sample(1, .entered(.downloading, message: "s3://bucket/键"), after: 2.7),
            .sample(1, .entered(.training, message: nil), after: 3.3),
            .sample(1, .reported(reports, ReportMark("{\"offset\":1}")), after: 3.4),
            .sample(1, .attemptFailed(failure), after: 4.1),
            .sample(1, .started(attempt: 2, .upTo(Resource(4))), after: 5),
            .sample(1, .entered(.training, message: ""), after: 6),
            .sample(1, .paused(Checkpoint(location: "/tmp/checkpoint")), after: 7),
            .sample(1, .started(attempt: 3, .toTheEnd), after: 8),
            .sample(1, .reported([.sample(["accuracy": 0.9])], ReportMark("2")), after: 8.5),
            .sample(1, .stopRequested(.requested, message: "enough"), after: 9),
            .sample(1, .finished(.stopped(.requested, Cost(-0.9))), after: 10),
            .sampleCreation(2, after: 11),
            .sample(2, .finished(.failed(TrainingFailure(.algorithm, ""))), after: 12),
            .converged(SampleJob.start.addingTimeInterval(12.5)),
            .stopRequested(SampleJob.start.addingTimeInterval(13)),
            .finished(.failed(reason: "all failed"), SampleJob.start.addingTimeInterval(14)),
        ]
        return .sampleLife(0, value: 0.25) + rest
    }
}
