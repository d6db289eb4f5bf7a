import Experiments
import Tuning

/// An experiment at a service, which runs its trials whether or not anybody looks.
public struct SubmittedExperiment<each Value: Sendable>: Sendable {
    private let experiment: Experiment<repeat each Value>
    private let service: TuningService

    init(_ experiment: Experiment<repeat each Value>, at service: TuningService) {
        self.experiment = experiment
        self.service = service
    }

    /// The name.
    public var name: String { experiment.name }

    /// Tells how far the experiment has come, now, whenever that has changed, and at its end.
    ///
    /// The service is asked again and again: often at first and after changes, more rarely the
    /// longer nothing changes. Leaving the sequence leaves the experiment as it is. The sequence
    /// throws `ServiceError`, and `CancellationError` in a task that is cancelled.
    ///
    /// - Parameter interval: The shortest and the longest time between two looks.
    public func progress(
        every interval: ClosedRange<Duration> = .milliseconds(250) ... .seconds(15)
    ) -> AsyncThrowingStream<SubmittedProgress<repeat each Value>, any Error> {
        let looks = JobLooks(name, at: service, every: interval)
        return AsyncThrowingStream {
            guard let description = try await looks.next() else { return nil }
            return try progress(description)
        }
    }

    /// Waits for the end of the experiment.
    ///
    /// - Parameter stopsWhenCancelled: Whether the experiment is stopped at the service when the
    ///   task that waits is cancelled; it goes on otherwise.
    /// - Returns: What was found, also by an experiment that was stopped.
    /// - Throws: `ExperimentError.failed` when no trial came to a result, `.notOfThisSpace` for
    ///   values that this experiment's parameters cannot have; `ServiceError`;
    ///   `CancellationError`.
    public func result(
        stopsWhenCancelled: Bool = false
    ) async throws -> SubmittedResult<repeat each Value> {
        do {
            var last: JSONValue = [:]
            let looks = JobLooks(name, at: service, every: .milliseconds(250) ... .seconds(15))
            while let description = try await looks.next() { last = description }
            return try await result(last)
        } catch let error as CancellationError {
            if stopsWhenCancelled {
                // Not a child: it must come through although this task is cancelled.
                try await Task { try await stop() }.value
            }
            throw error
        }
    }

    /// Has the service stop the experiment and its trials; harmless when it is over.
    ///
    /// - Throws: `ServiceError`, `CancellationError`.
    public func stop() async throws {
        do {
            _ = try await service.callPatiently(
                "StopHyperParameterTuningJob", ["HyperParameterTuningJobName": .string(name)])
        } catch ServiceError.refused(let code, let message, let status) {
            // A job that is over cannot be stopped, which is no harm; a job that is not there is.
            guard code == "ValidationException", try await isOver() else {
                throw ServiceError.refused(code: code, message: message, status: status)
            }
        }
    }

    private func isOver() async throws -> Bool {
        try await service.jobDescription(name).status.isFinished
    }
}

// MARK: - Reading

extension SubmittedExperiment {
    private func progress(
        _ description: JSONValue
    ) throws -> SubmittedProgress<repeat each Value> {
        let counts = description["TrainingJobStatusCounters"]
        func count(_ names: String...) -> Int {
            names.reduce(0) { $0 + (counts?[$1]?.integer ?? 0) }
        }
        let limits = description["HyperParameterTuningJobConfig"]?["ResourceLimits"]
        return SubmittedProgress(
            status: try description.status,
            finishedCount: count(
                "Completed", "Stopped", "RetryableError", "NonRetryableError"),
            runningCount: count("InProgress"),
            trialCountMax: limits?["MaxNumberOfTrainingJobs"]?.integer,
            best: try best(description))
    }

    private func result(
        _ description: JSONValue
    ) async throws -> SubmittedResult<repeat each Value> {
        let status = try description.status
        guard let best = try best(description) else {
            throw ExperimentError.failed(
                reason: description["FailureReason"]?.string
                    ?? "the tuning job is \(status.rawValue)")
        }
        var trials: [SubmittedTrial<repeat each Value>] = []
        for summary in try await service.trialSummaries(of: name) {
            trials.append(try trial(summary))
        }
        return SubmittedResult(best: best, trials: trials, status: status)
    }

    private func best(_ description: JSONValue) throws -> SubmittedTrial<repeat each Value>? {
        guard let best = description["BestTrainingJob"] else { return nil }
        return try trial(try TrialSummary(best))
    }

    private func trial(_ summary: TrialSummary) throws -> SubmittedTrial<repeat each Value> {
        var reader = experiment.plan.reader(of: summary.texts)
        return SubmittedTrial(summary, repeat try reader.next((each Value).self))
    }
}

extension Experiment {
    /// Has a service run the experiment, with a program in place of a closure.
    ///
    /// Where this experiment keeps its trials does not matter: the service keeps them. A submission
    /// that is not answered may have been taken; `submitted(to:)` finds it.
    ///
    ///     let submitted = try await experiment.submit(
    ///         TrainingProgram("exec:python3 train.py", metric: "loss", regex: "loss=(.*)"),
    ///         to: TuningService(endpoint: URL(string: "http://127.0.0.1:8080")))
    ///     for try await progress in submitted.progress() { print(progress) }
    ///     print(try await submitted.result().best.values)
    ///
    /// - Throws: `ServiceError`, with all that the service has against the request;
    ///   `CancellationError`.
    public func submit(
        _ program: TrainingProgram, to service: TuningService
    ) async throws -> SubmittedExperiment<repeat each Value> {
        let request = TuningJobRequest(
            specification: plan.specification, objective: plan.objective, program: program)
        _ = try await service.call("CreateHyperParameterTuningJob", request.body)
        return SubmittedExperiment(self, at: service)
    }

    /// An experiment that was submitted before, by whatever program.
    ///
    /// - Throws: `ServiceError`, such as when there is none of the name; `CancellationError`.
    public func submitted(
        to service: TuningService
    ) async throws -> SubmittedExperiment<repeat each Value> {
        _ = try await service.jobDescription(name)
        return SubmittedExperiment(self, at: service)
    }
}
