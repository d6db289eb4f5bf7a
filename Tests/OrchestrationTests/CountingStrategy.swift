import Tuning

/// Suggests x = 1, 2, 3 ... up to a capacity, and stops trials whose cost is above a bound.
struct CountingStrategy: SearchStrategy {
    var capacity = Int.max
    var costMax = Double.infinity
    private(set) var createdCount = 0
    private var lastCosts: [Trial.ID: Double] = [:]

    private let estimate: ConvergenceEstimate?

    init(
        capacity: Int = .max, costMax: Double = .infinity, estimate: ConvergenceEstimate? = nil
    ) {
        self.capacity = capacity
        self.costMax = costMax
        self.estimate = estimate
    }

    static let space: SearchSpace = {
        guard
            let parameter = try? Parameter.integer(
                "x", min: "1", max: "1000000", scaling: .linear),
            let space = try? SearchSpace([parameter])
        else { preconditionFailure("the space is legal") }
        return space
    }()

    mutating func observe(_ event: TrialEvent) {
        switch event.change {
        case .created: createdCount += 1
        case .reported(let reports, _):
            lastCosts[event.trial] = reports.last { $0.isObjective }?.cost?.value
        default: break
        }
    }

    func verdict(on trial: Trial.ID) -> Verdict {
        (lastCosts[trial] ?? 0) > costMax ? .stop : .proceed
    }

    func remainingImprovement() -> ConvergenceEstimate? { estimate }

    func suggestion(ordinal: Int, using random: inout SeededGenerator) throws -> Suggestion {
        guard createdCount < capacity else { return .exhausted }
        let values = try Self.space.hyperparameters(["x": "\(createdCount + 1)"])
        return .start(values, .toTheEnd, Decision(rule: "counting"))
    }
}

extension TuningJobSpecification {
    /// A tuning job for the tests.
    static func testing(
        name: String = "test", total: Int? = 5, parallel: Int = 2, retries: Int = 0,
        definitions: Int = 1,
        runtimeMax: Duration? = nil, criteria: CompletionCriteria? = nil,
        plan: TuningPlan = .fullTraining(.random)
    ) -> TuningJobSpecification {
        TuningJobSpecification(
            name: name,
            definitions: (0..<definitions).map { index in
                TrainingJobDefinition(
                    name: "d\(index)", searchSpace: CountingStrategy.space,
                    objective: Objective(.minimize, "loss"), image: "test",
                    metrics: [MetricDefinition(name: "loss", regex: "loss=(.*)")],
                    retryCountMax: retries)
            },
            plan: plan,
            limits: ResourceLimits(
                trainingJobCountMax: total, parallelCountMax: parallel, runtimeMax: runtimeMax),
            criteria: criteria,
            seed: 7)
    }
}
