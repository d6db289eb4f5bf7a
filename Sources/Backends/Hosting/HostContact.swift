import Foundation
import Logging
import Synchronization
import Tuning

/// What is known of an engine's health by all who ask it; says changes in the log, once.
final class HostContact: Sendable {
    private let state = Mutex(BackendHealth.reachable)
    private let logger: Logger

    init(logger: Logger) { self.logger = logger }

    /// Whether it answers.
    var health: BackendHealth { state.withLock { $0 } }

    /// Takes note of an answer.
    func noteAnswer() {
        let since = state.withLock { state -> Date? in
            guard state.state != .reachable else { return nil }
            defer { state = BackendHealth(.reachable, since: Date()) }
            return state.since
        }
        guard let since else { return }
        logger.notice(
            "training jobs can be asked for again",
            metadata: ["seconds": "\(Int(Date().timeIntervalSince(since)))"])
    }

    /// Takes note of an error instead of an answer.
    func note(_ error: any Error) {
        let isNew = state.withLock { state in
            let isNew = state.state == .reachable
            state = BackendHealth(
                .unreachable, since: isNew ? Date() : state.since, message: "\(error)")
            return isNew
        }
        guard isNew else { return }
        logger.error(
            "what runs training jobs does not answer; it is asked again until it does",
            metadata: ["error": "\(error)"])
    }
}
