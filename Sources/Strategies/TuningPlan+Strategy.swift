import Tuning

extension TuningPlan {
    /// The strategy that carries out this plan in a search space.
    ///
    /// - Parameters:
    ///   - space: The space of one definition; empty for a training job created on its own.
    ///   - seed: The tuning job's; decides orders and scramblings that hold for all suggestions.
    /// - Throws: `SearchSpaceError` when a grid cannot be laid over the space.
    public func strategy(
        for space: SearchSpace, seed: UInt64
    ) throws(SearchSpaceError) -> any SearchStrategy {
        switch method {
        case .random: return RandomSearch(space: space, seed: seed)
        case .quasiRandom: return QuasiRandomSearch(space: space, seed: seed)
        case .grid(let levels): return GridSearch(try Grid(space, levels: levels), seed: seed)
        case .single:
            precondition(space.dimension == 0, "a single training job searches nothing")
            return SingleTraining()
        }
    }
}
