import Tuning

/// The backends of a daemon, by name, and the one place that picks one for a training job.
///
/// Which backend runs a job is decided when it is submitted, and kept with it: rules that change
/// later move nothing that has begun.
public struct BackendRoutes: Sendable {
    /// Names the backend for a definition of a job with some tags.
    public typealias Rule =
        @Sendable (TrainingJobDefinition, [Tag]) throws(RoutingError) -> String

    /// A backend and its name.
    struct Route: Sendable {
        let name: String
        let backend: any TrainingBackend
    }

    /// The name of what a program runs by itself, such as closures: nobody else can go on with it.
    public static let embeddedName = "embedded"

    /// The backends, by name.
    public let backends: [String: any TrainingBackend]
    private let rule: Rule

    /// Takes backends and the rule that names one of them for a definition.
    public init(_ backends: [String: any TrainingBackend], rule: @escaping Rule) {
        self.backends = backends
        self.rule = rule
    }

    /// Takes one backend for everything.
    public init(_ backend: any TrainingBackend, named name: String = Self.embeddedName) {
        self.init([name: backend]) { _, _ throws(RoutingError) in name }
    }

    /// A specification with the names of the backends that are to run it.
    ///
    /// - Throws: `RoutingError` when no backend can run the image of a definition.
    public func routed(
        _ specification: TuningJobSpecification
    ) throws(RoutingError) -> TuningJobSpecification {
        var names: [String] = []
        for definition in specification.definitions {
            names.append(try name(for: definition, tags: specification.tags))
        }
        return specification.run(by: names)
    }

    /// The name of the backend that runs a new job's definition.
    ///
    /// - Throws: `RoutingError` when none can.
    public func name(
        for definition: TrainingJobDefinition, tags: [Tag]
    ) throws(RoutingError) -> String {
        let name = try rule(definition, tags)
        guard backends[name] != nil else {
            let names = backends.keys.sorted().joined(separator: ", ")
            throw RoutingError("there is no backend '\(name)'; there are \(names)")
        }
        return name
    }

    /// The name of the backend that runs a definition of a submitted job, and the backend.
    ///
    /// - Throws: `RoutingError` when it is not there any more.
    func backend(
        forDefinition index: Int, of specification: TuningJobSpecification
    ) throws(RoutingError) -> Route {
        let kept = specification.backends?[index]
        let name =
            if let kept { kept } else {
                try name(for: specification.definitions[index], tags: specification.tags)
            }
        guard let backend = backends[name] else {
            throw RoutingError("the backend '\(name)', which runs this job, is not there")
        }
        return Route(name: name, backend: backend)
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
