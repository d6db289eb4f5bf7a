import Foundation

/// Asks a machine of Amazon's about itself, in sessions (the second version of its service).
struct InstanceMetadata {
    /// How long a session lasts.
    private static let sessionSeconds = 21_600
    private static let rolePath = "latest/meta-data/iam/security-credentials/"

    private let surroundings: Surroundings
    private let base: URL
    private let timeout: Duration

    /// Finds the address; `nil` where the machine may not be asked.
    ///
    /// - Throws: `ConfigurationError`.
    init?(_ surroundings: Surroundings) throws(ConfigurationError) {
        let environment = surroundings.environment
        guard surroundings.overrides.asksInstance,
            !environment.isTrue("AWS_EC2_METADATA_DISABLED")
        else { return nil }
        let profile = try surroundings.profile()
        func setting(_ name: String) -> (text: String, place: String)? {
            let variable = "AWS_\(name.uppercased())"
            if let text = environment[variable] { return (text, variable) }
            return profile?[name].map { ($0, profile?.place(of: name) ?? name) }
        }
        let mode = setting("ec2_metadata_service_endpoint_mode")?.text.lowercased()
        let standard = mode == "ipv6" ? "http://[fd00:ec2::254]" : "http://169.254.169.254"
        let endpoint = setting("ec2_metadata_service_endpoint")
        base = try .server(
            endpoint?.text ?? standard, namedBy: endpoint?.place ?? "the instance metadata")
        let seconds = setting("metadata_service_timeout")
        guard let timeout = Int(seconds?.text ?? "1"), timeout > 0 else {
            throw ConfigurationError(
                "\(seconds?.place ?? "") must be a whole number of seconds, such as 1")
        }
        self.timeout = .seconds(timeout)
        self.surroundings = surroundings
    }

    /// The region the machine is in; `nil` where it is not one of Amazon's.
    func region() async throws -> String? {
        guard let session = try await session() else { return nil }
        return try await text("latest/meta-data/placement/region", session: session)
    }

    /// The credentials of the machine's role; `nil` where it has none.
    func credentials() async throws -> Credentials? {
        guard let session = try await session(),
            let role = try await text(Self.rolePath, session: session),
            let answer = try await answer(
                "GET", Self.rolePath + role, ("x-aws-ec2-metadata-token", session))
        else { return nil }
        let place = "the instance metadata of role '\(role)'"
        guard answer.status == 200 else {
            throw CredentialError("\(place) answered with status \(answer.status)")
        }
        let document = try CredentialDocument(answer.body, from: place)
        if let code = document["Code"]?.string, code != "Success" {
            throw CredentialError("\(place) gave no credentials but the code '\(code)'")
        }
        return try document.credentials(tokenMember: "Token")
    }

    private func session() async throws -> String? {
        let answer = try await answer(
            "PUT", "latest/api/token",
            ("x-aws-ec2-metadata-token-ttl-seconds", String(Self.sessionSeconds)))
        return answer?.line
    }

    private func text(_ path: String, session: String) async throws -> String? {
        try await answer("GET", path, ("x-aws-ec2-metadata-token", session))?.line
    }

    /// What is answered; `nil` where nobody answers.
    private func answer(
        _ method: String, _ path: String, _ header: (name: String, value: String)
    ) async throws -> HTTPAnswer? {
        do {
            return try await surroundings.transport().send(
                HTTPRequest(
                    method, base.appending(path: path),
                    headers: [HTTPHeader(header.name, header.value)], timeout: timeout))
        } catch is TransportError {
            return nil
        }
    }
}

extension HTTPAnswer {
    /// The first line of what is there.
    fileprivate var line: String? {
        guard status == 200 else { return nil }
        return String(decoding: body, as: UTF8.self).split(whereSeparator: \.isNewline).first
            .map(String.init)
    }
}

/// Credentials that a machine of Amazon's has by its role.
///
/// While it cannot get new ones, it hands out those that have ended: they are still taken then.
struct InstanceCredentials: CredentialSource {
    /// How long those that have ended are taken before others are asked for, in seconds.
    static let extensionSeconds = 900.0

    private let surroundings: Surroundings

    init(_ surroundings: Surroundings) {
        self.surroundings = surroundings
    }

    func load() async throws -> Credentials? {
        guard let credentials = try await InstanceMetadata(surroundings)?.credentials() else {
            return nil
        }
        let now = surroundings.now()
        guard let end = credentials.expiration, end <= now else { return credentials }
        return Credentials(key: credentials.key, expiration: now + Self.extensionSeconds)
    }
}
