import AWSClient
import Foundation
import Logging
import Orchestration
import ServiceExperiments
import Strategies
import Tuning
import TuningServer
import TuningTesting

/// Trains at once: the value of a program is `|x - 0.3| + n`; one named `fails` fails, and one
/// named `holds` waits for its stop.
struct InstantPrograms: TrainingBackend {
    let slotCount = 4

    func run(_ attempt: Attempt, in session: AttemptSession) async throws -> Attempt.End {
        _ = try await session.report(.entered(.training, at: Date(), message: nil))
        if attempt.definition.image == "exec:fails" {
            return .failed(TrainingFailure(.algorithm, "the data is missing"))
        }
        let x = attempt.hyperparameters["x"].flatMap(Double.init) ?? 0
        let n = attempt.hyperparameters["n"].flatMap(Double.init) ?? 0
        let sample = MetricSample(time: Date(), values: ["loss": abs(x - 0.3) + n])
        _ = try await session.report(.measured([sample], ReportMark("1")))
        guard attempt.definition.image == "exec:holds" else { return .completed }
        guard let reason = await session.stop.wait() else { throw CancellationError() }
        return .stopped(reason)
    }
}

/// A service that listens on this machine as long as a body works with it.
enum LiveService {
    static func run(
        _ body: @escaping @Sendable (TuningService) async throws -> Void
    ) async throws {
        try await runAtAddress { try await body(TuningService(endpoint: URL(string: $0))) }
    }

    static func runAtAddress(
        _ body: @escaping @Sendable (String) async throws -> Void
    ) async throws {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let orchestrator = Orchestrator(
            store: InMemoryTuningStore(), routes: BackendRoutes(InstantPrograms()),
            strategies: { try $0.strategy() }, logger: logger)
        let dispatcher = OperationDispatcher(orchestrator: orchestrator, logger: logger)
        var configuration = TunerServer.Configuration()
        configuration.port = 0
        let (ports, listening) = AsyncStream.makeStream(of: Int.self)
        let server = try TunerServer(
            dispatcher, configuration: configuration, logger: logger
        ) { listening.yield($0) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await orchestrator.run() }
            group.addTask { try await server.run() }
            var iterator = ports.makeAsyncIterator()
            let port = await iterator.next() ?? 0
            try await body("http://127.0.0.1:\(port)")
            group.cancelAll()
            while let ended = await group.nextResult() {
                if case .failure(let error) = ended, !(error is CancellationError) { throw error }
            }
        }
    }
}
