import Foundation
import Synchronization
import Tuning

/// A backend whose attempts do what a test says, and that keeps what it was asked to do.
///
/// It outlives orchestrators, as processes outlive a daemon: an attempt that is launched again
/// under the same ID is attached to.
final class ScriptedBackend: TrainingBackend {
    /// What an attempt does: it gets its number of launches and its session.
    typealias Script = @Sendable (Attempt, AttemptSession) async throws -> Attempt.End

    private struct State {
        var launches: [Attempt.ID: Int] = [:]
        var runningCount = 0
        var runningCountMax = 0
    }

    let slotCount: Int
    private let script: Script
    private let state = Mutex(State())

    init(slotCount: Int = 4, script: @escaping Script) {
        self.slotCount = slotCount
        self.script = script
    }

    /// Reports one value and completes.
    static func instant(slotCount: Int = 4) -> ScriptedBackend {
        ScriptedBackend(slotCount: slotCount) { attempt, session in
            let value = attempt.hyperparameters["x"].flatMap(Double.init) ?? 0
            _ = try await session.report(.entered(.training, at: Date(), message: nil))
            _ = try await session.report(
                .measured(
                    [MetricSample(time: Date(), values: ["loss": value])], ReportMark("1")))
            return .completed
        }
    }

    /// Runs until it is stopped or detached from.
    static func endless(slotCount: Int = 4) -> ScriptedBackend {
        ScriptedBackend(slotCount: slotCount) { _, session in
            _ = try await session.report(.entered(.training, at: Date(), message: nil))
            guard let reason = await session.stop.wait() else { throw CancellationError() }
            return .stopped(reason)
        }
    }

    /// How often each attempt was launched or attached to.
    var launches: [Attempt.ID: Int] { state.withLock { $0.launches } }
    /// The most attempts that ran at the same time.
    var runningCountMax: Int { state.withLock { $0.runningCountMax } }
    /// Attempts that run now.
    var runningCount: Int { state.withLock { $0.runningCount } }

    func run(_ attempt: Attempt, in session: AttemptSession) async throws -> Attempt.End {
        state.withLock { state in
            state.launches[attempt.id, default: 0] += 1
            state.runningCount += 1
            state.runningCountMax = max(state.runningCountMax, state.runningCount)
        }
        defer { state.withLock { $0.runningCount -= 1 } }
        return try await script(attempt, session)
    }
}
