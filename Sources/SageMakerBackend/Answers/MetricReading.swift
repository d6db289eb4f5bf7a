import Foundation
import Tuning

/// Tells new values of metrics from those that are known.
///
/// The service shows the last value of each metric with its time, in whole seconds; a value is new
/// when it or its time is another one than before. As a mark it is a text, and goes on from there.
struct MetricReading: Hashable, Sendable {
    /// What was last seen of a metric.
    private struct Known: Hashable, Codable {
        let seconds: Double
        /// As a text, for JSON has no infinity.
        let value: String
    }

    private struct Content: Hashable, Codable {
        var job: String
        var metrics: [MetricName: Known] = [:]
    }

    private var content: Content

    /// Begins with a job of which nothing is known.
    init(job: String) {
        content = Content(job: job)
    }

    /// Goes on behind a mark; `nil` when it is not one of ours.
    init?(_ mark: ReportMark?) {
        guard let mark,
            let content = try? JSONDecoder().decode(Content.self, from: Data(mark.text.utf8))
        else { return nil }
        self.content = content
    }

    /// The name on the service of the job that is read.
    var job: String { content.job }

    /// The time of the last value, in seconds since 1970; `nil` before the first.
    var lastSeconds: Double? { content.metrics.values.map(\.seconds).max() }

    /// Where the values that have been read end.
    var mark: ReportMark {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        // A structure of texts and finite numbers can always be written.
        let data = (try? encoder.encode(content)) ?? Data()
        return ReportMark(String(decoding: data, as: UTF8.self))
    }

    /// Takes in what the service shows, and gives what is new, in order: a sample for each time.
    mutating func samples(_ metrics: [TrainingJobDescription.Metric]) -> [MetricSample] {
        var values: [Double: [MetricName: Double]] = [:]
        for metric in metrics {
            let seen = Known(seconds: metric.seconds, value: "\(metric.value)")
            let known = content.metrics[metric.name]
            // An older value than the last is an answer that came late.
            guard known != seen, known.map({ $0.seconds <= seen.seconds }) ?? true else { continue }
            content.metrics[metric.name] = seen
            values[metric.seconds, default: [:]][metric.name] = metric.value
        }
        return values.sorted { $0.key < $1.key }.map { seconds, values in
            MetricSample(time: Date(timeIntervalSince1970: seconds), values: values)
        }
    }
}
