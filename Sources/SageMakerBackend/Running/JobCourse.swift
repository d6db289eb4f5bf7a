import Foundation
import SageMakerAPI
import Tuning

/// What is known of a job on its way to its end.
struct JobCourse: Sendable {
    /// The tag that says why a job was made to end.
    private static let haltTag = "tuner:stop"
    /// How often and how long the service may say that there is no such job before it is believed.
    private static let missingCountMax = 5
    private static let missingPatience = Duration.seconds(60)
    /// How often a job that is over is looked at again for metrics that come late.
    private static let lateLookCountMax = 2
    /// How long a stop may be without effect before it is asked for again.
    private static let stopPatience = Duration.seconds(15)

    private let run: TrainingRun
    private var reading: MetricReading
    private var phases: PhaseReading
    private var arn = ""
    private var missingCount = 0
    private var missingSince: Duration?
    private var lateLookCount = 0
    /// When the job was last asked to stop; `nil` when it was not.
    private(set) var haltTime: Duration?

    init(_ run: TrainingRun, _ reading: MetricReading, isNew: Bool) {
        self.run = run
        self.reading = reading
        phases = PhaseReading(
            isAttached: !isNew,
            knownUntil: reading.lastSeconds.map { Date(timeIntervalSince1970: $0) })
    }

    private var now: Duration { run.environment.clock.elapsed() }

    /// Takes in a look; gives the outcome when the job is over.
    mutating func take(_ look: ServiceLine.Look) async throws -> TrainingRun.Outcome? {
        guard case .description(let description) = look else { return missing() }
        missingCount = 0
        missingSince = nil
        arn = description.arn
        for entry in phases.entries(description) {
            try await run.enter(entry.phase, at: entry.time, entry.message)
        }
        let verdict = try await report(description)
        guard description.status.isFinished else {
            try await act(on: verdict, description)
            return nil
        }
        if isLate(description) { return nil }
        return try await outcome(description)
    }

    private mutating func report(
        _ description: TrainingJobDescription
    ) async throws -> Verdict {
        let samples = reading.samples(description.metrics)
        guard !samples.isEmpty else { return .proceed }
        return try await run.session.report(.measured(samples, reading.mark))
    }

    /// Whether the metrics of a job that completed may still come.
    private mutating func isLate(_ description: TrainingJobDescription) -> Bool {
        let definition = run.attempt.definition
        let expected = definition.objective?.metric ?? definition.metrics.first?.name
        guard description.status == .completed, lateLookCount < Self.lateLookCountMax,
            let expected, !description.metrics.contains(where: { $0.name == expected })
        else { return false }
        lateLookCount += 1
        return true
    }

    /// The service knows no such job: not yet, or not any more.
    private mutating func missing() -> TrainingRun.Outcome? {
        missingCount += 1
        let since = missingSince ?? now
        missingSince = since
        guard missingCount >= Self.missingCountMax, now - since >= Self.missingPatience else {
            return nil
        }
        let reason = """
            InternalServerError: The training job \(reading.job) does not exist on the \
            service; it may have been deleted there.
            """
        return .end(.failed(TrainingFailure(.internal, reason)))
    }
}

// MARK: - Halting

extension JobCourse {
    private mutating func act(
        on verdict: Verdict, _ description: TrainingJobDescription
    ) async throws {
        switch verdict {
        case .proceed: break
        case .stop: try await halt(.stop(.earlyStopping))
        case .pause:
            let canResume = TrainingJobRequest.checkpointAddress(run.attempt) != nil
            try await halt(canResume ? .pause : .stop(.earlyStopping))
        }
        // A stop that had no effect is asked for again.
        if let haltTime, description.status == .inProgress, now - haltTime >= Self.stopPatience {
            try await stop()
        }
    }

    /// Has the job end, and remembers why.
    mutating func halt(_ halt: Halt) async throws {
        guard haltTime == nil else { return }
        run.environment.halts.insert(halt, for: reading.job)
        haltTime = now
        if arn.isEmpty { arn = try await run.description(of: reading.job)?.arn ?? "" }
        if !arn.isEmpty {
            let tag: JSONValue = [
                "Key": .string(Self.haltTag), "Value": .string(halt.text),
            ]
            let request: JSONValue = ["ResourceArn": .string(arn), "Tags": [tag]]
            _ = try await run.line.callIfPermitted(.addTags, request)
        }
        try await stop()
    }

    private mutating func stop() async throws {
        haltTime = now
        // Where it is refused, the job is over or not yet known; the next looks tell, and have it
        // asked for again where the job still runs.
        _ = try await run.line.callIfPermitted(
            .stopTrainingJob, ["TrainingJobName": .string(reading.job)])
        run.line.expectChange(of: reading.job)
    }
}

// MARK: - Outcomes

extension JobCourse {
    private func outcome(
        _ description: TrainingJobDescription
    ) async throws -> TrainingRun.Outcome {
        switch description.status {
        case .completed: return .end(.completed)
        case .failed:
            let failure = description.failure
            return description.lacksCapacity ? .noCapacity(failure) : .end(.failed(failure))
        case .stopped, .stopping, .inProgress, .deleting:
            return .end(try await stopped(description))
        }
    }

    /// The end of a job that was stopped: by its limits, by us, or by somebody else.
    private func stopped(_ description: TrainingJobDescription) async throws -> Attempt.End {
        let condition = run.attempt.definition.stoppingCondition
        if let reason = description.ownStopReason { return .stopped(reason) }
        var halt = run.environment.halts[reading.job]
        if halt == nil {
            halt = try await run.tag(Self.haltTag, of: arn).flatMap(Halt.init)
        }
        switch halt {
        case .stop(let reason): return .stopped(reason)
        case .pause:
            let address = TrainingJobRequest.checkpointAddress(run.attempt) ?? ""
            return .paused(Checkpoint(location: address))
        case nil:
            let waitedInVain = condition.pendingMax != nil && !description.hasStarted
            return .stopped(waitedInVain ? .pendingTimeExceeded : .requested)
        }
    }
}
