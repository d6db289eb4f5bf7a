extension GaussianProcess {
    /// How kernel parameters were found.
    public struct Fit: Sendable {
        /// The most probable parameters that were found.
        public let parameters: KernelParameters
        /// −ln of their posterior density, without constants; infinite where nothing could be
        /// evaluated, and then the parameters are the first start.
        public let objective: Double
    }

    /// Finds the most probable kernel parameters for observations.
    ///
    /// - Parameters:
    ///   - data: The points and their costs.
    ///   - prior: How likely parameters are before any cost is seen.
    ///   - starts: Where to search from; the best end wins.
    ///   - iterationMax: Steps from each start.
    /// - Complexity: O(n³) for each evaluation.
    public static func fit(
        _ data: TrainingData, prior: HyperparameterPrior, starts: [KernelParameters],
        iterationMax: Int
    ) -> Fit {
        precondition(!starts.isEmpty, "no start")
        let likelihood = MarginalLikelihood(data: data, prior: prior)
        let minimizer = BoundedMinimizer(
            iterationMax: iterationMax,
            gradientTolerance: 1e-3 * Double(max(1, data.count)).squareRoot())
        var best: BoundedMinimizer.Result?
        for start in starts {
            let result = minimizer.minimum(
                from: start.vector, lower: prior.lowerBounds, upper: prior.upperBounds
            ) { likelihood.value(at: $0, gradient: &$1) }
            if best.map({ result.value < $0.value }) ?? true { best = result }
        }
        guard let best, best.value.isFinite else {
            return Fit(parameters: starts[0], objective: .infinity)
        }
        return Fit(parameters: KernelParameters(vector: best.point), objective: best.value)
    }
}
