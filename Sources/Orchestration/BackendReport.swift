import Tuning

/// A backend of a daemon, as it is now.
public struct BackendReport: Hashable, Sendable {
    /// Its name.
    public let name: String
    /// Who has its slots.
    public let slots: SlotCount
    /// Whether it can be asked for training jobs.
    public let health: BackendHealth
}
