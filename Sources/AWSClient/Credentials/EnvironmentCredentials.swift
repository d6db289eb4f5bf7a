import SageMakerAPI

/// Credentials in environment variables.
struct EnvironmentCredentials: CredentialSource {
    private let environment: ProcessEnvironment

    init(_ environment: ProcessEnvironment) {
        self.environment = environment
    }

    func load() async throws -> Credentials? {
        guard let id = environment["AWS_ACCESS_KEY_ID"] else { return nil }
        guard let secret = environment["AWS_SECRET_ACCESS_KEY"] else {
            throw CredentialError(
                "AWS_ACCESS_KEY_ID is set but AWS_SECRET_ACCESS_KEY is not; set both or neither")
        }
        let token = environment["AWS_SECURITY_TOKEN"] ?? environment["AWS_SESSION_TOKEN"]
        return Credentials(
            key: AccessKey(id: id, secret: secret, sessionToken: token),
            expiration: try environment["AWS_CREDENTIAL_EXPIRATION"].map {
                try CredentialDocument.date($0, namedBy: "AWS_CREDENTIAL_EXPIRATION")
            })
    }
}
