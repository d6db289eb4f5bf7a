import Foundation
import GaussianProcesses
import Tuning

nonisolated(unsafe) let knobs: [String: Double] = {
    var k: [String: Double] = [:]
    for part in (ProcessInfo.processInfo.environment["KNOBS"] ?? "").split(separator: ",") {
        let kv = part.split(separator: "=")
        k[String(kv[0])] = Double(kv[1])
    }
    return k
}()
func knob(_ name: String, _ value: Double) -> Double { knobs[name] ?? value }

/// Bayesian optimisation by a Gaussian process.
struct BayesianSearch: SearchStrategy {
    private let encoding: SpaceEncoding
    private let seed: UInt64
    private let sequence: SobolSequence
    private let budget: Int?
    private var visited: VisitedHyperparameters
    private var eventCount = 0
    private var createdCount = 0
    private var running: [Trial.ID: [Double]] = [:]
    private var latest: [Trial.ID: Cost] = [:]
    private var points: [[Double]] = []
    private var costs: [Double?] = []
    private var lastParameters: KernelParameters?

    init(space: SearchSpace, seed: UInt64, budget: Int? = nil) {
        encoding = SpaceEncoding(space)
        self.seed = seed
        self.budget = budget
        var random = SeededGenerator(seed: seed)
        sequence = SobolSequence(
            dimension: min(encoding.domain.dimensions.count, SobolSequence.dimensionMax),
            scrambledBy: &random)
        visited = VisitedHyperparameters(of: space, seed: seed)
    }

    mutating func observe(_ event: TrialEvent) {
        eventCount += 1
        switch event.change {
        case .created(let hyperparameters, let decision, _):
            visited.insert(hyperparameters)
            createdCount += 1
            running[event.trial] = encoding.point(for: hyperparameters)
            if let kernel = decision.details?["kernel"]?.array {
                let numbers = kernel.compactMap { $0.number }
                if numbers.count == encoding.domain.dimensions.count + 2 {
                    lastParameters = KernelParameters(
                        logLengthScales: Array(numbers.dropLast(2)),
                        logVariance: numbers[numbers.count - 2],
                        logNoise: numbers[numbers.count - 1])
                }
            }
        case .reported(let reports, _):
            if let cost = reports.last(where: { $0.cost != nil })?.cost {
                latest[event.trial] = cost
            }
        case .finished(let outcome):
            guard let point = running.removeValue(forKey: event.trial) else { return }
            latest[event.trial] = nil
            points.append(point)
            costs.append(outcome.cost?.value)
        default: break
        }
    }

    private var initialCount: Int {
        let dimension = encoding.domain.dimensions.count
        return max(2, Int(knob("init", 3) + knob("initD", 0.5) * Double(dimension)))
    }

    func suggestion(ordinal: Int, using random: inout SeededGenerator) throws -> Suggestion {
        if visited.isComplete { return .exhausted }
        let finite = costs.compactMap { $0 }
        if createdCount < initialCount || finite.count < 2 {
            return initial(ordinal, &random)
        }
        return modelled(ordinal, &random)
    }

    private func initial(_ ordinal: Int, _ random: inout SeededGenerator) -> Suggestion {
        let domain = encoding.domain
        for attempt in 0..<256 {
            var unit: [Double]
            if ordinal == 0, attempt == 0, knob("centre", 1) > 0 {
                unit = domain.dimensions.map { _ in 0.5 }
            } else {
                unit = sequence[ordinal + attempt * 7919]
                while unit.count < domain.dimensions.count { unit.append(random.nextUnit()) }
            }
            let h = encoding.hyperparameters(at: domain.point(atUnit: unit))
            if !visited.contains(h) {
                return .start(h, .toTheEnd, Decision(rule: "initial", eventCount: eventCount))
            }
        }
        guard let h = visited.remaining else { return .exhausted }
        return .start(h, .toTheEnd, Decision(rule: "initial", eventCount: eventCount))
    }

    private func modelled(_ ordinal: Int, _ random: inout SeededGenerator) -> Suggestion {
        let domain = encoding.domain
        let finite = costs.compactMap { $0 }
        let warped = CostWarp.warped(finite, mode: Int(knob("warp", 1)))
        let worst = warped.max() ?? 0
        let range = worst - (warped.min() ?? 0)
        var data = TrainingData(
            numericCount: domain.numericCount, categoricalCount: domain.categoricalCount,
            capacity: points.count)
        var index = 0
        for (point, cost) in zip(points, costs) {
            if cost != nil {
                data.append(point, cost: warped[index])
                index += 1
            } else {
                data.append(point, cost: worst + 0.25 * range)
            }
        }
        let prior = HyperparameterPrior(dimension: domain.dimensions.count)
        var starts = [prior.mode]
        if let lastParameters { starts.insert(lastParameters, at: 0) }
        let fit = GaussianProcess.fit(
            data, prior: prior, starts: starts, iterationMax: Int(knob("fit", 50)))
        guard var model = try? GaussianProcess(data, fit.parameters) else {
            return initial(ordinal, &random)
        }
        let pending = running.keys.sorted().compactMap { running[$0] }
        let observed = model.beliefs(at: data.points)
        let isNoisy = fit.parameters.noise > knob("noisy", 0.05) * fit.parameters.variance
        var incumbent = isNoisy
            ? observed.means.elements.min() ?? 0 : data.costs.min() ?? 0
        incumbent -= knob("xi", 0)
        if !pending.isEmpty {
            let scenarios = (0..<16).map { _ in pending.map { _ in gaussian(&random) } }
            try? model.condition(onPending: pending, scenarios: scenarios)
        }
        let incumbents =
            model.scenarioCount == 1
            ? [incumbent] : model.pendingCosts().map { min(incumbent, $0.min() ?? incumbent) }
        let acquisition = LogExpectedImprovement([(model, incumbents)])
        let order = data.costs.indices.sorted {
            let v = isNoisy ? observed.means.elements : data.costs
            return v[$0] < v[$1]
        }
        let best = order.prefix(5).map { data.points[$0] }
        var candidates = PointSet(
            numericCount: domain.numericCount, categoricalCount: domain.categoricalCount,
            capacity: 2048)
        let dimension = domain.dimensions.count
        let offset = 1 + ordinal * 1024
        for k in 0..<Int(knob("cands", 1024)) {
            var unit = sequence[offset + k]
            while unit.count < dimension { unit.append(random.nextUnit()) }
            candidates.append(domain.point(atUnit: unit))
        }
        let scales = fit.parameters.logLengthScales.prefix(domain.numericCount).map {
            max(1e-3, exp($0))
        }
        for centre in best {
            for k in 0..<Int(knob("local", 64)) {
                var point = centre
                let width = [0.5, 0.1, 0.03, 0.01][k % 4]
                let chance = max(0.2, min(1, 3 / Double(dimension)))
                for d in 0..<dimension where random.nextUnit() < chance {
                    switch domain.dimensions[d] {
                    case .categorical(let count):
                        point[d] = Double(Int(random.nextUnit() * Double(count)))
                    default:
                        point[d] += gaussian(&random) * width * min(1, scales[d])
                    }
                }
                candidates.append(domain.snapped(point))
            }
        }
        var maximizer = AcquisitionMaximizer(domain)
        maximizer.startCount = Int(knob("starts", 6))
        let proposals = maximizer.proposals(
            for: acquisition, candidates: candidates, lengthScales: scales)
        for proposal in proposals {
            let h = encoding.hyperparameters(at: proposal.point)
            if !visited.contains(h) {
                let belief = model.posterior(at: proposal.point)
                let details: JSONValue = [
                    "kernel": .array(fit.parameters.vectorForDetails.map { .number($0) }),
                    "mean": .number(belief.mean), "deviation": .number(belief.standardDeviation),
                    "acquisition": .number(proposal.value),
                ]
                return .start(
                    h, .toTheEnd,
                    Decision(rule: "bayesian", eventCount: eventCount, details: details))
            }
        }
        return initial(ordinal, &random)
    }

    private func gaussian(_ random: inout SeededGenerator) -> Double {
        let u = max(random.nextUnit(), 1e-300), v = random.nextUnit()
        return (-2 * log(u)).squareRoot() * cos(2 * Double.pi * v)
    }
}

extension KernelParameters {
    var vectorForDetails: [Double] { logLengthScales + [logVariance, logNoise] }
}
