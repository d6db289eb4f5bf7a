import Foundation
import SageMakerAPI
import Tuning

extension TrainingRun {
    /// What has come of a launch.
    enum Launch: Sendable {
        /// The job is new.
        case started
        /// The job was there.
        case attached
        /// There were no instances of the kind asked for.
        case noCapacity(TrainingFailure)
        /// It never came to a job.
        case ended(Attempt.End)
    }

    /// Creates the job of a request, or finds that it is there.
    func launched(_ request: TrainingJobRequest) async throws -> Launch {
        if let reason = session.stop.reason { return try await givenUp(request, reason) }
        let pass = environment.gate.pass()
        var hasSucceeded = false
        defer { environment.gate.giveBack(pass, hasSucceeded: hasSucceeded) }
        var isWaiting = false
        while true {
            if isWaiting || !environment.gate.isOpen {
                if !isWaiting { try await reportWait("Waiting for another launch to succeed.") }
                isWaiting = true
                let gate = environment.gate
                let stop = try await ServiceLine.first(session.stop) { try await gate.wait(pass) }
                if let reason = stop.stop { return try await givenUp(request, reason) }
            }
            switch try await creation(request) {
            case .done(let launch):
                switch launch {
                case .started, .attached: hasSucceeded = true
                case .noCapacity, .ended: break
                }
                return launch
            case .limitReached(let message):
                environment.gate.refuse(pass)
                isWaiting = true
                try await reportWait(message)
            }
        }
    }

    private enum Creation {
        case done(Launch)
        case limitReached(String)
    }

    private func creation(_ request: TrainingJobRequest) async throws -> Creation {
        do {
            _ = try await line.call(.createTrainingJob, request.body, unless: session.stop)
            return .done(.started)
        } catch let givenUp as ServiceLine.GivenUp {
            return .done(try await self.givenUp(request, givenUp.reason))
        } catch let error as APIError {
            switch error.code {
            case "ResourceInUse": return .done(try await attached(to: request))
            case "ResourceLimitExceeded": return .limitReached(error.message)
            case "CapacityError":
                let reason = "CapacityError: \(error.message)"
                return .done(.noCapacity(TrainingFailure(.internal, reason)))
            default:
                let reason = "ClientError: \(error.message) (\(error.code))"
                return .done(.ended(.failed(TrainingFailure(.algorithm, reason))))
            }
        }
    }

    /// The launch that a stop came before; it stays without effect for ever, unless an earlier
    /// process had launched it already.
    ///
    /// That is remembered by this process alone. After another start of it the stop is asked for
    /// again, by whoever stored it.
    private func givenUp(_ request: TrainingJobRequest, _ reason: StopReason) async throws -> Launch
    {
        if let description = try await description(of: request.name) {
            return try await judged(description, request)
        }
        environment.unlaunched.insert(.stop(reason), for: "\(attempt.id)")
        return .ended(.stopped(reason))
    }

    private func reportWait(_ message: String) async throws {
        try await enter(.pending, at: environment.clock.date(), message)
    }
}

// MARK: - Attaching

extension TrainingRun {
    /// Judges the job that has the name already: ours from a launch before, or somebody else's.
    private func attached(to request: TrainingJobRequest) async throws -> Launch {
        guard let description = try await description(of: request.name) else {
            // Lists and descriptions may come later than names are taken.
            return .attached
        }
        return try await judged(description, request)
    }

    private func judged(
        _ description: TrainingJobDescription, _ request: TrainingJobRequest
    ) async throws -> Launch {
        if try await isOurs(description, request) { return .attached }
        let reason = """
            ClientError: A training job named \(request.name) exists on the service and is not \
            this one; nothing was launched. Delete it, or choose another name.
            """
        return .ended(.failed(TrainingFailure(.algorithm, reason)))
    }

    /// A job is ours when its tag says so; where it has none, or tags cannot be read, when it has
    /// the same hyperparameters.
    private func isOurs(
        _ description: TrainingJobDescription, _ request: TrainingJobRequest
    ) async throws -> Bool {
        if let tag = try await tag(TrainingJobRequest.attemptTag, of: description.arn) {
            return TrainingJobRequest.isIdentity(tag, of: attempt)
        }
        return description.hyperparameters == attempt.hyperparameters
    }

    /// The value of a job's tag; `nil` when it has none, or tags cannot be read.
    func tag(_ key: String, of arn: String) async throws -> String? {
        guard !arn.isEmpty else { return nil }
        let request: JSONValue = ["ResourceArn": .string(arn), "MaxResults": 50]
        let answer = try await line.callIfPermitted(.listTags, request)
        return answer?["Tags"]?.array?.first { $0["Key"]?.string == key }?["Value"]?.string
    }
}
