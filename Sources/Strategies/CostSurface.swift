import GaussianProcesses
import Tuning

// Notation
//   z       standardised, transformed cost: what the model is of
//   μ, σ    what the model believes of z at a cell, noise excluded
//   c(z)    the cost that becomes z; increasing
//
// The belief about z is normal; that about the cost is not, as the transformation is no straight
// line, and its mean may not even exist. What monotone maps keep is quantiles, so a cell has the
// median c(μ) and half the width of the central 68 % interval, (c(μ + σ) − c(μ − σ)) / 2, which are
// the mean and the deviation wherever the transformation is close to a line.
//
// Transformations that draw in high costs have an upper bound, beyond which c would be as good as
// infinite. Costs are therefore cut where they are further from the observed ones than these are
// from each other.

/// What Bayesian optimisation's model expects of two parameters, the others being fixed.
///
/// A grid of cells, equal shares of the two parameters' scales, judged in their middles; a
/// categorical parameter has one cell for each category, in the order of its list. Cells of an
/// integer are judged at the value whose share they are in.
package struct CostSurface: Sendable {
    /// The number of cells of the horizontal parameter and of the vertical one.
    package let columns, rows: Int
    /// The median of what the cost may be at each cell, noise excluded; row-major, row 0 at the
    /// lowest coordinate of the vertical parameter.
    package let means: [Double]
    /// Half the width of the interval that the cost is in with 68 %, in the order of `means`.
    package let deviations: [Double]

    /// The most observations that the model is made of: the better half, and of the rest some in
    /// equal steps.
    static let observationCountMax = 300
    /// Different points with a finite cost below which there is nothing to see.
    static let pointCountMin = 4

    /// Fits a model and asks it about a grid.
    ///
    /// - Parameters:
    ///   - observations: What was tried and came of it, `nil` for failures, which count as worse
    ///     than all else; points that were tried repeatedly count with their mean.
    ///   - horizontal: A parameter of the space.
    ///   - vertical: Another one.
    ///   - centre: The values of all other parameters.
    ///   - columns: Cells of the horizontal parameter; at least 1, ignored where it is categorical.
    ///   - rows: Cells of the vertical parameter; at least 1, ignored where it is categorical.
    /// - Returns: `nil` when a parameter is not in the space, both are the same, or fewer than four
    ///   different points have a finite cost, or all have the same.
    /// - Complexity: Bounded, but for reading the observations.
    package init?(
        space: SearchSpace, observations: [(Hyperparameters, Cost?)], horizontal: Parameter.Name,
        vertical: Parameter.Name, at centre: Hyperparameters, columns: Int, rows: Int
    ) {
        precondition(columns >= 1 && rows >= 1, "\(columns) columns, \(rows) rows")
        guard let first = space.parameters.firstIndex(where: { $0.name == horizontal }),
            let second = space.parameters.firstIndex(where: { $0.name == vertical }),
            first != second
        else { return nil }
        let encoding = SpaceEncoding(space)
        guard let model = Self.model(of: observations, encoding) else { return nil }
        let across = space.parameters[first].domain.cells(columns)
        let up = space.parameters[second].domain.cells(rows)
        var unit = space.point(for: centre).coordinates
        var points: [[Double]] = []
        points.reserveCapacity(across.count * up.count)
        for height in up {
            unit[second] = height
            for position in across {
                unit[first] = position
                // By way of the values themselves, so that the model is asked what can be tried.
                let tried = space.hyperparameters(at: UnitPoint(unit))
                points.append(encoding.point(for: tried))
            }
        }
        self.columns = across.count
        self.rows = up.count
        (means, deviations) = model.costs(at: encoding.domain.pointSet(points))
    }

    private static func model(
        of observations: [(Hyperparameters, Cost?)], _ encoding: SpaceEncoding
    ) -> Surrogate? {
        var all = ObservationSet(activeMax: .max)
        for (hyperparameters, cost) in observations {
            all.insert(encoding.point(for: hyperparameters), cost: cost?.value)
        }
        guard all.finiteCount >= pointCountMin, Set(all.all.compactMap(\.cost)).count > 1 else {
            return nil
        }
        return Surrogate(
            Surrogate.part(of: all.all, observationCountMax), domain: encoding.domain, last: nil,
            isThorough: true)
    }
}

extension Surrogate {
    /// Median and half the width of the central 68 % interval of the cost at each point.
    fileprivate func costs(at points: PointSet) -> (medians: [Double], deviations: [Double]) {
        let beliefs = process.beliefs(at: points)
        let observed = transform.transformed.map(transform.inverse)
        let (low, high) = (observed.min() ?? 0, observed.max() ?? 0)
        let bounds = (min: low - (high - low), max: high + (high - low))
        func cost(_ z: Double) -> Double {
            min(max(transform.inverse(z), bounds.min), bounds.max)
        }
        var (medians, deviations): ([Double], [Double]) = ([], [])
        for (index, deviation) in beliefs.deviations.enumerated() {
            let mean = beliefs.means[0, index]
            medians.append(cost(mean))
            deviations.append(cost(mean + deviation) / 2 - cost(mean - deviation) / 2)
        }
        return (medians, deviations)
    }
}

extension ParameterDomain {
    /// The middles of cells that share the unit interval equally; of categories, one each.
    fileprivate func cells(_ count: Int) -> [Double] {
        var count = count
        if case .categorical(let categories) = self { count = categories.values.count }
        return (0..<count).map { (Double($0) + 0.5) / Double(count) }
    }
}
