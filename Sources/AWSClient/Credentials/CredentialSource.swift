/// One place where credentials may be.
protocol CredentialSource: Sendable {
    /// The credentials that are there now; `nil` where the place says nothing.
    ///
    /// - Throws: `CredentialError`, `ConfigurationError`, `TransportError`, `CancellationError`.
    func load() async throws -> Credentials?
}

/// Places that are looked in one after the other.
struct CredentialChain: CredentialSource {
    private let sources: [any CredentialSource]

    /// The places that Amazon's programs look in, in their order.
    init(_ surroundings: Surroundings) {
        // A profile that was asked for goes before a key that happens to be set.
        let isProfileGiven = surroundings.overrides.profile != nil
        var sources: [any CredentialSource] = [
            ProfileCredentials(surroundings, usesEnvironment: !isProfileGiven),
            ContainerCredentials(surroundings),
        ]
        if !isProfileGiven {
            sources.insert(EnvironmentCredentials(surroundings.environment), at: 0)
        }
        sources.append(InstanceCredentials(surroundings))
        self.sources = sources
    }

    func load() async throws -> Credentials? {
        for source in sources {
            if let credentials = try await source.load() { return credentials }
        }
        return nil
    }
}
