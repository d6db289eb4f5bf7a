import Foundation
import SageMakerAPI

/// Who one is to Amazon's services, where they are, and whom to trust there.
///
/// It is found where Amazon's own programs look for it: in the environment, in the files of the
/// user's profile, and on machines of Amazon's from the machine.
package struct AWSConfiguration: Sendable {
    /// What is settled without looking.
    package struct Overrides: Sendable {
        /// The profile, in place of `AWS_PROFILE`; the environment's own credentials then do not
        /// count.
        package var profile: String?
        /// The region, whatever is configured.
        package var region: String?
        /// The region where nothing says which.
        package var standardRegion: String?
        /// The address of every service but STS, whatever is configured.
        package var endpoint: URL?
        /// The PEM file of the certificates that are trusted, whatever is configured.
        package var caFile: String?
        /// Whether the machine may be asked who and where it is, in case it is one of Amazon's.
        package var asksInstance: Bool

        /// Settles what is given.
        package init(
            profile: String? = nil, region: String? = nil, standardRegion: String? = nil,
            endpoint: URL? = nil, caFile: String? = nil, asksInstance: Bool = true
        ) {
            self.profile = profile
            self.region = region
            self.standardRegion = standardRegion
            self.endpoint = endpoint
            self.caFile = caFile
            self.asksInstance = asksInstance
        }
    }

    private let surroundings: Surroundings
    private let cache: CachedCredentials

    /// Looks in an environment.
    ///
    /// - Parameters:
    ///   - homeDirectory: Where the user is at home; `HOME` says so unless given.
    ///   - transport: What every request goes over, in place of the network.
    package init(
        environment: [String: String] = ProcessInfo.processInfo.environment,
        homeDirectory: URL? = nil,
        overrides: Overrides = Overrides(), transport: (any HTTPTransport)? = nil,
        now: @escaping @Sendable () -> Date = { Date() }
    ) {
        let home =
            homeDirectory ?? environment["HOME"].map { URL(filePath: $0) }
            ?? FileManager.default.homeDirectoryForCurrentUser
        surroundings = Surroundings(
            environment: ProcessEnvironment(environment, homeDirectory: home),
            overrides: overrides, substitute: transport, now: now)
        cache = CachedCredentials(surroundings)
    }

    /// Who one is. Nothing is read or asked before its credentials are; they are then kept for all
    /// who share this value, and replaced in time.
    package var credentials: any CredentialProvider { cache }

    /// Who one is; `nil` when no place that Amazon's programs look in says so.
    ///
    /// - Throws: `CredentialError` where a place says so but is wrong, `CancellationError`.
    package func credentialsIfAny() async throws -> (any CredentialProvider)? {
        try await cache.credentialsIfAny() == nil ? nil : cache
    }

    /// The region whose services are called; `nil` when nothing says which.
    ///
    /// - Throws: `ConfigurationError`, `CancellationError`.
    package func regionIfAny() async throws -> String? {
        if let region = try surroundings.configuredRegion() { return region }
        return try await InstanceMetadata(surroundings)?.region()
            ?? surroundings.overrides.standardRegion
    }

    /// The region whose services are called.
    ///
    /// - Throws: `ConfigurationError`, also when nothing says which; `CancellationError`.
    package func region() async throws -> String {
        guard let region = try await regionIfAny() else {
            throw ConfigurationError(
                "no region is set; set AWS_REGION, such as 'eu-west-1', or 'region' in the profile")
        }
        return region
    }

    /// The address of a service.
    ///
    /// - Throws: `ConfigurationError`, `CancellationError`.
    package func endpoint(of service: AWSService) async throws -> URL {
        if let endpoint = try surroundings.configuredEndpoint(of: service) { return endpoint }
        return try service.standardEndpoint(region: try await region())
    }

    /// The PEM file of the certificates that are trusted; `nil` for the system's.
    ///
    /// - Throws: `ConfigurationError`.
    package func caFile() throws -> String? { try surroundings.caFile() }

    /// Sends requests to a service, signed.
    ///
    /// - Throws: `ConfigurationError`, `CertificateFileError`, `CancellationError`.
    package func client(for service: AWSService) async throws -> SignedClient {
        try await client(for: service, credentials: cache)
    }

    /// Sends requests to a service; unsigned where no place that Amazon's programs look in says who
    /// one is.
    ///
    /// - Throws: `CredentialError`, `ConfigurationError`, `CertificateFileError`,
    ///   `CancellationError`.
    package func clientSignedIfPossible(for service: AWSService) async throws -> SignedClient {
        try await client(for: service, credentials: try await credentialsIfAny())
    }

    private func client(
        for service: AWSService, credentials: (any CredentialProvider)?
    ) async throws -> SignedClient {
        SignedClient(
            try surroundings.transport(), credentials: credentials, region: try await region(),
            service: service.name, now: surroundings.now)
    }
}
