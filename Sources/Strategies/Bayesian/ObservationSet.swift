import Foundation
import GaussianProcesses

// Notation
//   n    observations made, points that were observed twice counted once
//   A    the active set: observations that the model is made of
//
// Up to `activeMax` observations A has all of them. Beyond, one leaves for each that comes: the one
// nearest to another of A, so that A keeps covering what was tried; the best quarter never leaves.
// Which one leaves depends on the order of observations alone, so the set is the same after a
// replay, and the model's surface does not flicker as it would were the set drawn anew each time.

/// What has been observed, and the part of it that a model is made of.
///
/// Memory: the points, and for the active set a distance each; 8 (D + 4) bytes an observation.
struct ObservationSet: Sendable {
    /// One point and what came of it.
    struct Observation: Sendable {
        /// The point, in the model's coordinates.
        let point: [Double]
        /// The mean of its finite costs; `nil` while it has only failed.
        var cost: Double?
        /// How many finite costs that is the mean of.
        var repetitions: Int
    }

    /// The most observations that a model is made of: a Gaussian process of 1,500 is exact within
    /// half a second.
    static let activeMax = 1500

    /// All observations, in the order of the first at each point.
    private(set) var all: [Observation] = []
    /// The active set: indices into `all`, increasing.
    private(set) var active: [Int] = []
    private var indices: [[UInt64]: Int] = [:]
    private let limit: Int
    /// For each observation of the active set, the nearest other one.
    private var nearest: [Int: (index: Int, distance: Double)] = [:]

    /// Nothing observed.
    init(activeMax: Int = Self.activeMax) {
        limit = activeMax
    }

    /// How many points have a finite cost.
    private(set) var finiteCount = 0

    /// Takes in what came of a point; `nil` for a failure.
    mutating func insert(_ point: [Double], cost: Double?) {
        let key = point.map(\.bitPattern)
        if let index = indices[key] {
            merge(cost, into: index)
            return
        }
        let index = all.count
        indices[key] = index
        all.append(Observation(point: point, cost: cost, repetitions: cost == nil ? 0 : 1))
        if cost != nil { finiteCount += 1 }
        active.append(index)
        if active.count > limit { keepWithinLimit(index) }
    }

    private mutating func merge(_ cost: Double?, into index: Int) {
        guard let cost else { return }
        let old = all[index]
        if old.cost == nil { finiteCount += 1 }
        let count = Double(old.repetitions)
        // A running mean that does not overflow where a sum would.
        let mean = old.cost.map { $0 * (count / (count + 1)) + cost / (count + 1) } ?? cost
        all[index].cost = mean
        all[index].repetitions += 1
    }
}

// MARK: - The active set

extension ObservationSet {
    private mutating func keepWithinLimit(_ new: Int) {
        if nearest.isEmpty {
            for index in active { nearest[index] = nearestOther(to: index) }
        } else {
            nearest[new] = nearestOther(to: new)
            for index in active where index != new {
                let distance = distance(index, new)
                if distance < nearest[index]?.distance ?? .infinity {
                    nearest[index] = (new, distance)
                }
            }
        }
        let elite = elite
        let leaving = active.lazy.filter { !elite.contains($0) }.min {
            (nearest[$0]?.distance ?? 0, $0) < (nearest[$1]?.distance ?? 0, $1)
        }
        guard let leaving else { return }
        active.removeAll { $0 == leaving }
        nearest[leaving] = nil
        for index in active where nearest[index]?.index == leaving {
            nearest[index] = nearestOther(to: index)
        }
    }

    /// The best quarter of the active set.
    private var elite: Set<Int> {
        let ranked = active.sorted {
            (all[$0].cost ?? .infinity, $0) < (all[$1].cost ?? .infinity, $1)
        }
        return Set(ranked.prefix(limit / 4))
    }

    private func nearestOther(to index: Int) -> (index: Int, distance: Double) {
        var best = (index: index, distance: Double.infinity)
        for other in active where other != index {
            let distance = distance(index, other)
            if distance < best.distance { best = (other, distance) }
        }
        return best
    }

    /// Squared distance; categories that differ are one apart, as they are among coordinates.
    private func distance(_ first: Int, _ second: Int) -> Double {
        var sum = 0.0
        let (x, y) = (all[first].point, all[second].point)
        for index in x.indices {
            let difference = min(abs(x[index] - y[index]), 1)
            sum += difference * difference
        }
        return sum
    }
}
