import Testing
import Tuning

extension StoreConformance {
    func checkCounts(_ store: any TuningStore) async throws {
        #expect(try await store.jobCounts().tuningJobs.values.reduce(0, +) == 0)
        var sample = SampleJob("digits", number: 1)
        try await sample.create(in: store)
        try await sample.append(
            .sampleLife(0, value: 1) + [.sampleCreation(1), .sampleCreation(2)], to: store)
        var alone = SampleJob("alone", number: 2, kind: .training)
        try await alone.create(in: store)
        try await alone.append([.sampleCreation(0)], to: store)
        var counts = try await store.jobCounts()
        #expect(counts.tuningJobs == [.inProgress: 1])
        #expect(counts.trainingJobs == [.completed: 1, .inProgress: 3])

        let ends = [1, 2].map { TuningEvent.sample($0, .finished(.stopped(.requested, nil))) }
        try await sample.append(
            [.stopRequested(SampleJob.start)] + ends + [.finished(.stopped, SampleJob.start)],
            to: store)
        try await store.deleteTrainingJob(TrainingJob.ID(tuningJob: sample.id, ordinal: 0))
        counts = try await store.jobCounts()
        #expect(counts.tuningJobs == [.stopped: 1])
        #expect(counts.trainingJobs == [.stopped: 2, .inProgress: 1])

        try await store.deleteTuningJob(sample.id)
        counts = try await store.jobCounts()
        #expect(counts.tuningJobs == [:])
        #expect(counts.trainingJobs == [.stopped: 2, .inProgress: 1])
    }
}
