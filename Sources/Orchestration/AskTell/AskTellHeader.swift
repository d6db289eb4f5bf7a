import Tuning

/// The first line of the ask-and-tell protocol: what to search, and how.
struct AskTellHeader: Sendable {
    let space: AskTellSpace
    let plan: TuningPlan
    let objective: Objective
    let seed: UInt64
    /// How many configurations will be asked for; `nil` where the client does not say.
    let budget: Int?
    /// How many configurations will be pending at once.
    let parallel: Int

    /// The metric that a told value belongs to; the protocol has one and does not name it.
    static let metric: MetricName = "value"

    /// Reads the line.
    init(_ json: JSONValue) throws(AskTellError) {
        space = try AskTellSpace(json["space"])
        plan = try Self.plan(json, levels: space.levels)
        objective = Objective(try Self.direction(json["objective"]), Self.metric)
        seed = try Self.seed(json["seed"])
        budget = try Self.count("budget", in: json)
        parallel = try Self.count("parallel", in: json) ?? 1
    }

    /// What the strategy is made for.
    var task: StrategyTask {
        StrategyTask(
            plan: plan, space: space.space, seed: seed, trialCountMax: budget,
            parallelCountMax: parallel)
    }

    private static func count(_ name: String, in json: JSONValue) throws(AskTellError) -> Int? {
        guard let count = json[name] else { return nil }
        guard let integer = count.integer, integer >= 1 else {
            throw .member(name, expected: "a whole number from 1")
        }
        return integer
    }

    private static func plan(
        _ json: JSONValue, levels: GridLevels
    ) throws(AskTellError) -> TuningPlan {
        let hyperband = try hyperband(json)
        switch json["strategy"]?.string {
        case "Random": return .fullTraining(.random)
        case "Sobol": return .fullTraining(.quasiRandom)
        case "Grid": return .fullTraining(.grid(levels))
        case "Bayesian": return .fullTraining(.bayesian)
        case "Hyperband":
            guard let hyperband else {
                throw .member("max_step", expected: "the last step of a full training")
            }
            return .hyperband(hyperband)
        case .some(let name):
            throw .unknownStrategy(name)
        case nil:
            throw .member("strategy", expected: "Bayesian, Hyperband, Random, Sobol or Grid")
        }
    }

    /// What the header says of resources, checked for every strategy; `nil` where it says nothing.
    private static func hyperband(_ json: JSONValue) throws(AskTellError) -> HyperbandPlan? {
        let maxStep = try count("max_step", in: json)
        let most = try count("max_resource", in: json) ?? maxStep
        let least = try count("min_resource", in: json) ?? 1
        guard let most else { return nil }
        guard most <= HyperbandPlan.resourceLimit.units else {
            throw .member(
                "max_resource",
                expected: "at most \(HyperbandPlan.resourceLimit.units)")
        }
        guard least <= most else {
            throw .member("min_resource", expected: "at most \(most), the greatest resource")
        }
        let pausesTrials: Bool
        switch json["checkpoints"] {
        case nil, .bool(true): pausesTrials = true
        case .bool(false): pausesTrials = false
        default: throw .member("checkpoints", expected: "true or false")
        }
        return HyperbandPlan(
            resourceMin: Resource(least), resourceMax: Resource(most), pausesTrials: pausesTrials,
            endsByItself: maxStep.map { $0 <= most } ?? false)
    }

    private static func direction(
        _ json: JSONValue?
    ) throws(AskTellError) -> Objective.Direction {
        guard let json else { return .minimize }
        guard let direction = json.string.flatMap(Objective.Direction.init) else {
            throw .member("objective", expected: "Minimize or Maximize")
        }
        return direction
    }

    private static func seed(_ json: JSONValue?) throws(AskTellError) -> UInt64 {
        guard let json else { return 0 }
        guard let seed = json.integer.flatMap({ UInt64(exactly: $0) }) else {
            throw .member("seed", expected: "a whole number from 0")
        }
        return seed
    }
}
