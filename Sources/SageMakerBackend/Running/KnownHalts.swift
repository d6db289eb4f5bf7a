import Synchronization
import Tuning

/// Why jobs were made to end, as far as this process has seen to it; the oldest are forgotten
/// first.
final class KnownHalts: Sendable {
    /// How many are remembered.
    static let countMax = 10_000

    private struct State {
        var halts: [String: Halt] = [:]
        var order: [String] = []
        var oldest = 0
    }

    private let state = Mutex(State())

    /// Why a job was made to end, by its name on the service; of one that was never launched, why
    /// not.
    subscript(name: String) -> Halt? { state.withLock { $0.halts[name] } }

    /// Remembers why a job is made to end; only the first reason counts.
    func insert(_ halt: Halt, for name: String) {
        state.withLock { state in
            guard state.halts[name] == nil else { return }
            state.halts[name] = halt
            if state.order.count < Self.countMax {
                state.order.append(name)
                return
            }
            state.halts[state.order[state.oldest]] = nil
            state.order[state.oldest] = name
            state.oldest = (state.oldest + 1) % state.order.count
        }
    }
}
