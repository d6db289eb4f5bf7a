import Foundation
import GaussianProcesses
import Tuning

/// Chooses the hyperparameters that promise the greatest improvement according to a surrogate, and
/// those that fill the space while there is none.
///
/// A value without memory: what was tried and what is running is told at every question.
struct ImprovementSearch: Sendable {
    let encoding: SpaceEncoding
    private let centre: Hyperparameters
    private let sequence: SobolSequence

    /// Imagined outcomes of running trials.
    static let scenarioCount = 16
    /// Spaces with this many combinations left are gone through one by one.
    private static let enumeratedMax = 1024
    /// Numbers of the Sobol sequence set aside for each suggestion.
    private static let numbersPerSuggestion = 1 << 12
    /// The most trials that fill a space of many dimensions.
    private static let fillingMax = 20
    /// Points looked at to fill the space before giving up on the sequence.
    private static let skipCountMax = 256

    /// Searches a space.
    init(_ space: SearchSpace, seed: UInt64) {
        encoding = SpaceEncoding(space)
        centre = space.centre
        var random = SeededGenerator(seed: seed)
        sequence = SobolSequence(
            dimension: min(encoding.domain.dimensions.count, SobolSequence.dimensionMax),
            scrambledBy: &random)
    }

    /// How many trials fill the space before a model is asked.
    ///
    /// - Parameter trialCountMax: How many trials there will be, where that is known.
    func fillingCount(of trialCountMax: Int?) -> Int {
        let wanted = min(3 + encoding.domain.dimensions.count / 2, Self.fillingMax)
        return min(wanted, max(3, (trialCountMax ?? .max) / 4))
    }
}

// MARK: - Filling the space

extension ImprovementSearch {
    /// The centre, then the points of a quasi-random sequence; `nil` when nothing is left to try.
    ///
    /// - Parameter isFirst: Whether nothing has been tried yet.
    func filling(
        _ ordinal: Int, isFirst: Bool, visited: VisitedHyperparameters,
        using random: inout SeededGenerator
    ) -> (hyperparameters: Hyperparameters, rule: String)? {
        if isFirst, !visited.contains(centre) { return (centre, "centre") }
        for attempt in 0..<Self.skipCountMax {
            let unit = unitPoint(ordinal + attempt * Self.numbersPerSuggestion, &random)
            let hyperparameters = encoding.hyperparameters(
                at: encoding.domain.point(atUnit: unit))
            if !visited.contains(hyperparameters) { return (hyperparameters, "sobol") }
        }
        return visited.remaining.map { ($0, "remaining") }
    }

    /// A point of the sequence; coordinates it does not have are pseudo-random.
    private func unitPoint(_ number: Int, _ random: inout SeededGenerator) -> [Double] {
        var point = sequence[number]
        while point.count < encoding.domain.dimensions.count { point.append(random.nextUnit()) }
        return point
    }
}

// MARK: - Improving

extension ImprovementSearch {
    /// What promises the greatest improvement; `nil` when every proposal was tried before.
    ///
    /// - Parameter running: The points of the trials whose outcomes are pending.
    func improving(
        _ surrogate: Surrogate, ordinal: Int, running: [Trial.ID: [Double]],
        visited: VisitedHyperparameters, using random: inout SeededGenerator
    ) -> (hyperparameters: Hyperparameters, details: BayesianDetails)? {
        var fallbacks = surrogate.fallbacks
        var process = surrogate.process
        let pending = running.keys.sorted()
        if !pending.isEmpty {
            do {
                try process.condition(
                    onPending: pending.compactMap { running[$0] },
                    scenarios: Self.scenarios(pendingCount: pending.count, using: &random))
            } catch {
                fallbacks.append("running trials ignored")
            }
        }
        let incumbent = surrogate.incumbent
        let incumbents =
            process.isConditioned
            ? process.pendingCosts().map { min(incumbent, $0.min() ?? incumbent) } : [incumbent]
        let acquisition = LogExpectedImprovement([(process, incumbents)])
        let proposals =
            visited.remaining(atMost: Self.enumeratedMax)
            .map { ranked($0, acquisition) }
            ?? proposals(acquisition, surrogate, ordinal, &random)
        for proposal in proposals {
            let hyperparameters = encoding.hyperparameters(at: proposal.point)
            guard !visited.contains(hyperparameters) else { continue }
            let details = BayesianDetails(
                surrogate: surrogate, belief: process.posterior(at: proposal.point),
                acquisition: proposal.value, pending: pending, fallbacks: fallbacks)
            return (hyperparameters, details)
        }
        return nil
    }

    /// Outcomes of pending trials, in standard deviations: normal numbers that fill the space of
    /// outcomes evenly, so that few of them are enough.
    private static func scenarios(
        pendingCount: Int, using random: inout SeededGenerator
    ) -> [[Double]] {
        let dimension = min(pendingCount, SobolSequence.dimensionMax)
        let sequence = SobolSequence(dimension: dimension, scrambledBy: &random)
        return (0..<scenarioCount).map { number in
            sequence[number].map { StandardNormal.quantile(min(max($0, 1e-9), 1 - 1e-9)) }
                + (dimension..<pendingCount).map { _ in random.nextNormal() }
        }
    }

    /// All that is left of a small space, the most promising first.
    private func ranked(
        _ remaining: [Hyperparameters], _ acquisition: LogExpectedImprovement
    ) -> [AcquisitionMaximizer.Proposal] {
        let points = remaining.map(encoding.point(for:))
        let values = acquisition.values(at: encoding.domain.pointSet(points))
        return points.indices.sorted { (values[$0], -$0) > (values[$1], -$1) }
            .map { AcquisitionMaximizer.Proposal(point: points[$0], value: values[$0]) }
    }

    /// Points that promise much, the best first; the more observations, the fewer are looked at.
    private func proposals(
        _ acquisition: LogExpectedImprovement, _ surrogate: Surrogate, _ ordinal: Int,
        _ random: inout SeededGenerator
    ) -> [AcquisitionMaximizer.Proposal] {
        let domain = encoding.domain
        var maximizer = AcquisitionMaximizer(domain)
        let candidates: CandidatePoints
        switch surrogate.data.count {
        case ..<500:
            candidates = CandidatePoints(globalCount: 512, localCount: 48)
            (maximizer.startCount, maximizer.turnMax, maximizer.iterationMax) = (4, 2, 20)
        default:
            candidates = CandidatePoints(globalCount: 384, localCount: 32)
            (maximizer.startCount, maximizer.turnMax, maximizer.iterationMax) = (3, 2, 15)
        }
        let points = candidates.points(
            of: domain, unitPoint: unitPoint, from: ordinal * Self.numbersPerSuggestion,
            around: surrogate, using: &random)
        return maximizer.proposals(
            for: acquisition, candidates: points, lengthScales: surrogate.lengthScales)
    }
}

// MARK: - Judging

extension ImprovementSearch {
    /// Points all over the domain and around the best observations, the same for the same model.
    func spread(around surrogate: Surrogate) -> PointSet {
        var random = SeededGenerator(seed: UInt64(surrogate.data.count))
        return CandidatePoints(globalCount: 1024, localCount: 64).points(
            of: encoding.domain, unitPoint: unitPoint, from: 0, around: surrogate, using: &random)
    }
}
