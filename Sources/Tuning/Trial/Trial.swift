/// A training job as its strategy sees it: hyperparameters, costs, an outcome.
///
/// What happens to a trial comes as `TrialEvent`s; a strategy keeps of them what it needs.
public enum Trial {
    /// The trial's ordinal in its tuning job, from 0.
    public typealias ID = Int

    /// How a trial ended.
    public enum Outcome: Hashable, Codable, Sendable {
        /// It trained to its end; the cost is its last, `nil` when no finite one was reported.
        case completed(Cost?)
        /// It was stopped; the cost is its last, `nil` when no finite one was reported.
        case stopped(StopReason, Cost?)
        /// It failed for good.
        case failed(TrainingFailure)

        /// The last cost; a failed trial has none.
        public var cost: Cost? {
            switch self {
            case .completed(let cost), .stopped(_, let cost): cost
            case .failed: nil
            }
        }
    }
}
