import Foundation
import GaussianProcesses
import Tuning

/// Bayesian optimisation: a Gaussian process says what to expect everywhere, and the point that
/// promises the greatest improvement is tried next.
///
/// The first trials fill the space: its centre, then points of a scrambled Sobol sequence. Trials
/// that are still running count with sixteen imagined outcomes each, drawn together from the model,
/// so that trials at the same time differ from each other. Failed trials count as bad ones. What a
/// suggestion was made of is in its decision; the next one starts from the kernel parameters there.
struct BayesianSearch: SearchStrategy {
    let encoding: SpaceEncoding
    let trialCountMax: Int?
    /// What tuning jobs of another data set or algorithm have found.
    private let parents: [ParentKnowledge]
    /// Observations of tuning jobs of the same data and algorithm, which are as good as own ones.
    private let inheritedCount: Int
    private let sequence: SobolSequence
    private(set) var visited: VisitedHyperparameters
    private(set) var observations = ObservationSet()
    /// The points of the trials that are still running.
    private(set) var running: [Trial.ID: [Double]] = [:]
    private var createdCount = 0
    private var eventCount = 0
    /// What the last model was fitted with.
    private(set) var last: Surrogate.Settings?

    /// Imagined outcomes of running trials.
    static let scenarioCount = 16
    /// Spaces with this many combinations left are gone through one by one.
    private static let enumeratedMax = 1024
    /// Numbers of the Sobol sequence set aside for each suggestion.
    private static let numbersPerSuggestion = 1 << 12
    /// Points looked at for the first trials before giving up on the sequence.
    private static let skipCountMax = 256

    /// Searches the space of a task.
    init(_ task: StrategyTask) {
        encoding = SpaceEncoding(task.space)
        trialCountMax = task.trialCountMax
        var random = SeededGenerator(seed: task.seed)
        sequence = SobolSequence(
            dimension: min(encoding.domain.dimensions.count, SobolSequence.dimensionMax),
            scrambledBy: &random)
        visited = VisitedHyperparameters(of: task.space, seed: task.seed)
        let comparable = task.priors.filter(\.isComparable)
        inheritedCount = comparable.count
        for trial in comparable {
            visited.insert(trial.hyperparameters)
            observations.insert(
                encoding.point(for: trial.hyperparameters), cost: trial.cost?.value)
        }
        let others = Dictionary(grouping: task.priors.filter { !$0.isComparable }, by: \.parent)
        parents = others.sorted { $0.key < $1.key }.compactMap { [encoding] in
            ParentKnowledge($0.value, encoding: encoding)
        }
    }

    mutating func observe(_ event: TrialEvent) {
        eventCount += 1
        switch event.change {
        case .created(let hyperparameters, let decision, _):
            createdCount += 1
            visited.insert(hyperparameters)
            running[event.trial] = encoding.point(for: hyperparameters)
            last = encoding.settings(from: decision) ?? last
        case .finished(let outcome):
            guard let point = running.removeValue(forKey: event.trial) else { return }
            observations.insert(point, cost: outcome.cost?.value)
        case .started, .entered, .reported, .stopRequested, .attemptFailed, .paused: break
        }
    }

    func suggestion(ordinal: Int, using random: inout SeededGenerator) -> Suggestion {
        if visited.isComplete { return .exhausted }
        guard createdCount + inheritedCount >= initialCount, observations.finiteCount >= 2 else {
            return filling(ordinal, fallback: nil, &random)
        }
        guard
            let surrogate = Surrogate(
                observations.active.map { observations.all[$0] }, parents: parents,
                domain: encoding.domain, last: last, isThorough: isThorough)
        else { return filling(ordinal, fallback: "no model", &random) }
        return improving(surrogate, ordinal, &random)
    }

    /// How many trials fill the space first.
    private var initialCount: Int {
        if !parents.isEmpty { return max(2, parents.count) }
        let wanted = 3 + encoding.domain.dimensions.count / 2
        return min(wanted, max(3, (trialCountMax ?? .max) / 4))
    }

    /// Whether kernel parameters are searched for from afresh: always while there is little to go
    /// by, now and then later.
    private var isThorough: Bool {
        switch observations.active.count {
        case ..<20: true
        case ..<100: createdCount.isMultiple(of: 10)
        case ..<300: createdCount.isMultiple(of: 25)
        default: false
        }
    }
}

// MARK: - Filling the space

extension BayesianSearch {
    private func filling(
        _ ordinal: Int, fallback: String?, _ random: inout SeededGenerator
    ) -> Suggestion {
        var details: [String: JSONValue] = [:]
        details["fallback"] = fallback.map { .string($0) }
        if let best = parents.lazy.map(\.best).first(where: { !visited.contains($0) }) {
            return .start(
                best, .toTheEnd, Decision(rule: "parent's best", eventCount: eventCount))
        }
        for attempt in 0..<Self.skipCountMax {
            let isCentre = createdCount == 0 && attempt == 0
            let unit =
                isCentre
                ? encoding.domain.dimensions.map { _ in 0.5 }
                : unitPoint(ordinal + attempt * Self.numbersPerSuggestion, &random)
            let hyperparameters = encoding.hyperparameters(
                at: encoding.domain.point(atUnit: unit))
            if !visited.contains(hyperparameters) {
                return .start(
                    hyperparameters, .toTheEnd,
                    Decision(
                        rule: isCentre ? "centre" : "sobol", eventCount: eventCount,
                        details: details.isEmpty ? nil : .object(details)))
            }
        }
        guard let hyperparameters = visited.remaining else { return .exhausted }
        return .start(
            hyperparameters, .toTheEnd, Decision(rule: "remaining", eventCount: eventCount))
    }

    /// A point of the sequence; coordinates it does not have are pseudo-random.
    private func unitPoint(_ number: Int, _ random: inout SeededGenerator) -> [Double] {
        var point = sequence[number]
        while point.count < encoding.domain.dimensions.count { point.append(random.nextUnit()) }
        return point
    }
}

// MARK: - Improving

extension BayesianSearch {
    private func improving(
        _ surrogate: Surrogate, _ ordinal: Int, _ random: inout SeededGenerator
    ) -> Suggestion {
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
            return .start(
                hyperparameters, .toTheEnd,
                Decision(
                    rule: BayesianDetails.rule, eventCount: eventCount,
                    details: encoding.json(details)))
        }
        return filling(ordinal, fallback: "every proposal was tried before", &random)
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
        let values = acquisition.values(
            at: PointSet(
                points, numericCount: encoding.domain.numericCount,
                categoricalCount: encoding.domain.categoricalCount))
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
        let lengthScales = surrogate.settings.kernel.logLengthScales.prefix(domain.numericCount)
            .map { max(1e-3, exp($0)) }
        let points = candidates.points(
            of: domain, unitPoint: unitPoint, from: ordinal * Self.numbersPerSuggestion,
            around: surrogate.ranking.prefix(candidates.centreCount).map {
                surrogate.data.points[$0]
            },
            lengthScales: lengthScales, using: &random)
        return maximizer.proposals(
            for: acquisition, candidates: points, lengthScales: lengthScales)
    }
}
