import GaussianProcesses
import Tuning

/// Bayesian optimisation: a Gaussian process says what to expect everywhere, and the point that
/// promises the greatest improvement is tried next.
///
/// The first trials fill the space: its centre, then points of a scrambled Sobol sequence. Trials
/// that are still running count with sixteen imagined outcomes each, drawn together from the model,
/// so that trials at the same time differ from each other. Failed trials count as bad ones, trials
/// that were stopped early by what the same stretch of training gained others. What a suggestion
/// was made of is in its decision; the next one starts from the kernel parameters there.
struct BayesianSearch: SearchStrategy {
    private let search: ImprovementSearch
    private let trialCountMax: Int?
    /// What tuning jobs of another data set or algorithm have found.
    private let parents: [ParentKnowledge]
    /// The best hyperparameters of each of them.
    private let parentBests: [Hyperparameters]
    /// Observations of tuning jobs of the same data and algorithm, which are as good as own ones.
    private let inheritedCount: Int
    private var visited: VisitedHyperparameters
    private var observations = ObservationSet()
    private var gains = TrainingGains()
    /// The points of the trials that are still running.
    private var running: [Trial.ID: [Double]] = [:]
    private var createdCount = 0
    private var eventCount = 0
    /// What the last model was fitted with.
    private var last: Surrogate.Settings?
    /// The model of all there is, for the suggestion and for judging convergence beside it.
    private var model = Deferred<Surrogate?>()

    /// Searches the space of a task.
    init(_ task: StrategyTask) {
        search = ImprovementSearch(task.space, seed: task.seed)
        trialCountMax = task.trialCountMax
        visited = VisitedHyperparameters(of: task.space, seed: task.seed)
        let comparable = task.priors.filter(\.isComparable)
        inheritedCount = comparable.count
        for trial in comparable {
            visited.insert(trial.hyperparameters)
            observations.insert(
                search.encoding.point(for: trial.hyperparameters), cost: trial.cost?.value)
        }
        let others = Dictionary(grouping: task.priors.filter { !$0.isComparable }, by: \.parent)
        let known = others.sorted { $0.key < $1.key }.compactMap { [encoding = search.encoding] in
            Self.knowledge(of: $0.value, encoding)
        }
        parents = known.map(\.all)
        parentBests = known.map(\.best)
    }

    /// What a parent has found, and its best hyperparameters.
    private static func knowledge(
        of trials: [PriorTrial], _ encoding: SpaceEncoding
    ) -> (all: ParentKnowledge, best: Hyperparameters)? {
        var observations = ObservationSet(activeMax: .max)
        for trial in trials {
            observations.insert(encoding.point(for: trial.hyperparameters), cost: trial.cost?.value)
        }
        let finite = trials.filter { $0.cost != nil }
        guard let all = ParentKnowledge(observations, domain: encoding.domain),
            let best = finite.min(by: { $0.cost?.value ?? 0 < $1.cost?.value ?? 0 })
        else { return nil }
        return (all, best.hyperparameters)
    }

    mutating func observe(_ event: TrialEvent) {
        eventCount += 1
        model = Deferred()
        switch event.change {
        case .created(let hyperparameters, let decision, _):
            createdCount += 1
            visited.insert(hyperparameters)
            running[event.trial] = search.encoding.point(for: hyperparameters)
            last = search.encoding.settings(from: decision) ?? last
        case .reported(let reports, _): gains.observe(reports, of: event.trial)
        case .finished(let outcome):
            guard let point = running.removeValue(forKey: event.trial) else { return }
            let cost = gains.finalCost(of: event.trial, outcome)
            observations.insert(point, cost: cost?.value)
        case .started, .entered, .stopRequested, .attemptFailed, .paused: break
        }
    }

    func suggestion(ordinal: Int, using random: inout SeededGenerator) -> Suggestion {
        if visited.isComplete { return .exhausted }
        guard createdCount + inheritedCount >= fillingCount, observations.finiteCount >= 2 else {
            return filling(ordinal, fallback: nil, &random)
        }
        guard let surrogate else { return filling(ordinal, fallback: "no model", &random) }
        let best = search.improving(
            surrogate, ordinal: ordinal, running: running, visited: visited, using: &random)
        guard let best else {
            return filling(ordinal, fallback: "every proposal was tried before", &random)
        }
        return .start(
            best.hyperparameters, .toTheEnd,
            Decision(
                rule: BayesianDetails.rule, eventCount: eventCount,
                details: search.encoding.json(best.details)))
    }

    func remainingImprovement() -> ConvergenceEstimate? {
        guard observations.finiteCount >= Self.judgedCountMin, running.isEmpty else { return nil }
        return surrogate?.remainingImprovement(in: search)
    }

    /// Observations before it is judged what can still be gained.
    private static let judgedCountMin = 10
}

// MARK: - Parts of a suggestion

extension BayesianSearch {
    /// How many trials come before a model is asked. Beside the best of each parent there are two
    /// that owe it nothing: without them a parent whose ranking does not hold here would not be
    /// found out. Once all are found out it is as if there had been none.
    private var fillingCount: Int {
        let few = parents.count + 2
        let hasParents = !parents.isEmpty && (createdCount < few || agreesWithParents)
        return hasParents ? few : search.fillingCount(of: trialCountMax)
    }

    /// Whether what was observed here agrees with any of the parents.
    private var agreesWithParents: Bool {
        let own = observations.active.map { observations.all[$0] }
        return !Surrogate.priors(of: parents, for: own, exponent: last?.exponent).isEmpty
    }

    private var surrogate: Surrogate? {
        model.value {
            Surrogate(
                observations.active.map { observations.all[$0] }, parents: parents,
                domain: search.encoding.domain, last: last, isThorough: isThorough)
        }
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

    /// The best of each parent, then what fills the space.
    private func filling(
        _ ordinal: Int, fallback: String?, _ random: inout SeededGenerator
    ) -> Suggestion {
        if let best = parentBests.first(where: { !visited.contains($0) }) {
            return .start(
                best, .toTheEnd, Decision(rule: "parent's best", eventCount: eventCount))
        }
        let next = search.filling(
            ordinal, isFirst: createdCount == 0, visited: visited, using: &random)
        guard let next else { return .exhausted }
        let details: JSONValue? = fallback.map { ["fallback": .string($0)] }
        return .start(
            next.hyperparameters, .toTheEnd,
            Decision(rule: next.rule, eventCount: eventCount, details: details))
    }
}
