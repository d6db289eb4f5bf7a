import AWSClient
import Synchronization
import Tuning

/// Holds launches back while the account's limits leave no room.
///
/// Open, it lets everybody pass. Once a launch was refused for a limit, the others wait in line;
/// the first tries again after a wait that grows, or as soon as one of our jobs ends. When the line
/// is empty the gate is open again.
final class LaunchGate: Sendable {
    private static let backoff = Backoff(base: .seconds(15), limit: .seconds(300))

    private struct Waiter {
        let number: Int
        let wakeup: Wakeup
    }

    private struct State {
        var line: [Waiter] = []
        var refusalCount = 0
        /// Whether the first in line need not wait.
        var hasRoom = false
        var nextNumber = 0
        var random: SeededGenerator
    }

    private let clock: BackendClock
    private let state: Mutex<State>

    init(_ clock: BackendClock, seed: UInt64) {
        self.clock = clock
        state = Mutex(State(random: SeededGenerator(seed: seed)))
    }

    /// How many launches wait.
    var waiterCount: Int { state.withLock { $0.line.count } }

    /// A launch that wants to pass.
    struct Pass: Sendable {
        fileprivate let number: Int
        fileprivate let wakeup = Wakeup()
    }

    /// Makes a launch known.
    func pass() -> Pass {
        state.withLock { state in
            defer { state.nextNumber += 1 }
            return Pass(number: state.nextNumber)
        }
    }

    /// Whether a launch may be tried without waiting.
    var isOpen: Bool { state.withLock { $0.line.isEmpty } }

    /// Waits in line until a launch may be tried.
    ///
    /// - Throws: `CancellationError`; the pass then keeps its place until it is given back.
    func wait(_ pass: Pass) async throws {
        state.withLock { state in
            guard !state.line.contains(where: { $0.number == pass.number }) else { return }
            state.line.append(Waiter(number: pass.number, wakeup: pass.wakeup))
        }
        while true {
            try Task.checkCancellation()
            let delay: Duration? = state.withLock { state in
                guard state.line.first?.number == pass.number else { return nil }
                if state.hasRoom {
                    state.hasRoom = false
                    return .zero
                }
                return Self.backoff.delay(after: max(1, state.refusalCount), using: &state.random)
            }
            switch delay {
            case .zero?: return
            case let delay?: return try await pass.wakeup.wait(atMost: delay, clock)
            case nil: await pass.wakeup.wait()
            }
        }
    }

    /// Takes in that a launch was refused for a limit.
    func refuse(_ pass: Pass) {
        state.withLock { state in
            let isKnown = state.line.contains { $0.number == pass.number }
            // Launches that were under way together are refused together, and count once.
            if isKnown || state.line.isEmpty { state.refusalCount += 1 }
            state.hasRoom = false
            guard !isKnown else { return }
            state.line.append(Waiter(number: pass.number, wakeup: pass.wakeup))
        }
    }

    /// Takes in that a launch has succeeded, so that the next may well too, or that it will not be
    /// tried again.
    func giveBack(_ pass: Pass, hasSucceeded: Bool) {
        let next = state.withLock { state in
            let wasFirst = state.line.first?.number == pass.number
            state.line.removeAll { $0.number == pass.number }
            if hasSucceeded || state.line.isEmpty { state.refusalCount = 0 }
            guard wasFirst, !state.line.isEmpty else { return nil as Waiter? }
            state.hasRoom = hasSucceeded
            return state.line.first
        }
        next?.wakeup.call()
    }

    /// Takes in that one of our jobs has ended: there is room for another.
    func noteEnd() {
        let first = state.withLock { state in
            state.hasRoom = !state.line.isEmpty
            return state.line.first
        }
        first?.wakeup.call()
    }
}
