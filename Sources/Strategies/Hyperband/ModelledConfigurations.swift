import GaussianProcesses
import Tuning

/// New configurations for Hyperband from Gaussian processes of what the rungs have shown.
///
/// What is modelled are the costs at the lowest rung whose order of trials can be trusted, which
/// most trials come to. Rungs below it enter as parents of a warm start do: by their ranking,
/// calibrated against the costs of trials that have come to both, so that a rung counts as far as
/// it has foretold a higher one. Each trial enters once, with the highest of its rungs. While there
/// is little to go by, configurations fill the space.
///
/// Source of the idea, one model a rung weighted by agreement: Li et al., "Hyper-Tune: Towards
/// Efficient Hyper-parameter Tuning at Scale", 2022.
struct ModelledConfigurations: ConfigurationSource {
    /// What trials have cost at one rung.
    private struct Shown: Sendable {
        private(set) var observations = ObservationSet(activeMax: 300)
        private var knowledge = Deferred<ParentKnowledge?>()

        mutating func insert(_ point: [Double], cost: Double?) {
            observations.insert(point, cost: cost)
            knowledge = Deferred()
        }

        /// What the rung tells about a higher one; fitted once for all the costs there are.
        func knowledge(in domain: SearchDomain) -> ParentKnowledge? {
            knowledge.value { ParentKnowledge(observations, domain: domain) }
        }
    }

    private let search: ImprovementSearch
    private var visited: VisitedHyperparameters
    private var hyperparameters: [Trial.ID: Hyperparameters] = [:]
    /// Trials that run and have come to no rung yet.
    private var running: [Trial.ID: [Double]] = [:]
    private var shown: [Resource: Shown] = [:]
    private var beganCount = 0
    private var last: Surrogate.Settings?
    private let ladder: RungLadder

    /// Each so many-th configuration fills the space, whatever the model says, and each rung that
    /// cannot be trusted makes it one more: trials of the model's liking alone would all be as good
    /// as each other, and those that are stopped would be the wrong ones. Where no rung can be
    /// trusted nothing is stopped, and none is needed.
    private static let drawnEvery = 2

    /// Costs at a rung, for it to be the one that is modelled.
    private static let countMin = 6

    /// Searches the space of a task.
    init(_ task: StrategyTask, ladder: RungLadder, tried: [Hyperparameters]) {
        self.ladder = ladder
        search = ImprovementSearch(task.space, seed: task.seed)
        visited = VisitedHyperparameters(of: task.space, seed: task.seed)
        for hyperparameters in tried { visited.insert(hyperparameters) }
    }

    mutating func begin(
        _ trial: Trial.ID, _ hyperparameters: Hyperparameters, _ decision: Decision
    ) {
        beganCount += 1
        visited.insert(hyperparameters)
        self.hyperparameters[trial] = hyperparameters
        running[trial] = search.encoding.point(for: hyperparameters)
        last = search.encoding.settings(from: decision) ?? last
    }

    mutating func observe(_ trial: Trial.ID, at resource: Resource, _ cost: Cost?) {
        guard let hyperparameters = hyperparameters[trial] else { return }
        running[trial] = nil
        shown[resource, default: Shown()].insert(
            search.encoding.point(for: hyperparameters), cost: cost?.value)
    }

    mutating func end(_ trial: Trial.ID) {
        running[trial] = nil
        hyperparameters[trial] = nil
    }

    func configuration(
        ordinal: Int, trusted: Resource, using random: inout SeededGenerator
    ) throws -> Configuration? {
        if visited.isComplete { return nil }
        guard beganCount >= search.fillingCount(of: nil),
            !isDrawn(trusted), let resource = modelled(trusted),
            let observations = shown[resource]?.observations,
            let surrogate = Surrogate(
                observations.active.map { observations.all[$0] },
                parents: parents(below: resource), domain: search.encoding.domain, last: last,
                isThorough: observations.all.count < 20)
        else { return filling(ordinal, &random) }
        let best = search.improving(
            surrogate, ordinal: ordinal, running: running, visited: visited, using: &random)
        guard let best else { return filling(ordinal, &random) }
        var details = search.encoding.json(best.details).object ?? [:]
        details["resource"] = .integer(resource.units)
        return Configuration(
            hyperparameters: best.hyperparameters, rule: BayesianDetails.rule, details: details)
    }

    private func isDrawn(_ trusted: Resource) -> Bool {
        let untrustedCount = ladder.rungs.count { $0 < trusted }
        return trusted < ladder.top && beganCount.isMultiple(of: Self.drawnEvery + untrustedCount)
    }

    /// The resource whose costs are modelled: the least trusted one that enough trials have come
    /// to, or else the greatest.
    private func modelled(_ trusted: Resource) -> Resource? {
        let resources = shown.filter { $0.value.observations.finiteCount >= Self.countMin }.keys
        return resources.filter { trusted <= $0 }.min() ?? resources.max()
    }

    /// What lower rungs have shown, the highest first.
    private func parents(below resource: Resource) -> [ParentKnowledge] {
        let rungs = shown.filter { $0.key <= resource }.sorted { $1.key < $0.key }.map(\.value)
        var higher: Set<[Double]> = []
        var parents: [ParentKnowledge] = []
        for (rung, lower) in zip(rungs, rungs.dropFirst()) {
            higher.formUnion(rung.observations.all.map(\.point))
            guard let knowledge = lower.knowledge(in: search.encoding.domain) else { continue }
            parents.append(knowledge.omitting(higher))
        }
        return parents
    }

    private func filling(
        _ ordinal: Int, _ random: inout SeededGenerator
    ) -> Configuration? {
        search.filling(ordinal, isFirst: beganCount == 0, visited: visited, using: &random).map {
            Configuration(
                hyperparameters: $0.hyperparameters, rule: $0.rule, details: [:])
        }
    }
}
