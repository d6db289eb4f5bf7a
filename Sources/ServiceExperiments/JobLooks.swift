import Tuning

/// Looks at a tuning job again and again, and tells when something has changed.
actor JobLooks {
    private let name: TuningJob.Name
    private let service: TuningService
    private let interval: ClosedRange<Duration>
    private var delay: Duration
    private var last: JSONValue?
    private var isOver = false

    /// How much longer each wait is than the one before, while nothing changes.
    private static let growth = 1.5

    /// Looks at a tuning job, the first time at once.
    init(_ name: TuningJob.Name, at service: TuningService, every interval: ClosedRange<Duration>) {
        precondition(interval.lowerBound > .zero, "looks every \(interval)")
        self.name = name
        self.service = service
        self.interval = interval
        delay = interval.lowerBound
    }

    /// The next description that differs from the last; `nil` after that of the end.
    ///
    /// - Throws: `ServiceError`, `CancellationError`.
    func next() async throws -> JSONValue? {
        guard !isOver else { return nil }
        while true {
            try Task.checkCancellation()
            if last != nil { try await service.connection.sleep(delay) }
            let description = try await service.jobDescription(name)
            isOver = try description.status.isFinished
            let isNew = description.essence != last?.essence
            last = description
            delay = isNew ? interval.lowerBound : min(interval.upperBound, delay * Self.growth)
            if isNew || isOver { return description }
        }
    }
}

extension TuningService {
    /// How many trials a page of a listing has.
    private static let pageLength = 100

    /// Describes a tuning job.
    func jobDescription(_ name: TuningJob.Name) async throws -> JSONValue {
        try await callPatiently(
            "DescribeHyperParameterTuningJob", ["HyperParameterTuningJobName": .string(name)])
    }

    /// The trials of a tuning job, in the order they were created in.
    func trialSummaries(of name: TuningJob.Name) async throws -> [TrialSummary] {
        var request: [String: JSONValue] = [
            "HyperParameterTuningJobName": .string(name), "SortBy": "CreationTime",
            "SortOrder": "Ascending", "MaxResults": .integer(Self.pageLength),
        ]
        var summaries: [TrialSummary] = []
        while true {
            let page = try await callPatiently(
                "ListTrainingJobsForHyperParameterTuningJob", .object(request))
            for summary in page["TrainingJobSummaries"]?.array ?? [] {
                summaries.append(try TrialSummary(summary))
            }
            guard let token = page["NextToken"], token != .null else { return summaries }
            request["NextToken"] = token
        }
    }
}

extension JSONValue {
    /// The status of a tuning job, in its description.
    ///
    /// - Throws: `ServiceError.unintelligible`.
    var status: TuningJob.Status {
        get throws(ServiceError) {
            let text = self["HyperParameterTuningJobStatus"]?.string ?? ""
            if text == "Deleting" || text == "DeleteFailed" { return .stopped }
            guard let status = TuningJob.Status(rawValue: text) else {
                throw .unintelligible("'\(text)' is no status of a tuning job")
            }
            return status
        }
    }

    /// What of a description tells how far a tuning job has come.
    fileprivate var essence: [JSONValue?] {
        [
            self["HyperParameterTuningJobStatus"], self["TrainingJobStatusCounters"],
            self["BestTrainingJob"]?["TrainingJobName"],
        ]
    }
}
