import Tuning

/// Asynchronous successive halving over brackets.
///
/// At each rung of its bracket a trial is compared with those that were there before. The best
/// `1/η` go on at once. The others are stopped, or, where trials can be resumed, paused; a paused
/// trial goes on when it is among the best `1/η` after all, and the most trained comes first. So
/// nothing ever waits for a straggler. Without resumption the best so far always goes on, however
/// few have come.
///
/// A new trial starts in the bracket with the most rungs whose order of trials can be trusted, so
/// that trials get more time where early results mislead (`RungAgreement`). The very first trial is
/// trained to the end: something to compare with, and a result in any case.
struct Hyperband: SearchStrategy {
    private let plan: HyperbandPlan
    private let ladder: RungLadder
    private var source: any ConfigurationSource
    /// The rungs of each bracket.
    private var brackets: [[Rung]]
    private var agreement: RungAgreement
    /// The trials that are not over.
    private var trials: [Trial.ID: HyperbandTrial] = [:]
    private var createdCount = 0
    private var eventCount = 0

    /// Carries out a plan.
    init(_ plan: HyperbandPlan, source: some ConfigurationSource) {
        self.plan = plan
        self.source = source
        ladder = RungLadder(plan)
        let ladder = ladder
        brackets = (0..<ladder.bracketCount).map { ladder.rungs(ofBracket: $0).map(Rung.init) }
        agreement = RungAgreement(rungCount: ladder.rungs.count)
    }

    func verdict(on trial: Trial.ID) -> Verdict { trials[trial]?.verdict ?? .proceed }

    func explanation(ofVerdictOn trial: Trial.ID) -> VerdictExplanation? {
        trials[trial]?.explanation
    }

    func suggestion(ordinal: Int, using random: inout SeededGenerator) throws -> Suggestion {
        if let trial = promotable { return .resume(trial, .toTheEnd) }
        let trusted = (ladder.rungs + [ladder.top])[agreement.bracket]
        let next = try source.configuration(ordinal: ordinal, trusted: trusted, using: &random)
        guard let next else {
            let mayResume = plan.pausesTrials && trials.values.contains { $0.bracket != nil }
            return mayResume ? .wait : .exhausted
        }
        let isYardstick = createdCount == 0
        var details = next.details
        let bracket = isYardstick ? 0 : agreement.bracket
        details["bracket"] = .integer(bracket)
        if isYardstick { details["yardstick"] = true }
        return .start(
            next.hyperparameters, .toTheEnd,
            Decision(rule: next.rule, eventCount: eventCount, details: .object(details)))
    }

    /// The paused trial that goes on next: of the highest rung that has one good enough, the best.
    private var promotable: Trial.ID? {
        for rung in brackets.joined().sorted(by: { $1.resource < $0.resource }) {
            if let best = rung.paused.first, rung.isGoodEnough(best.cost, places) {
                return best.trial
            }
        }
        return nil
    }

    private var places: Rung.Places {
        Rung.Places(reductionFactor: plan.reductionFactor, least: plan.pausesTrials ? 0 : 1)
    }
}

// MARK: - Observing

extension Hyperband {
    mutating func observe(_ event: TrialEvent) {
        eventCount += 1
        let id = event.trial
        switch event.change {
        case .created(let hyperparameters, let decision, _):
            createdCount += 1
            source.begin(id, hyperparameters, decision)
            trials[id] = HyperbandTrial(
                bracket: decision.details?["bracket"]?.integer.flatMap {
                    brackets.indices.contains($0) ? $0 : nil
                },
                isYardstick: decision.details?["yardstick"]?.bool ?? false)
        case .started: start(id)
        case .reported(let reports, _):
            guard var trial = trials[id] else { return }
            for report in reports where report.isObjective { take(report, of: id, &trial) }
            trials[id] = trial
        case .paused: pause(id)
        case .finished(let outcome): finish(id, outcome)
        case .entered, .stopRequested, .attemptFailed: break
        }
    }

    private mutating func start(_ id: Trial.ID) {
        guard var trial = trials[id] else { return }
        if trial.isPaused, let bracket = trial.bracket {
            brackets[bracket][trial.passedCount].remove(id)
            pass(&trial, in: bracket)
        }
        trial.isPaused = false
        trial.verdict = .proceed
        trial.explanation = nil
        trials[id] = trial
    }

    private mutating func pause(_ id: Trial.ID) {
        guard var trial = trials[id], let bracket = trial.bracket,
            trial.passedCount < trial.recordedCount
        else { return }
        trial.isPaused = true
        trials[id] = trial
        brackets[bracket][trial.passedCount].pause(
            Rung.Candidate(trial: id, cost: trial.rungCost?.value ?? .infinity))
    }

    private mutating func finish(_ id: Trial.ID, _ outcome: Trial.Outcome) {
        guard let trial = trials.removeValue(forKey: id) else { return }
        if trial.isPaused, let bracket = trial.bracket {
            brackets[bracket][trial.passedCount].remove(id)
        }
        if case .failed = outcome {
            source.observe(id, at: trial.last?.resource ?? Resource(0), nil)
        } else if let last = trial.last {
            source.observe(id, at: last.resource, last.cost)
        }
        source.end(id)
    }

    /// Takes in a report; what it says holds until the next.
    private mutating func take(
        _ report: MetricReport, of id: Trial.ID, _ trial: inout HyperbandTrial
    ) {
        // A trial that was told to halt reports what it already had; that changes nothing.
        guard trial.verdict == .proceed, report.resource > trial.last?.resource ?? Resource(0)
        else { return }
        trial.last = (report.resource, report.cost)
        compare(&trial, report)
        guard let bracket = trial.bracket else { return }
        while trial.verdict == .proceed, trial.passedCount < brackets[bracket].count,
            report.resource >= brackets[bracket][trial.passedCount].resource
        {
            record(report, of: id, &trial, in: bracket)
            decide(on: &trial, report, in: bracket)
        }
        if trial.verdict == .proceed, report.resource >= ladder.top { end(&trial, report) }
    }

    /// Notes the cost at the next rung, once.
    private mutating func record(
        _ report: MetricReport, of id: Trial.ID, _ trial: inout HyperbandTrial, in bracket: Int
    ) {
        guard trial.recordedCount == trial.passedCount else { return }
        brackets[bracket][trial.passedCount].insert(report.cost)
        trial.recordedCount += 1
        trial.rungCost = report.cost
        source.observe(id, at: report.resource, report.cost)
    }

    /// Learns how well the last rung has foretold the cost at the next, or at the end. Trials that
    /// are not compared at a rung tell most about it: they go on whatever they cost there.
    private mutating func compare(_ trial: inout HyperbandTrial, _ report: MetricReport) {
        let resources = ladder.rungs + [ladder.top]
        while trial.reachedCount < resources.count,
            report.resource >= resources[trial.reachedCount]
        {
            if trial.reachedCount > 0, let lower = trial.reachedCost, let upper = report.cost {
                agreement.insert(lower: lower, upper: upper, rung: trial.reachedCount - 1)
            }
            trial.reachedCost = report.cost
            trial.reachedCount += 1
        }
    }

    private mutating func decide(
        on trial: inout HyperbandTrial, _ report: MetricReport, in bracket: Int
    ) {
        let rung = brackets[bracket][trial.passedCount]
        let cost = trial.rungCost
        if trial.isYardstick || rung.isGoodEnough(cost?.value ?? .infinity, places) {
            pass(&trial, in: bracket)
            return
        }
        trial.verdict = plan.pausesTrials ? .pause : .stop
        trial.explanation = VerdictExplanation(
            rule: "Hyperband rule", resource: report.resource, cost: cost,
            bound: cost == nil ? nil : rung.bound(places),
            boundMeaning: cost == nil
                ? "when the objective was not finite"
                : "the last of the best 1/\(plan.reductionFactor) of \(rung.costs.count) training "
                    + "jobs at \(rung.resource.units)")
    }

    /// Lets a trial go on from the rung it is at.
    private mutating func pass(_ trial: inout HyperbandTrial, in bracket: Int) {
        if let cost = trial.rungCost { brackets[bracket][trial.passedCount].pass(cost) }
        trial.passedCount += 1
    }

    private mutating func end(_ trial: inout HyperbandTrial, _ report: MetricReport) {
        guard !plan.endsByItself else { return }
        trial.verdict = .stop
        trial.explanation = VerdictExplanation(
            rule: "Hyperband rule", resource: report.resource, cost: report.cost, bound: nil,
            boundMeaning: "which is MaxResource")
    }
}
