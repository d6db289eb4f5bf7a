import Foundation
import Logging
import Orchestration
import ServiceLifecycle

/// Shows at start what runs training jobs and whether it can be reached, then keeps asking, so that
/// what the dashboard and the metrics say is true also where nothing runs.
struct BackendWatch: Service {
    let orchestrator: Orchestrator
    let logger: Logger

    /// How often backends are asked, while all are there and while one is not.
    private static let interval = Duration.seconds(60)
    private static let absenceInterval = Duration.seconds(5)

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await orchestrator.checkBackends()
            for report in orchestrator.backends {
                let isReachable = report.health.state == .reachable
                logger.log(
                    level: isReachable ? .info : .warning, "backend",
                    metadata: [
                        "backend": "\(report.name)", "state": "\(report.health.state.rawValue)",
                        "slots": "\(report.slots.used + report.slots.free)",
                        "reason": "\(report.health.message ?? "none")",
                    ])
            }
            while true {
                let isOneAbsent = orchestrator.backends.contains {
                    $0.health.state == .unreachable
                }
                let interval = isOneAbsent ? Self.absenceInterval : Self.interval
                guard (try? await Task.sleep(for: interval)) != nil else { return }
                await orchestrator.checkBackends()
            }
        }
    }
}
