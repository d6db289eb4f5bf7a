import Foundation
import SageMakerAPI

/// Credentials in environment variables.
struct EnvironmentCredentials: CredentialProvider {
    private let environment: ProcessEnvironment

    init(_ environment: ProcessEnvironment) {
        self.environment = environment
    }

    func credentials() async throws -> Credentials {
        guard let id = environment["AWS_ACCESS_KEY_ID"] else {
            throw CredentialError("AWS_ACCESS_KEY_ID is not set")
        }
        guard let secret = environment["AWS_SECRET_ACCESS_KEY"] else {
            throw CredentialError(
                "AWS_ACCESS_KEY_ID is set but AWS_SECRET_ACCESS_KEY is not; set both or neither")
        }
        return Credentials(
            key: AccessKey(id: id, secret: secret, sessionToken: environment["AWS_SESSION_TOKEN"]))
    }

    func forget(_ key: AccessKey) async {}
}
