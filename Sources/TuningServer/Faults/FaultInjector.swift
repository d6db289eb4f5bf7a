import SageMakerAPI
import Synchronization
import Tuning

/// Decides which requests of a running service go wrong, and counts them.
package final class FaultInjector: Sendable {
    private struct State {
        var plan: FaultPlan
        /// Requests by the names of their operations.
        var requestCounts: [String: Int] = [:]
        var faultCounts: [String: [Fault: Int]] = [:]
        var requestsByKey: [String: Int] = [:]
    }

    /// How many keys are counted; at more, all are counted anew.
    private static let keyCountMax = 10_000

    /// What requests of no known operation are counted under.
    private static let unknownOperation = "unknown"

    private let state: Mutex<State>

    /// Takes a plan.
    package init(_ plan: FaultPlan = .none) {
        state = Mutex(State(plan: plan))
    }

    /// Begins with another plan; all counts start at nothing.
    func replacePlan(with plan: FaultPlan) {
        state.withLock { $0 = State(plan: plan) }
    }

    /// Decides what goes wrong with a request, and counts it.
    ///
    /// - Parameters:
    ///   - operation: `nil` for one that is not known.
    ///   - key: The credentials it came with; `nil` when it came without any.
    func decide(for operation: SageMakerAPI.Operation?, key: String?) -> FaultPlan.Draw {
        state.withLock { state in
            let name = operation?.rawValue ?? Self.unknownOperation
            let ordinal = state.requestCounts[name, default: 0]
            state.requestCounts[name] = ordinal + 1
            var draw = state.plan.draw(for: operation, ordinal: ordinal)
            if let key, let limit = state.plan.requestsPerKeyMax {
                if state.requestsByKey.count >= Self.keyCountMax { state.requestsByKey = [:] }
                state.requestsByKey[key, default: 0] += 1
                if state.requestsByKey[key, default: 0] > limit {
                    draw = FaultPlan.Draw(refusal: .expired, delay: draw.delay)
                }
            }
            for fault in draw.faults {
                state.faultCounts[name, default: [:]][fault, default: 0] += 1
            }
            return draw
        }
    }

    /// The plan, and how many requests there were and what went wrong with them, by operations.
    var report: JSONValue {
        state.withLock { state in
            [
                "faults": state.plan.json,
                "requests": .object(state.requestCounts.mapValues { .integer($0) }),
                "injected": .object(
                    state.faultCounts.mapValues { counts in
                        .object(
                            Dictionary(
                                uniqueKeysWithValues: counts.map { fault, count in
                                    (fault.rawValue, .integer(count))
                                }))
                    }),
            ]
        }
    }
}
