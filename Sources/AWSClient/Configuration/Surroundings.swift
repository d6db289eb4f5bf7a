import Foundation

/// What a process finds around it: variables, the files of Amazon's programs, a network, a clock.
struct Surroundings: Sendable {
    let environment: ProcessEnvironment
    let overrides: AWSConfiguration.Overrides
    /// What every request goes over, in place of the network.
    let substitute: (any HTTPTransport)?
    let now: @Sendable () -> Date

    /// What requests go over.
    ///
    /// - Throws: `ConfigurationError`, `CertificateFileError`.
    func transport() throws -> any HTTPTransport {
        try substitute ?? NetworkTransport(caFile: caFile())
    }

    /// Where the configuration and the credentials file are.
    var filePaths: (configuration: String, credentials: String) {
        (
            environment.path(environment["AWS_CONFIG_FILE"] ?? "~/.aws/config"),
            environment.path(environment["AWS_SHARED_CREDENTIALS_FILE"] ?? "~/.aws/credentials")
        )
    }

    /// The files, as they are now.
    func files() throws(ConfigurationError) -> ProfileFiles {
        let paths = filePaths
        return try ProfileFiles(
            configurationPath: paths.configuration, credentialsPath: paths.credentials)
    }

    /// The profile that is meant: one that is named must be there.
    func profile(in files: ProfileFiles) throws(ConfigurationError) -> Profile? {
        if let name = overrides.profile {
            return try files.profile(name, namedBy: "what was asked for")
        }
        for variable in ["AWS_PROFILE", "AWS_DEFAULT_PROFILE"] {
            guard let name = environment[variable] else { continue }
            return try files.profile(name, namedBy: variable)
        }
        return files.profile(ProfileFiles.standardProfile)
    }

    /// The profile that is meant, as it is now.
    func profile() throws(ConfigurationError) -> Profile? { try profile(in: files()) }
}

// MARK: - Where services are

extension Surroundings {
    /// The region that something other than the machine says.
    func configuredRegion() throws(ConfigurationError) -> String? {
        if let region = overrides.region { return region }
        if let region = environment["AWS_REGION"] ?? environment["AWS_DEFAULT_REGION"] {
            return region
        }
        return try profile()?["region"]
    }

    /// The address of a service that something says; `nil` where it is Amazon's own.
    func configuredEndpoint(of service: AWSService) throws(ConfigurationError) -> URL? {
        if let endpoint = overrides.endpoint, service != .sts { return endpoint }
        let files = try files()
        let profile = try profile(in: files)
        let switchName = "ignore_configured_endpoint_urls"
        let isIgnored =
            environment["AWS_\(switchName.uppercased())"] ?? profile?[switchName] ?? "false"
        if isIgnored.lowercased() == "true" { return nil }
        for variable in ["AWS_ENDPOINT_URL_\(service.name.uppercased())", "AWS_ENDPOINT_URL"] {
            if let text = environment[variable] { return try .server(text, namedBy: variable) }
        }
        guard let profile else { return nil }
        if let text = try files.settings(of: service, in: profile)["endpoint_url"] {
            return try .server(
                text, namedBy: "\(service.name) under \(profile.place(of: "services"))")
        }
        return try profile["endpoint_url"].map { text throws(ConfigurationError) in
            try .server(text, namedBy: profile.place(of: "endpoint_url"))
        }
    }

    /// The PEM file of the certificates that are trusted, where OpenSSL's is the last resort; `nil`
    /// for the system's.
    func caFile() throws(ConfigurationError) -> String? {
        if let path = overrides.caFile { return path }
        if let path = environment["AWS_CA_BUNDLE"] { return environment.path(path) }
        return try (profile()?["ca_bundle"]).map(environment.path) ?? environment["SSL_CERT_FILE"]
    }
}

extension URL {
    /// Reads the address of a server.
    static func server(_ text: String, namedBy place: String) throws(ConfigurationError) -> URL {
        guard let url = URL(string: text), ["http", "https"].contains(url.scheme?.lowercased()),
            url.host()?.isEmpty == false
        else {
            throw ConfigurationError(
                "\(place) must be the address of a server, such as 'http://127.0.0.1:5000'")
        }
        return url
    }
}
