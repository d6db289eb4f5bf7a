import Foundation
import Tuning

// The end of a tuning job that has found enough.

extension Scheduler {
    /// Without an estimate of its strategy, a tuning job has converged when this many training
    /// jobs in a row have not improved the best cost by a percent, or as many as two for each
    /// hyperparameter or three for each that may run at once, where that is more.
    package static let convergenceCountMin = 20

    /// How many training jobs in a row without an improvement mean convergence.
    package static func convergenceCount(for specification: TuningJobSpecification) -> Int {
        let dimension = specification.definitions.reduce(0) { $0 + $1.searchSpace.dimension }
        return max(
            convergenceCountMin, 2 * dimension, 3 * specification.limits.parallelCountMax)
    }

    /// Notes that a definition's search has converged; the tuning job has once all of them have.
    mutating func converge(_ definition: Int, at time: Date) {
        convergedDefinitions.insert(definition)
        guard isOpen, state.job.completion.convergenceTime == nil,
            convergedDefinitions.count == supply.count
        else { return }
        record(.converged(time))
    }

    /// Ends the tuning job when one of its criteria is met; what still runs is stopped.
    mutating func completeIfEnough(at time: Date) {
        guard isOpen, state.specification.completionCriteria.areMet(by: state.job) else { return }
        end(.completed, at: time)
    }
}

extension SuggestionRequest {
    /// Whether no further improvement is to be expected: by the strategy's own estimate, or, where
    /// it has none, because too many training jobs in a row have not improved.
    package var isConverged: Bool {
        strategy.remainingImprovement()?.isConverged ?? hasStalled
    }
}
