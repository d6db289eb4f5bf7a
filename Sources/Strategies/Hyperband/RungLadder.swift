import Tuning

// Notation
//   r, R   least and greatest resource of a training job
//   η      reduction factor
//   k      a rung's number, from 0
//   b      a bracket's number, from 0: it leaves out the lowest b rungs
//
// Source: Li, Jamieson, DeSalvo, Rostamizadeh and Talwalkar, "Hyperband: A Novel Bandit-Based
// Approach to Hyperparameter Optimization", 2018; its s is the number of rungs minus b.

/// The resources at which trials are compared: r, rη, rη² … below R.
///
/// A resource so close to R that next to nothing would be saved, within a factor of √η, is left
/// out.
struct RungLadder: Hashable, Sendable {
    /// The rungs, in ascending order; none when r is R.
    let rungs: [Resource]
    /// Where training ends.
    let top: Resource

    /// Lays out the rungs.
    init(from smallest: Resource, to largest: Resource, reductionFactor: Int) {
        precondition(Resource(1) <= smallest && smallest <= largest && reductionFactor >= 2)
        var rungs: [Resource] = []
        var units = smallest.units
        while units * units * reductionFactor <= largest.units * largest.units,
            units < largest.units
        {
            rungs.append(Resource(units))
            units *= reductionFactor
        }
        self.rungs = rungs
        top = largest
    }

    /// Lays out the rungs of a plan.
    init(_ plan: HyperbandPlan) {
        self.init(
            from: plan.resourceMin, to: plan.resourceMax, reductionFactor: plan.reductionFactor)
    }

    /// How many brackets there are: from the one with all rungs to the one with none.
    var bracketCount: Int { rungs.count + 1 }

    /// The rungs of a bracket.
    func rungs(ofBracket bracket: Int) -> ArraySlice<Resource> { rungs.dropFirst(bracket) }
}
