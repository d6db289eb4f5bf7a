// How a point of a mixed space is found that promises most:
//
//   1. Candidates: points that fill the space, and points around the best ones seen.
//   2. The best few candidates, each far enough from the others to be a start of its own.
//   3. From each start, in turns: a gradient search over the numeric coordinates, in units of their
//      length scales, then the values of the discrete coordinates one after another.
//
// Ordered dimensions with many levels take part in the gradient search as if continuous and are
// snapped after it; a turn that ends lower than it began is undone.
// Source: the alternation follows Watanabe, "Optuna GPSampler", 2024; candidates around the best
// points are Regis and Shoemaker, "Combining radial basis function surrogates and dynamic
// coordinate search", 2013.

/// Finds points where an acquisition function is high.
public struct AcquisitionMaximizer: Sendable {
    /// What may be tried.
    public let domain: SearchDomain
    /// How many starts are followed.
    public var startCount = 6
    /// Turns of gradient and discrete search from each start, at most.
    public var turnMax = 3
    /// Steps of one gradient search, at most.
    public var iterationMax = 25
    /// Levels up to which an ordered dimension is gone through one by one, and not searched by
    /// gradient.
    public var fewLevels = 16

    /// Searches a domain.
    public init(_ domain: SearchDomain) {
        self.domain = domain
    }

    /// A point and what it promises.
    public struct Proposal: Sendable {
        /// The point, in the domain.
        public let point: [Double]
        /// The acquisition function there.
        public let value: Double

        /// Names what a point promises.
        public init(point: [Double], value: Double) {
            self.point = point
            self.value = value
        }
    }

    /// Points that promise much, the best first.
    ///
    /// - Parameters:
    ///   - acquisition: What is maximised.
    ///   - candidates: Points of the domain to begin with.
    ///   - lengthScales: ℓ for each numeric dimension: how far one has to go for a change.
    public func proposals(
        for acquisition: LogExpectedImprovement, candidates: PointSet, lengthScales: [Double]
    ) -> [Proposal] {
        let values = acquisition.values(at: candidates)
        let order = values.indices.sorted {
            (values[$0], -$0) > (values[$1], -$1)
        }
        var starts: [Proposal] = []
        for index in order where starts.count < startCount {
            let candidate = Proposal(point: candidates[index], value: values[index])
            let isNear = starts.contains {
                distance($0.point, candidate.point, lengthScales) < 0.1
            }
            if !isNear { starts.append(candidate) }
        }
        var proposals = starts.map { refined($0, acquisition, lengthScales) }
        proposals += order.prefix(64).map { Proposal(point: candidates[$0], value: values[$0]) }
        return proposals.enumerated().sorted {
            ($0.element.value, -$0.offset) > ($1.element.value, -$1.offset)
        }.map(\.element)
    }

    private func distance(_ x: [Double], _ y: [Double], _ scales: [Double]) -> Double {
        var sum = 0.0
        for index in x.indices {
            if index < domain.numericCount {
                let difference = (x[index] - y[index]) / scales[index]
                sum += difference * difference
            } else if x[index] != y[index] {
                sum += 1
            }
        }
        return sum.squareRoot()
    }

    // MARK: From one start

    private func refined(
        _ start: Proposal, _ acquisition: LogExpectedImprovement, _ scales: [Double]
    ) -> Proposal {
        var best = start
        for _ in 0..<turnMax {
            let before = best.value
            if let moved = gradientSearch(best, acquisition, scales), moved.value > best.value {
                best = moved
            }
            best = coordinateSearch(best, acquisition)
            if best.value <= before + 1e-6 { break }
        }
        return best
    }

    private func gradientSearch(
        _ start: Proposal, _ acquisition: LogExpectedImprovement, _ scales: [Double]
    ) -> Proposal? {
        let count = domain.numericCount
        let isMoving = domain.dimensions.prefix(count).map { dimension in
            if case .ordered(let levels) = dimension { levels.count > fewLevels } else { true }
        }
        guard isMoving.contains(true) else { return nil }
        let scaled = (0..<count).map { start.point[$0] / scales[$0] }
        let minimizer = BoundedMinimizer(iterationMax: iterationMax, gradientTolerance: 1e-4)
        var point = start.point
        let result = minimizer.minimum(
            from: scaled, lower: (0..<count).map { isMoving[$0] ? 0 : scaled[$0] },
            upper: (0..<count).map { isMoving[$0] ? 1 / scales[$0] : scaled[$0] }
        ) { scaled, gradient in
            for index in 0..<count { point[index] = scaled[index] * scales[index] }
            let value = acquisition.value(at: point, gradient: &gradient)
            for index in 0..<count {
                gradient[index] *= isMoving[index] ? -scales[index] : 0
            }
            return -value
        }
        for index in 0..<count { point[index] = min(1, result.point[index] * scales[index]) }
        let snapped = domain.snapped(point)
        if snapped == point { return Proposal(point: point, value: -result.value) }
        return Proposal(point: snapped, value: values([snapped], acquisition)[0])
    }

    private func coordinateSearch(
        _ start: Proposal, _ acquisition: LogExpectedImprovement
    ) -> Proposal {
        var best = start
        for (index, dimension) in domain.dimensions.enumerated() {
            let values = alternatives(of: dimension, to: best.point[index])
            guard !values.isEmpty else { continue }
            let points = values.map { value in
                var point = best.point
                point[index] = value
                return point
            }
            let promises = self.values(points, acquisition)
            if let top = promises.indices.max(by: { promises[$0] < promises[$1] }),
                promises[top] > best.value
            {
                best = Proposal(point: points[top], value: promises[top])
            }
        }
        return best
    }

    /// The other values of a discrete dimension; of many levels, those at distances 1, 2, 4 …
    private func alternatives(
        of dimension: SearchDomain.Dimension, to value: Double
    ) -> [Double] {
        switch dimension {
        case .continuous: return []
        case .categorical(let count):
            return (0..<count).map(Double.init).filter { $0 != value }
        case .ordered(let levels):
            let own = SearchDomain.Dimension.nearest(value, in: levels)
            if levels.count <= fewLevels {
                return levels.indices.filter { $0 != own }.map { levels[$0] }
            }
            var found: [Double] = []
            var step = 1
            while step < levels.count {
                for index in [own - step, own + step] where levels.indices.contains(index) {
                    found.append(levels[index])
                }
                step *= 2
            }
            return found
        }
    }

    private func values(
        _ points: [[Double]], _ acquisition: LogExpectedImprovement
    ) -> [Double] {
        acquisition.values(at: domain.pointSet(points))
    }
}
