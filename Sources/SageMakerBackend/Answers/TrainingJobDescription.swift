import Foundation
import Tuning

/// What DescribeTrainingJob says of a job, as far as it matters here.
struct TrainingJobDescription: Sendable {
    /// Where a job stands, roughly.
    enum Status: String, Sendable {
        case inProgress = "InProgress"
        case completed = "Completed"
        case failed = "Failed"
        case stopping = "Stopping"
        case stopped = "Stopped"
        case deleting = "Deleting"

        /// Whether nothing more will happen.
        var isFinished: Bool {
            switch self {
            case .completed, .failed, .stopped: true
            case .inProgress, .stopping, .deleting: false
            }
        }
    }

    /// A stay in one secondary status.
    struct Transition: Hashable, Sendable {
        let status: String
        let startTime: Date
        let message: String?
    }

    /// The last value of a metric, and when it was printed; seconds since 1970, as they came.
    struct Metric: Hashable, Sendable {
        let name: MetricName
        let value: Double
        let seconds: Double
    }

    let arn: String
    let status: Status
    let secondaryStatus: String
    let transitions: [Transition]
    let metrics: [Metric]
    let failureReason: String?
    let hyperparameters: [String: String]
    /// When its status last changed, in seconds since 1970.
    let lastModified: Double?
    let hasStarted: Bool

    /// Reads an answer; `nil` when it is no description of a job.
    init?(_ answer: JSONValue) {
        guard let status = answer["TrainingJobStatus"]?.string.flatMap(Status.init) else {
            return nil
        }
        self.status = status
        arn = answer["TrainingJobArn"]?.string ?? ""
        secondaryStatus = answer["SecondaryStatus"]?.string ?? ""
        failureReason = answer["FailureReason"]?.string
        hyperparameters = (answer["HyperParameters"]?.object ?? [:]).compactMapValues(\.string)
        lastModified = answer["LastModifiedTime"]?.seconds
        hasStarted = answer["TrainingStartTime"] != nil
        transitions = (answer["SecondaryStatusTransitions"]?.array ?? []).compactMap { entry in
            guard let status = entry["Status"]?.string, let start = entry["StartTime"]?.seconds
            else { return nil }
            return Transition(
                status: status, startTime: Date(timeIntervalSince1970: start),
                message: entry["StatusMessage"]?.string)
        }
        metrics = (answer["FinalMetricDataList"]?.array ?? []).compactMap { entry in
            guard let name = entry["MetricName"]?.string, let value = entry["Value"]?.metricValue
            else { return nil }
            return Metric(name: name, value: value, seconds: entry["Timestamp"]?.seconds ?? 0)
        }
    }
}

extension JSONValue {
    /// A time as the service writes it: seconds since 1970, or a text in ISO 8601.
    var seconds: Double? {
        if let number { return number }
        guard let string else { return nil }
        let style = Date.ISO8601FormatStyle(includingFractionalSeconds: string.contains("."))
        return (try? style.parse(string))?.timeIntervalSince1970
    }

    /// A metric's value; those that are no numbers in JSON are texts.
    var metricValue: Double? { number ?? string.flatMap { Double($0) } }
}
