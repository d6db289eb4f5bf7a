import Foundation
import Synchronization
import Tuning

/// Runs training jobs that are only simulated: a test function of the hyperparameters, approached
/// over epochs, on real or virtual time. `mock:` images say which and how (`SimulatedTraining`),
/// and rules which of them stands for what has another image (`SimulationRules`).
///
/// Every epoch ends with a report. The objective's metric, or else the first that is defined, or
/// else `objective`, has the function's value, whichever way is better; other metrics that are
/// defined have learning curves of their own.
///
/// Attempts are functions of their IDs. Attaching to one goes on behind its mark with the same
/// numbers, in another process too; while nobody is attached, its time stands still. The end of an
/// attempt that was stopped is remembered by this value alone, for the last
/// `rememberedEndCountMax`.
public final class SimulatedBackend: TrainingBackend {
    /// How many ends of stopped attempts are remembered.
    public static let rememberedEndCountMax = 10_000

    /// How many attempts may run at once.
    public let slotCount: Int
    /// Which simulation stands for which training job.
    public let rules: SimulationRules
    private let end: Simulation
    private let stoppedEnds = Mutex(RememberedEnds())

    /// Simulates an attempt to its end, on whichever clock.
    private typealias Simulation =
        @Sendable (Attempt, SimulatedTraining, AttemptSession) async throws -> Attempt.End

    private init(slotCount: Int, rules: SimulationRules, end: @escaping Simulation) {
        precondition(slotCount >= 1, "\(slotCount) slots")
        self.slotCount = slotCount
        self.rules = rules
        self.end = end
    }

    /// Simulates on a clock.
    ///
    /// - Parameters:
    ///   - slotCount: How many attempts may run at once, at least one.
    ///   - rules: Which simulation stands for which training job.
    ///   - clock: What training takes its time on.
    ///   - date: What samples are dated with.
    public convenience init(
        slotCount: Int = 1000, rules: SimulationRules = SimulationRules(),
        clock: some Clock<Duration> = ContinuousClock(),
        date: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.init(slotCount: slotCount, rules: rules) {
            attempt, training, session in
            try await SimulatedRun(attempt, training, session, clock, date).end()
        }
    }

    /// Simulates on virtual time, as a participant for every attempt.
    public convenience init(
        slotCount: Int = 1000, rules: SimulationRules = SimulationRules(),
        virtualClock clock: VirtualClock
    ) {
        self.init(slotCount: slotCount, rules: rules) {
            attempt, training, session in
            let run = SimulatedRun(attempt, training, session, clock) { clock.date }
            return try await clock.participate { try await run.end() }
        }
    }

    /// Whether an image asks for simulation.
    public static func accepts(image: String) -> Bool {
        image.hasPrefix(SimulatedTraining.scheme)
    }

    /// What is wrong with an image that asks for simulation, in words for the client; `nil` when it
    /// can be simulated.
    public static func problem(withImage image: String) -> String? {
        do throws(SimulatedImageError) {
            _ = try SimulatedTraining(image: image)
            return nil
        } catch {
            return error.description
        }
    }

    /// Runs an attempt to its end.
    public func run(_ attempt: Attempt, in session: AttemptSession) async throws -> Attempt.End {
        if let end = stoppedEnds.withLock({ $0[attempt.id] }) { return end }
        let training: SimulatedTraining
        do throws(SimulatedImageError) {
            training = try rules.training(for: attempt.definition)
        } catch {
            return .failed(TrainingFailure(.algorithm, error.description))
        }
        let end = try await end(attempt, training, session)
        if case .stopped = end { stoppedEnds.withLock { $0.insert(end, of: attempt.id) } }
        return end
    }
}

/// The ends of stopped attempts; the oldest are forgotten first.
private struct RememberedEnds {
    private var ends: [Attempt.ID: Attempt.End] = [:]
    private var order: [Attempt.ID] = []
    private var oldest = 0

    subscript(id: Attempt.ID) -> Attempt.End? { ends[id] }

    mutating func insert(_ end: Attempt.End, of id: Attempt.ID) {
        guard ends.updateValue(end, forKey: id) == nil else { return }
        if order.count < SimulatedBackend.rememberedEndCountMax {
            order.append(id)
            return
        }
        ends[order[oldest]] = nil
        order[oldest] = id
        oldest = (oldest + 1) % order.count
    }
}
