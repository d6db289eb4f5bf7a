import AWSClient
import SageMakerAPI
import Tuning

// MARK: - Urgent requests

extension ServiceLine {
    /// Calls an operation as soon as possible, again and again until the service answers.
    ///
    /// - Parameter stop: Gives the call up, as long as the service cannot have acted on it.
    /// - Throws: `APIError` with which the service refused; `GivenUp`; `CancellationError`.
    func call(
        _ operation: Operation, _ request: JSONValue, unless stop: StopSignal? = nil
    ) async throws -> JSONValue {
        var failureCount = 0
        var stop = stop
        while true {
            if let stop {
                try await giveUp(on: stop) { try await self.admission() }
            } else {
                try await admission()
            }
            let problem: ServiceProblem
            do {
                let answer = try await client.call(operation.rawValue, request)
                note(answerTo: operation)
                return answer
            } catch {
                guard let known = ServiceProblem(error) else { throw error }
                problem = known
            }
            note(problem, of: operation)
            if case .refused(let error) = problem { throw error }
            failureCount += 1
            if problem.mayHaveActed { stop = nil }
            let delay = delay(after: problem, failureCount)
            if let stop {
                try await giveUp(on: stop) { try await self.clock.sleep(delay) }
            } else {
                try await clock.sleep(delay)
            }
        }
    }

    /// Calls an operation that can be done without: once, or until there is any answer.
    ///
    /// - Returns: The answer; `nil` when it is denied or refused.
    func callIfPermitted(_ operation: Operation, _ request: JSONValue) async throws -> JSONValue? {
        while true {
            try await admission()
            do {
                let answer = try await client.call(operation.rawValue, request)
                note(answerTo: operation)
                return answer
            } catch {
                guard let problem = ServiceProblem(error) else { throw error }
                note(problem, of: operation)
                switch problem {
                case .denied, .refused: return nil
                case .throttled, .unreachable, .credentials: break
                }
            }
        }
    }

    /// Asks the service once, so that it is known whether it answers.
    func ping() async {
        do {
            _ = try await client.call(Operation.listTrainingJobs.rawValue, ["MaxResults": 1])
            note(answerTo: .listTrainingJobs)
        } catch {
            guard let problem = ServiceProblem(error) else { return }
            note(problem, of: .listTrainingJobs)
        }
    }

    private func delay(after problem: ServiceProblem, _ failureCount: Int) -> Duration {
        state.withLock { state in
            switch problem {
            case .denied: Self.denialBackoff.delay(after: failureCount, using: &state.random)
            case .throttled: Self.throttlingBackoff.delay(after: failureCount, using: &state.random)
            // Until the service is within reach again, nobody is admitted.
            case .unreachable, .credentials, .refused: .zero
            }
        }
    }

    /// Waits until the next urgent request may be sent.
    private func admission() async throws {
        let ticket = state.withLock { $0.number() }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let isCancelled = state.withLock { state in
                    guard !Task.isCancelled else { return true }
                    state.applicants[ticket] = continuation
                    state.plan.want(ticket)
                    return false
                }
                if isCancelled {
                    continuation.resume(throwing: CancellationError())
                } else {
                    pump()
                }
            }
        } onCancel: {
            let applicant = state.withLock { state in
                state.plan.forget(ticket)
                return state.applicants.removeValue(forKey: ticket)
            }
            applicant?.resume(throwing: CancellationError())
        }
    }

    private func giveUp(
        on stop: StopSignal, _ body: @escaping @Sendable () async throws -> Void
    ) async throws {
        if let reason = try await Self.first(stop, or: body).stop { throw GivenUp(reason: reason) }
    }
}
