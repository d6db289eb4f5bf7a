import SageMakerAPI
import Tuning

/// Which requests go wrong, and how: a function of the seed, the operation and how many requests of
/// that operation came before.
///
///     {"seed": 1, "expiredCredentials": 100,
///      "all": {"throttled": 0.1, "delay": {"from": 0, "to": 2, "probability": 0.5}},
///      "CreateTrainingJob": {"lost": 1}}
///
/// What an operation's own rule does not name, the rule for all says.
package struct FaultPlan: Hashable, Sendable {
    /// Nothing goes wrong.
    package static let none = FaultPlan()

    /// How many requests a key is good for; `nil` for any number.
    let requestsPerKeyMax: Int?
    /// The plan as it was given.
    package let json: JSONValue
    private let seed: UInt64
    private let all: FaultRule
    private let operations: [SageMakerAPI.Operation: FaultRule]

    private init() {
        (requestsPerKeyMax, json, seed, all, operations) = (nil, [:], 0, FaultRule(), [:])
    }

    /// Reads a plan.
    ///
    /// - Parameter path: What the plan is called in the error.
    package init(_ json: JSONValue, at path: String = "faults") throws(FaultPlanError) {
        guard var members = json.object else { throw FaultPlanError(path, "must be an object") }
        self.json = json
        seed = try UInt64(Self.count(members.removeValue(forKey: "seed"), at: "\(path).seed") ?? 0)
        requestsPerKeyMax = try Self.count(
            members.removeValue(forKey: "expiredCredentials"), at: "\(path).expiredCredentials")
        let all = try FaultRule(
            members.removeValue(forKey: "all") ?? [:], over: FaultRule(), at: "\(path).all")
        var operations: [SageMakerAPI.Operation: FaultRule] = [:]
        for (name, value) in members.sorted(by: { $0.key < $1.key }) {
            guard let operation = SageMakerAPI.Operation(rawValue: name) else {
                throw FaultPlanError(
                    "\(path).\(name)",
                    "is no operation; there are seed, expiredCredentials, all and the operations "
                        + "of the API, such as CreateTrainingJob")
            }
            operations[operation] = try FaultRule(value, over: all, at: "\(path).\(name)")
        }
        (self.all, self.operations) = (all, operations)
    }

    private static func count(
        _ value: JSONValue?, at path: String
    ) throws(FaultPlanError) -> Int? {
        guard let value, value != .null else { return nil }
        guard let count = value.integer, count >= 0 else {
            throw FaultPlanError(path, "must be a whole number from 0 on")
        }
        return count
    }

    /// Whether nothing ever goes wrong.
    package var isEmpty: Bool {
        let nothing = FaultRule()
        return requestsPerKeyMax == nil && all == nothing
            && operations.values.allSatisfy { $0 == nothing }
    }
}

// MARK: - Drawing

extension FaultPlan {
    /// What goes wrong with one request.
    struct Draw: Hashable, Sendable {
        /// What it is refused for; `nil` when it is performed.
        var refusal: Fault?
        /// Whether it is performed twice.
        var isDuplicated = false
        /// Whether it gets no answer.
        var isLost = false
        /// How long the answer is held back.
        var delay: Duration?
    }

    /// What goes wrong with a request.
    ///
    /// Every fault has a number of its own drawn for it, so that adding one to a plan changes
    /// nothing of when the others happen.
    ///
    /// - Parameters:
    ///   - operation: `nil` for one that is not known.
    ///   - ordinal: How many requests of the operation came before.
    func draw(for operation: SageMakerAPI.Operation?, ordinal: Int) -> Draw {
        let rule = operation.flatMap { operations[$0] } ?? all
        let name = operation?.rawValue ?? ""
        var random = SeededGenerator(seed: seed ^ name.stableHash, ordinal: ordinal)
        var happening: Set<Fault> = []
        for fault in FaultRule.chances where random.nextUnit() < rule.probabilities[fault] ?? 0 {
            happening.insert(fault)
        }
        let isDelayed = random.nextUnit() < rule.delay?.probability ?? 0
        let share = random.nextUnit()
        var draw = Draw()
        draw.refusal = [.throttled, .unavailable, .failed].first(where: happening.contains)
        draw.isDuplicated = draw.refusal == nil && happening.contains(.duplicated)
        draw.isLost = draw.refusal == nil && happening.contains(.lost)
        if isDelayed, let delay = rule.delay {
            draw.delay = .seconds(
                delay.secondsMin + share * (delay.secondsMax - delay.secondsMin))
        }
        return draw
    }
}

extension FaultPlan.Draw {
    /// The faults that happen.
    var faults: [Fault] {
        [
            refusal, isDuplicated ? .duplicated : nil, isLost ? .lost : nil,
            delay == nil ? nil : .delayed,
        ].compactMap { $0 }
    }
}
