import Foundation
import Logging
import Orchestration
import ServiceLifecycle

/// Shows at start what runs training jobs and whether it can be reached, then keeps asking, so that
/// what the dashboard and the metrics say is true also where nothing runs.
struct BackendWatch: Service {
    let orchestrator: Orchestrator
    let logger: Logger

    /// How often backends are asked.
    private static let interval = Duration.seconds(60)

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await orchestrator.checkBackends()
            for report in orchestrator.backends {
                logger.info(
                    "backend",
                    metadata: [
                        "backend": "\(report.name)", "state": "\(report.health.state.rawValue)",
                        "slots": "\(report.slots.used + report.slots.free)",
                        "reason": "\(report.health.message ?? "none")",
                    ])
            }
            while (try? await Task.sleep(for: Self.interval)) != nil {
                await orchestrator.checkBackends()
            }
        }
    }
}
