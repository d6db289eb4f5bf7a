import Foundation
import Logging
import SageMakerAPI
import Tuning

/// One attempt on its way to its end.
struct TrainingRun: Sendable {
    /// What all runs of a backend share.
    struct Environment: Sendable {
        let line: ServiceLine
        let gate: LaunchGate
        /// Why jobs that exist were made to end.
        let halts: KnownHalts
        /// Why attempts were never launched.
        let unlaunched: KnownHalts
        let logger: Logger

        var clock: BackendClock { line.clock }
    }

    let attempt: Attempt
    let session: AttemptSession
    let environment: Environment

    var line: ServiceLine { environment.line }

    /// Where following a job has led.
    enum Outcome: Sendable {
        case end(Attempt.End)
        /// There were no instances of the kind asked for.
        case noCapacity(TrainingFailure)
    }

    /// Runs to the end.
    func end() async throws -> Attempt.End {
        try Task.checkCancellation()
        if case .stop(let reason) = environment.unlaunched["\(attempt.id)"] {
            return .stopped(reason)
        }
        let limit = attempt.definition.stoppingCondition.runtimeMax
        guard attempt.earlierRuntime < limit else { return .stopped(.runtimeExceeded) }
        if session.mark == nil, let failure = try await finalFailureBefore() {
            return .failed(failure)
        }
        let known = MetricReading(session.mark)
        let requests = (0..<TrainingJobRequest.choiceCount(attempt)).map {
            TrainingJobRequest(attempt, choice: $0)
        }
        let first = requests.firstIndex { $0.name == known?.job } ?? 0
        for request in requests[first...] {
            let isLast = request.name == requests.last?.name
            let launch: Launch =
                request.name == known?.job ? .attached : try await launched(request)
            switch launch {
            case .ended(let end): return end
            case .attached, .started:
                let reading =
                    known.flatMap { $0.job == request.name ? $0 : nil }
                    ?? MetricReading(job: request.name)
                switch try await follow(reading, launch) {
                case .end(let end):
                    environment.gate.noteEnd()
                    return end
                case .noCapacity(let failure):
                    environment.gate.noteEnd()
                    if isLast { return .failed(failure) }
                    environment.logger.notice(
                        "no capacity for \(request.name); trying the next instances",
                        metadata: ["training_job": "\(attempt.id.trainingJob)"])
                }
            case .noCapacity(let failure):
                if isLast { return .failed(failure) }
            }
        }
        preconditionFailure("attempt \(attempt.id) has no choice of instances")
    }

    /// Reports a phase.
    func enter(_ phase: TrainingPhase, at time: Date, _ message: String?) async throws {
        _ = try await session.report(.entered(phase, at: time, message: message))
    }
}

// MARK: - Retries

extension TrainingRun {
    /// The failure of the last attempt that was launched, if the service has tried it as often as
    /// it may.
    ///
    /// A RetryStrategy is the service's to follow. What it has given up is not tried by us again.
    private func finalFailureBefore() async throws -> TrainingFailure? {
        guard attempt.id.number > 1, attempt.checkpoint == nil,
            attempt.definition.envelope["RetryStrategy"] != nil
        else { return nil }
        for number in (1..<attempt.id.number).reversed() {
            let before = Attempt.ID(trainingJob: attempt.id.trainingJob, number: number)
            if let description = try await lastDescription(of: before) {
                return description.status == .failed ? description.failure : nil
            }
        }
        return nil
    }

    /// What the service says of an attempt's last choice of instances; `nil` where it was never
    /// launched.
    private func lastDescription(of id: Attempt.ID) async throws -> TrainingJobDescription? {
        var last: TrainingJobDescription?
        for choice in 0..<TrainingJobRequest.choiceCount(attempt) {
            let name = TrainingJobNames.name(of: id, choice: choice)
            guard let description = try await description(of: name) else { break }
            last = description
            guard description.lacksCapacity else { break }
        }
        return last
    }

    /// What the service says of a job now; `nil` when there is none.
    func description(of name: String) async throws -> TrainingJobDescription? {
        while true {
            do {
                let answer = try await line.call(
                    .describeTrainingJob, ["TrainingJobName": .string(name)])
                if let description = TrainingJobDescription(answer) { return description }
            } catch let error as APIError {
                if error.saysNotFound { return nil }
            }
            // Something else than the service answers, or it does not make sense.
            try await environment.clock.sleep(LookPace.youngIntervalMax)
        }
    }
}
