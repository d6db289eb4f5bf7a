import Foundation

/// A role that is taken on with the token of an identity provider, which a file holds.
struct WebIdentity {
    private let tokenPath: String
    private let role: SecurityTokenService.Role
    private let place: String

    /// Reads what variables say, and else the profile; `nil` when neither names a file.
    ///
    /// - Throws: `CredentialError`.
    init?(_ profile: Profile?, environment: ProcessEnvironment?) throws(CredentialError) {
        func setting(_ variable: String, _ member: String) -> String? {
            environment?[variable] ?? profile?[member]
        }
        let (variable, member) = ("AWS_WEB_IDENTITY_TOKEN_FILE", "web_identity_token_file")
        guard let path = setting(variable, member) else { return nil }
        place = environment?[variable] == nil ? profile?.place(of: member) ?? member : variable
        guard let arn = setting("AWS_ROLE_ARN", "role_arn") else {
            throw CredentialError(
                "\(place) names a token but no role; set AWS_ROLE_ARN, or 'role_arn' in the profile"
            )
        }
        tokenPath = path
        role = SecurityTokenService.Role(
            arn: arn, sessionName: setting("AWS_ROLE_SESSION_NAME", "role_session_name"))
    }

    /// Reads the token and takes on the role.
    func credentials(from surroundings: Surroundings) async throws -> Credentials {
        let path = surroundings.environment.path(tokenPath)
        guard let data = FileManager.default.contents(atPath: path), !data.isEmpty else {
            throw CredentialError("\(place) names '\(path)', which holds no token that can be read")
        }
        return try await SecurityTokenService(surroundings).credentials(
            for: role, webIdentityToken: String(decoding: data, as: UTF8.self), namedBy: place)
    }
}
