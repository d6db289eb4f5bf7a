import Tuning

/// The backends of a daemon, by name, and the one place that picks one for a training job.
public struct BackendRoutes: Sendable {
    /// The backends, by name.
    public let backends: [String: any TrainingBackend]
    private let name: @Sendable (TrainingJobDefinition) throws(RoutingError) -> String

    /// Takes backends and the rule that names one of them for a definition.
    public init(
        _ backends: [String: any TrainingBackend],
        name: @escaping @Sendable (TrainingJobDefinition) throws(RoutingError) -> String
    ) {
        self.backends = backends
        self.name = name
    }

    /// Takes one backend for everything.
    public init(_ backend: any TrainingBackend) {
        self.init(["default": backend]) { _ throws(RoutingError) in "default" }
    }

    /// The name of the backend that runs a definition's training jobs, and the backend.
    ///
    /// - Throws: `RoutingError` when no backend can run the definition's image.
    public func backend(
        for definition: TrainingJobDefinition
    ) throws(RoutingError) -> (name: String, backend: any TrainingBackend) {
        let name = try name(definition)
        guard let backend = backends[name] else {
            throw RoutingError("no backend is named '\(name)'")
        }
        return (name, backend)
    }
}

/// Why no backend can run a definition: its image, in words for the client.
public struct RoutingError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong and what would be right.
    public let description: String

    /// Describes the problem.
    public init(_ description: String) {
        self.description = description
    }
}
