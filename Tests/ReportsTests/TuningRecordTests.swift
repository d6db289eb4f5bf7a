import Foundation
import Reports
import Testing
import Tuning
import TuningTesting

@Suite("Record of a tuning job")
struct TuningRecordTests {
    private static func time(_ seconds: Double) -> Date { SampleJob.start + seconds }

    private static func report(_ value: Double, _ resource: Int, at seconds: Double) -> MetricReport
    {
        MetricReport(
            MetricSample(time: time(seconds), values: ["accuracy": value]),
            objective: Objective(.maximize, "accuracy"), after: Resource(resource - 1))
    }

    private static func event(
        _ trial: Trial.ID, at seconds: Double, _ change: TrialEvent.Change
    ) -> TuningEvent {
        .sample(trial, change, after: seconds)
    }

    @Test("Two training jobs, one of them tried twice, read in two goes as they were stored")
    func courses() async throws {
        let store = InMemoryTuningStore()
        var sample = SampleJob("sample", number: 7)
        try await sample.create(in: store)
        try await sample.append(
            [
                .sampleCreation(0, after: 0), Self.event(0, at: 1, .started(attempt: 1, .toTheEnd)),
                Self.event(0, at: 2, .entered(.training, message: nil)),
                Self.event(0, at: 3, .reported([Self.report(0.5, 1, at: 3)], ReportMark("1"))),
                Self.event(0, at: 4, .attemptFailed(TrainingFailure(.internal, "lost"))),
                .sampleCreation(1, after: 1), Self.event(1, at: 5, .started(attempt: 1, .toTheEnd)),
            ], to: store)
        var record = try await TuningRecord(sample.id, from: store)
        #expect(record.trials.map(\.stays.count) == [1, 1])
        #expect(record.trials[0].stays[0].end == Self.time(4))
        #expect(record.best == nil)

        try await sample.append(
            [
                Self.event(0, at: 6, .started(attempt: 2, .toTheEnd)),
                Self.event(
                    0, at: 8,
                    .reported(
                        [Self.report(0.6, 1, at: 7), Self.report(0.8, 2, at: 8)], ReportMark("2"))),
                Self.event(0, at: 9, .finished(.completed(Cost(-0.8)))),
                Self.event(1, at: 10, .finished(.failed(TrainingFailure(.algorithm, "no data")))),
            ], to: store)
        try await record.update(from: store)
        #expect(record.trials[0].curve.points.map(\.cost.value) == [-0.6, -0.8])
        #expect(record.trials[0].curve.points.map(\.resource) == [1, 2])
        #expect(record.trials[0].stays.map(\.end) == [Self.time(4), Self.time(9)])
        #expect(record.trials.map(\.isUsable) == [true, false])
        #expect(record.trials[1].failureReason == "no data")
        #expect(record.best?.id == 0)
        #expect(
            record.best.flatMap { best in best.cost.map { record.value(of: $0, to: best) } } == 0.8)
        #expect(record.job == (await store.tuningJob(sample.id)))
    }

    @Test(
        "A curve of any length keeps its course in few points",
        arguments: [512, 513, 5_000, 99_999])
    func thinning(count: Int) async throws {
        let store = InMemoryTuningStore()
        var sample = SampleJob("sample", number: 7)
        try await sample.create(in: store)
        let reports = (1...count).map { Self.report(Double($0), $0, at: 2) }
        try await sample.append(
            [
                .sampleCreation(0, after: 0), Self.event(0, at: 1, .started(attempt: 1, .toTheEnd)),
                Self.event(0, at: 2, .reported(reports, ReportMark("1"))),
            ], to: store)
        let points = try await TuningRecord(sample.id, from: store).trials[0].curve.points
        #expect(points.count <= LearningCurve.countMax)
        #expect(points.count >= min(count, LearningCurve.countMax / 2))
        #expect(points.first?.resource == 1)
        #expect(points.allSatisfy { $0.cost.value == -Double($0.resource) })
        let steps = Set(zip(points, points.dropFirst()).map { $1.resource - $0.resource })
        #expect(steps.count == 1)
    }
}
