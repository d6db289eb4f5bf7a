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

    /// Members whose use begins with later strategies; they are checked all the same.
    private static let counts = ["max_step", "min_resource", "max_resource"]

    /// Reads the line.
    init(_ json: JSONValue) throws(AskTellError) {
        space = try AskTellSpace(json["space"])
        plan = .fullTraining(try Self.method(json["strategy"], levels: space.levels))
        objective = Objective(try Self.direction(json["objective"]), Self.metric)
        seed = try Self.seed(json["seed"])
        budget = try Self.count("budget", in: json)
        parallel = try Self.count("parallel", in: json) ?? 1
        for name in Self.counts { _ = try Self.count(name, in: json) }
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

    private static func method(
        _ json: JSONValue?, levels: GridLevels
    ) throws(AskTellError) -> SearchMethod {
        switch json?.string {
        case "Random": return .random
        case "Sobol": return .quasiRandom
        case "Grid": return .grid(levels)
        case "Bayesian": return .bayesian
        case .some(let name) where name == "Hyperband":
            throw .unavailableStrategy(name)
        case .some(let name):
            throw .unknownStrategy(name)
        case nil:
            throw .member("strategy", expected: "Bayesian, Random, Sobol or Grid")
        }
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
