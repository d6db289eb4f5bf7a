import Tuning

extension StrategyTask {
    /// The strategy that carries out the plan of this task.
    ///
    /// - Throws: `SearchSpaceError` when a grid cannot be laid over the space.
    public func strategy() throws(SearchSpaceError) -> any SearchStrategy {
        switch plan {
        case .fullTraining(let method): try search(method)
        case .medianStopping(let method): MedianStopping(try search(method))
        case .hyperband(let plan):
            switch plan.source {
            case .random:
                Hyperband(plan, source: DrawnConfigurations(space: space, seed: seed, tried: tried))
            case .model:
                Hyperband(
                    plan,
                    source: ModelledConfigurations(self, ladder: RungLadder(plan), tried: tried))
            }
        }
    }

    /// What parents with the same data and program have tried: to try it again would show nothing.
    private var tried: [Hyperparameters] {
        priors.filter(\.isComparable).map(\.hyperparameters)
    }

    private func search(_ method: SearchMethod) throws(SearchSpaceError) -> any SearchStrategy {
        switch method {
        case .random: return RandomSearch(space: space, seed: seed, tried: tried)
        case .quasiRandom: return QuasiRandomSearch(space: space, seed: seed, tried: tried)
        case .grid(let levels):
            return GridSearch(try Grid(space, levels: levels), seed: seed, tried: tried)
        case .bayesian: return BayesianSearch(self)
        case .single:
            precondition(space.dimension == 0, "a single training job searches nothing")
            return SingleTraining()
        }
    }
}
