import Foundation
@testable import SageMakerBackend
import Testing
import Tuning

@Suite("Metrics that the service shows")
struct MetricReadingTests {
    private func metric(_ name: String, _ value: Double, _ seconds: Double)
        -> TrainingJobDescription.Metric
    {
        TrainingJobDescription.Metric(name: name, value: value, seconds: seconds)
    }

    @Test("A value is new when it or its time is, and is read once")
    func once() {
        var reading = MetricReading(job: "a")
        #expect(reading.samples([metric("m", 1, 10)]).map(\.values) == [["m": 1]])
        #expect(reading.samples([metric("m", 1, 10)]).isEmpty)
        // Two epochs within a second.
        #expect(reading.samples([metric("m", 2, 10)]).map(\.values) == [["m": 2]])
        // The same value again.
        #expect(reading.samples([metric("m", 2, 11)]).map(\.values) == [["m": 2]])
        // An answer that was overtaken.
        #expect(reading.samples([metric("m", 1, 10)]).isEmpty)
    }

    @Test("Metrics of one time are one sample; samples are in the order of their times")
    func order() {
        var reading = MetricReading(job: "a")
        let samples = reading.samples([metric("c", 3, 20), metric("a", 1, 10), metric("b", 2, 10)])
        #expect(samples.map(\.values) == [["a": 1, "b": 2], ["c": 3]])
        #expect(samples.map(\.time.timeIntervalSince1970) == [10, 20])
    }

    @Test(
        "Reading goes on behind its mark, whatever the values", arguments: [1.5, .infinity, .nan])
    func mark(value: Double) throws {
        var reading = MetricReading(job: "job-2b")
        _ = reading.samples([metric("m", value, 10)])
        var later = try #require(MetricReading(reading.mark))
        #expect(later.job == "job-2b")
        #expect(later.samples([metric("m", value, 10)]).isEmpty)
        #expect(later.samples([metric("m", value, 11)]).count == 1)
        #expect(MetricReading(ReportMark("17")) == nil)
    }
}
