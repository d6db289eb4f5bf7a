import Foundation
import Logging
import Synchronization

/// Whether an engine answers.
package enum HostHealth: Hashable, Sendable {
    /// It did when it was last asked, or has not been asked yet.
    case reachable
    /// It has not since a time; the last reason, for people.
    case unreachable(since: Date, reason: String)
}

/// What is known of an engine's health by all who ask it; says changes in the log, once.
final class HostContact: Sendable {
    private let state = Mutex(HostHealth.reachable)
    private let logger: Logger

    init(logger: Logger) { self.logger = logger }

    /// Whether it answers.
    var health: HostHealth { state.withLock { $0 } }

    /// Takes note of an answer.
    func noteAnswer() {
        let since = state.withLock { state -> Date? in
            guard case .unreachable(let since, _) = state else { return nil }
            state = .reachable
            return since
        }
        guard let since else { return }
        logger.notice(
            "training jobs can be asked for again",
            metadata: ["seconds": "\(Int(Date().timeIntervalSince(since)))"])
    }

    /// Takes note of an error instead of an answer.
    func note(_ error: any Error) {
        let isNew = state.withLock { state in
            let (since, isNew): (Date, Bool) =
                if case .unreachable(let since, _) = state { (since, false) } else {
                    (Date(), true)
                }
            state = .unreachable(since: since, reason: "\(error)")
            return isNew
        }
        guard isNew else { return }
        logger.error(
            "what runs training jobs does not answer; it is asked again until it does",
            metadata: ["error": "\(error)"])
    }
}
