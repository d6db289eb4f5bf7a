import Foundation
import SageMakerAPI

/// Who one is to Amazon's services, where they are, and whom to trust there.
///
/// It is found where Amazon's own programs look for it: in the environment, and in the files of
/// the user's profile.
package struct AWSConfiguration: Sendable {
    /// What is settled without looking.
    package struct Overrides: Sendable {
        /// The profile, in place of `AWS_PROFILE`; its credentials go before the environment's.
        package var profile: String?
        /// The region, whatever is configured.
        package var region: String?
        /// The address of every service but STS, whatever is configured.
        package var endpoint: URL?
        /// The PEM file of the certificates that are trusted, whatever is configured.
        package var caFile: String?
        /// Whether the machine may be asked who it is, if it is one of Amazon's.
        package var asksInstance: Bool

        /// Settles what is given.
        package init(
            profile: String? = nil, region: String? = nil, endpoint: URL? = nil,
            caFile: String? = nil, asksInstance: Bool = true
        ) {
            self.profile = profile
            self.region = region
            self.endpoint = endpoint
            self.caFile = caFile
            self.asksInstance = asksInstance
        }
    }

    private let environment: ProcessEnvironment
    private let overrides: Overrides
    private let transport: (any HTTPTransport)?
    private let now: @Sendable () -> Date

    /// Looks in an environment.
    ///
    /// - Parameters:
    ///   - transport: What every request goes over, in place of the network.
    package init(
        environment: [String: String] = ProcessInfo.processInfo.environment,
        homeDirectory: URL = FileManager.default.homeDirectoryForCurrentUser,
        overrides: Overrides = Overrides(), transport: (any HTTPTransport)? = nil,
        now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.environment = ProcessEnvironment(environment, homeDirectory: homeDirectory)
        self.overrides = overrides
        self.transport = transport
        self.now = now
    }

    /// Who one is; asks for nothing before its credentials are wanted.
    package var credentials: any CredentialProvider {
        EnvironmentCredentials(environment)
    }

    /// Who one is; `nil` when no place that Amazon's programs look in says so.
    ///
    /// - Throws: `CredentialError` where a place says so but is wrong, `CancellationError`.
    package func credentialsIfAny() async throws -> (any CredentialProvider)? {
        environment["AWS_ACCESS_KEY_ID"] == nil ? nil : credentials
    }

    /// The region whose services are called; `nil` when nothing says which.
    ///
    /// - Throws: `ConfigurationError`, `CancellationError`.
    package func regionIfAny() async throws -> String? {
        overrides.region ?? environment["AWS_REGION"] ?? environment["AWS_DEFAULT_REGION"]
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
        if let endpoint = overrides.endpoint, service != .sts { return endpoint }
        let variables = ["AWS_ENDPOINT_URL_\(service.name.uppercased())", "AWS_ENDPOINT_URL"]
        for variable in variables {
            guard let text = environment[variable] else { continue }
            guard let url = URL(string: text), url.host() != nil else {
                throw ConfigurationError("\(variable) is not the address of a server")
            }
            return url
        }
        return try service.standardEndpoint(region: try await region())
    }

    /// The PEM file of the certificates that are trusted; `nil` for the system's.
    package func caFile() throws -> String? {
        overrides.caFile ?? environment["AWS_CA_BUNDLE"]
    }

    /// Sends signed requests to a service.
    ///
    /// - Parameter isSigned: Whether they are signed; else nobody need be known.
    /// - Throws: `ConfigurationError`, `CertificateFileError`, `CancellationError`.
    package func client(for service: AWSService, isSigned: Bool = true) async throws
        -> SignedClient
    {
        SignedClient(
            try transport ?? NetworkTransport(caFile: caFile()),
            credentials: isSigned ? credentials : nil, region: try await region(),
            service: service.name, now: now)
    }
}
