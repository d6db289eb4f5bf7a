import Foundation

/// Whether what runs training jobs can be asked for them, and if not, why: for people and metrics.
///
/// None of these fails a training job. What could not be asked is asked when it can be again.
public struct BackendHealth: Hashable, Sendable {
    /// What stands in the way.
    public enum State: String, Hashable, Sendable, CaseIterable {
        /// Nothing.
        case reachable
        /// It wants to be asked less often.
        case throttled
        /// There is no network, no engine or service, or only its errors.
        case unreachable
        /// There are no credentials, or none that are taken.
        case credentialsRefused
        /// The credentials do not permit an operation.
        case accessDenied
    }

    /// What stands in the way.
    public let state: State
    /// Since when.
    public let since: Date
    /// What it or the network says, for people; holds no secret. `nil` when reachable.
    public let message: String?

    /// What is always there, such as this machine.
    public static let reachable = BackendHealth(.reachable, since: .distantPast)

    /// Describes a state.
    public init(_ state: State, since: Date, message: String? = nil) {
        self.state = state
        self.since = since
        self.message = message
    }
}
