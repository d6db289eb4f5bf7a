import Foundation
import Tuning

/// Runs training jobs by calling a closure, in this process.
///
/// A closure cannot be attached to: after an interruption it runs again from its beginning, and
/// what it reports is passed over until it has come as far as before.
struct ClosureBackend: TrainingBackend {
    /// What stands for the program in a definition; no other backend runs it.
    static let image = "closure"
    /// What results are kept as.
    static let metric: MetricName = "objective"

    /// Gives the result of a trial with these hyperparameters, all as texts.
    typealias Objective =
        @Sendable (ActiveTrial, [Parameter.Name: String]) async throws -> Double

    /// How many trials may run at once.
    let slotCount: Int
    private let executor: ObjectiveExecutor
    private let objective: Objective

    /// Calls a closure.
    init(slotCount: Int, objective: @escaping Objective) {
        self.slotCount = slotCount
        self.objective = objective
        executor = ObjectiveExecutor(trialCountMax: slotCount)
    }

    func run(_ attempt: Attempt, in session: AttemptSession) async throws -> Attempt.End {
        if let reason = session.stop.reason { return .stopped(reason) }
        _ = try await session.report(.entered(.training, at: Date(), message: nil))
        let reporter = TrialReporter(session)
        let trial = ActiveTrial(name: attempt.id.trainingJob, reporter)
        let result = await result(of: trial, attempt.hyperparameters, stop: session.stop)
        if let reason = reporter.stopReason { return .stopped(reason) }
        try Task.checkCancellation()
        switch result {
        case .success(let value):
            try await reporter.reportResult(value)
            return .completed
        case .failure(let error):
            return .failed(TrainingFailure(.algorithm, "\(error)"))
        }
    }

    /// Calls the closure; a stop cancels it.
    private func result(
        of trial: ActiveTrial, _ hyperparameters: [Parameter.Name: String], stop: StopSignal
    ) async -> Result<Double, any Error> {
        await withTaskGroup(of: Result<Double, any Error>?.self) { group in
            group.addTask(executorPreference: executor) { [objective] in
                do {
                    return .success(try await objective(trial, hyperparameters))
                } catch {
                    return .failure(error)
                }
            }
            group.addTask {
                _ = await stop.wait()
                return nil
            }
            var result: Result<Double, any Error>?
            for await ended in group {
                // Whichever ends first, the other one is told to.
                group.cancelAll()
                result = ended ?? result
            }
            return result ?? .failure(CancellationError())
        }
    }
}
