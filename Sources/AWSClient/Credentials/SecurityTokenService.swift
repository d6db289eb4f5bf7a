import Foundation
import SageMakerAPI

/// Hands out temporary credentials for a role.
struct SecurityTokenService {
    /// A role, and how it is taken on.
    struct Role {
        let arn: String
        var sessionName: String?
        var externalID: String?
        var durationSeconds: Int?
    }

    /// How long to wait for an answer.
    static let timeout = Duration.seconds(30)
    /// The region of the address that serves all.
    private static let sharedRegion = "us-east-1"

    private let surroundings: Surroundings

    init(_ surroundings: Surroundings) {
        self.surroundings = surroundings
    }

    /// Takes on a role with credentials.
    ///
    /// - Parameter place: What wants it, for people.
    func credentials(
        for role: Role, as source: Credentials, namedBy place: String
    ) async throws -> Credentials {
        var parameters = [("Action", "AssumeRole")]
        if let id = role.externalID { parameters.append(("ExternalId", id)) }
        if let seconds = role.durationSeconds {
            parameters.append(("DurationSeconds", String(seconds)))
        }
        return try await ask(
            parameters, role: role, credentials: FixedCredentials(source.key), namedBy: place)
    }

    /// Takes on a role with the token of an identity provider.
    func credentials(
        for role: Role, webIdentityToken token: String, namedBy place: String
    ) async throws -> Credentials {
        try await ask(
            [("Action", "AssumeRoleWithWebIdentity"), ("WebIdentityToken", token)], role: role,
            credentials: nil, namedBy: place)
    }

    private func ask(
        _ parameters: [(String, String)], role: Role, credentials: (any CredentialProvider)?,
        namedBy place: String
    ) async throws -> Credentials {
        let region = try surroundings.configuredRegion()
        let endpoint =
            try surroundings.configuredEndpoint(of: .sts)
            ?? region.map { region throws(ConfigurationError) in
                try AWSService.sts.standardEndpoint(region: region)
            } ?? URL.server("https://sts.amazonaws.com", namedBy: "STS")
        let session = role.sessionName ?? "tuner-\(Int(surroundings.now().timeIntervalSince1970))"
        let form =
            parameters + [
                ("Version", "2011-06-15"), ("RoleArn", role.arn), ("RoleSessionName", session),
            ]
        let client = SignedClient(
            try surroundings.transport(), credentials: credentials,
            region: region ?? Self.sharedRegion, service: AWSService.sts.name,
            now: surroundings.now)
        let request = HTTPRequest(
            "POST", endpoint,
            headers: [
                HTTPHeader("content-type", "application/x-www-form-urlencoded; charset=utf-8")
            ], body: Array(Self.encoded(form).utf8), timeout: Self.timeout)
        let answer: HTTPAnswer
        do {
            answer = try await client.send(request)
        } catch let error as TransportError {
            throw CredentialError("\(place): STS at \(endpoint) gave no answer: \(error)")
        }
        let content = try? XMLElement(parsing: answer.body)
        guard answer.isSuccess else {
            let code = content?.firstText("Code") ?? "status \(answer.status)"
            let message = content?.firstText("Message").map { " (\($0))" } ?? ""
            throw CredentialError("\(place): STS refuses the role '\(role.arn)': \(code)\(message)")
        }
        guard let id = content?.firstText("AccessKeyId"),
            let secret = content?.firstText("SecretAccessKey"),
            let token = content?.firstText("SessionToken"),
            let end = content?.firstText("Expiration")
        else { throw CredentialError("\(place): STS at \(endpoint) gave no credentials") }
        return Credentials(
            key: AccessKey(id: id, secret: secret, sessionToken: token),
            expiration: try CredentialDocument.date(end, namedBy: "'Expiration' of STS"))
    }

    private static func encoded(_ form: [(String, String)]) -> String {
        form.map { "\($0)=\($1.percentEncoded)" }.joined(separator: "&")
    }
}
